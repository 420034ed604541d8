"""The buttons that stand on cards, in direct messages, in lists and on Home alike."""

from slack_sdk.models.blocks import ButtonElement, Option, OverflowMenuElement

from store.vocabulary import AttentionKind, Kind, Status

from .ids import ActionId, menu_value
from .layout import button

Buttons = list[ButtonElement]


def deciding_buttons(offer_id: str, code: str, kind: Kind) -> Buttons:
    """Accept, and the way to say no that the round has."""
    accept = button(ActionId.ACCEPT, "Accept", offer_id, f"Accept referral {code}", "primary")
    if kind is Kind.PREFERRED:
        return [accept, button(ActionId.DECLINE, "Decline", offer_id, f"Decline referral {code}")]
    return [accept, button(ActionId.PASS, "Not for me", offer_id, f"Referral {code} is not for me")]


def progress_buttons(referral_id: str, code: str, status: Status) -> Buttons:
    """What its holder can do next; releasing stays possible after a first session (DOMAIN.md P11)."""
    contacted = button(ActionId.CONTACTED, "Contacted", referral_id, f"Client of {code} contacted", "primary")
    scheduled = button(ActionId.SCHEDULED, "Scheduled", referral_id, f"A first session of {code} is scheduled")
    release = button(ActionId.RELEASE, "Release", referral_id, f"Give referral {code} back")
    close = button(ActionId.CLOSE, "Close", referral_id, f"Close referral {code}")
    if status is Status.ACCEPTED:
        return [contacted, scheduled, release, close]
    if status is Status.CONTACTED:
        first = button(ActionId.SCHEDULED, "Scheduled", referral_id, f"{code} is scheduled", "primary")
        return [first, release, close]
    return [release, close] if status is Status.SCHEDULED else []


def coordinating_menu(referral_id: str, status: Status) -> OverflowMenuElement:
    """For the card of a referral in nobody's hands. Each option stands for a button; others are told who may."""
    choices = {ActionId.ASSIGN: "Assign to a provider", ActionId.CLOSE: "Close referral"}
    if status is Status.EXPIRED:
        choices = {ActionId.REOPEN: "Offer to everyone again", **choices}
    options = [Option(value=menu_value(action, referral_id), label=label) for action, label in choices.items()]
    return OverflowMenuElement(action_id=ActionId.MORE, options=options)


def attention_buttons(
    kind: AttentionKind | None, status: Status, referral_id: str, attention_id: str | None, code: str
) -> Buttons:
    """What a coordinator can do about an item, as far as the referral's state allows it."""
    found: Buttons = []
    if kind is AttentionKind.PHONE_TASK and attention_id:
        found.append(button(ActionId.PHONED, "Phoned", attention_id, f"The client of {code} was phoned", "primary"))
    if status is Status.EXPIRED:
        style = None if found else "primary"
        found.append(button(ActionId.REOPEN, "Reopen", referral_id, f"Offer {code} to everyone again", style))
    if status in (Status.EXPIRED, Status.PENDING):
        found.append(button(ActionId.ASSIGN, "Assign", referral_id, f"Offer {code} to one provider"))
    if kind is AttentionKind.ACCEPTOR_GONE and status is Status.ACCEPTED:
        found.append(button(ActionId.RELEASE, "Offer to everyone", referral_id, f"Offer {code} to everyone"))
        found.append(button(ActionId.CONTACTED, "Contacted", referral_id, f"The client of {code} was contacted"))
    if status is not Status.CLOSED:
        found.append(button(ActionId.CLOSE, "Close", referral_id, f"Close referral {code}"))
    return found
