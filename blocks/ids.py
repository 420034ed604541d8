"""The ids that tie what is shown to what is handled. They stand in messages already posted: rename none of them."""

from enum import StrEnum


class ActionId(StrEnum):
    """Of buttons. What each button's value holds stands beside it; it is never more than an opaque id."""

    ACCEPT = "referral.accept"  # offer
    DECLINE = "referral.decline"  # offer
    PASS = "referral.pass"  # noqa: S105 - offer
    CONTACTED = "referral.contacted"  # referral
    SCHEDULED = "referral.scheduled"  # referral
    RELEASE = "referral.release"  # referral
    REOPEN = "referral.reopen"  # referral
    ASSIGN = "referral.assign"  # referral
    CLOSE = "referral.close"  # referral
    PHONED = "referral.phoned"  # attention item
    PAUSE = "referral.pause"  # nothing
    RESUME = "referral.resume"  # nothing
    RELEASE_WAITING = "referral.release_waiting"  # nothing
    MORE = "referral.more"  # a menu, whose options stand for buttons: see menu_value
    KEEP_WAITING = "referral.keep_waiting"  # nothing
    REASON = "referral.reason"  # an input, not a button
    PROVIDER = "referral.provider"  # the same


class CallbackId(StrEnum):
    """Of modals that are submitted."""

    DECLINE = "referral.decline"
    RELEASE = "referral.release"
    CONFIRM = "referral.confirm"
    ASSIGN = "referral.assign"
    CLOSE = "referral.close"


class BlockId(StrEnum):
    CARD_ACTIONS = "card.actions"
    NOTICE_ACTIONS = "notice.actions"
    ANSWER_ACTIONS = "answer.actions"
    AVAILABILITY = "home.availability"
    REASON = "form.reason"
    PROVIDER = "form.provider"


def menu_value(action: ActionId, id: str) -> str:
    """An option of a menu, as the button it stands for: its action and its value."""
    return f"{action}:{id}"


def of_menu(value: str) -> tuple[str, str]:
    action, _, id = value.partition(":")
    return action, id


#: What every action and callback of ours starts with.
PREFIX = "referral."

#: Slack's names for the metadata of messages; the payload holds opaque ids only (the whole workspace can read it).
CARD_EVENT = "referral_card"
NOTICE_EVENT = "referral_notice"
