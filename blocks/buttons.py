"""The buttons that stand on cards, in direct messages, in lists and on Home alike."""

from slack_sdk.models.blocks import ButtonElement, Option, OverflowMenuElement

from store.vocabulary import AttentionKind, Kind, Status

from .ids import ActionId, menu_value
from .layout import button

Buttons = list[ButtonElement]


def deciding_buttons(offer_id: str, referral_id: str, code: str, kind: Kind) -> Buttons:
    """Accept, and the way to say no that the round has; and for whom it is reserved, who the client is."""
    accept = button(ActionId.ACCEPT, "Accept", offer_id, f"Accept referral {code}", "primary")
    if kind is Kind.PREFERRED:
        decline = button(ActionId.DECLINE, "Decline", offer_id, f"Decline referral {code}")
        return [accept, decline, details_button(referral_id, code)]
    return [accept, button(ActionId.PASS, "Not for me", offer_id, f"Referral {code} is not for me")]


def details_button(referral_id: str, code: str) -> ButtonElement:
    """Anybody may press it; the answer is for those who may see the client."""
    return button(ActionId.DETAILS, "Client details", referral_id, f"Who the client of {code} is")


def progress_buttons(referral_id: str, code: str, status: Status) -> Buttons:
    """What its holder can do next; releasing stays possible after a first session (DOMAIN.md P11)."""
    contacted = button(ActionId.CONTACTED, "Contacted", referral_id, f"Client of {code} contacted", "primary")
    scheduled = button(ActionId.SCHEDULED, "Scheduled", referral_id, f"A first session of {code} is scheduled")
    no_answer = button(ActionId.NO_ANSWER, "No answer", referral_id, f"Nobody answered for {code}")
    release = button(ActionId.RELEASE, "Release", referral_id, f"Give referral {code} back")
    close = button(ActionId.CLOSE, "Close", referral_id, f"Close referral {code}")
    details = details_button(referral_id, code)
    if status is Status.ACCEPTED:
        return [details, contacted, scheduled, no_answer, release, close]
    if status is Status.CONTACTED:
        first = button(ActionId.SCHEDULED, "Scheduled", referral_id, f"{code} is scheduled", "primary")
        return [first, details, release, close]
    return [details, release, close] if status is Status.SCHEDULED else []


def card_menu(referral_id: str, offer_id: str, status: Status, kind: Kind) -> OverflowMenuElement:
    """For the card of a referral in nobody's hands. Each option stands for a button; others are told who may.

    "Already contacted" is here and not beside Accept: a thumb that slips must not tell the desk that a client who
    still waits has been reached.
    """
    choices = [
        (ActionId.ASSIGN, referral_id, "Assign to a provider"),
        (ActionId.CLOSE, referral_id, "Close referral"),
    ]
    if kind is Kind.GENERAL:  # where it is reserved, a button of its own
        choices.append((ActionId.DETAILS, referral_id, "Client details"))
    elif status is Status.PENDING:
        choices.insert(1, (ActionId.EXTEND, referral_id, "Extend the deadline"))
    choices.append((ActionId.TIMELINE, referral_id, "Timeline and more"))
    if status is Status.PENDING:
        choices.insert(0, (ActionId.ALREADY_CONTACTED, offer_id, "I have already contacted the client"))
    if status is Status.EXPIRED:
        choices.insert(0, (ActionId.REOPEN, referral_id, "Offer to everyone again"))
    options = [Option(value=menu_value(action, id), label=label) for action, id, label in choices]
    return OverflowMenuElement(action_id=ActionId.MORE, options=options)


def held_menu(referral_id: str) -> OverflowMenuElement:
    """For the card of a referral that somebody has, and of one that is over: what only coordinators do."""
    choices = [
        (ActionId.TIMELINE, "Timeline and more"),
        (ActionId.WITHDRAW, "Withdraw: the client wants no more"),
    ]
    options = [Option(value=menu_value(action, referral_id), label=label) for action, label in choices]
    return OverflowMenuElement(action_id=ActionId.MORE, options=options)


def attention_buttons(
    kind: AttentionKind | None, status: Status, referral_id: str, attention_id: str | None, code: str
) -> Buttons:
    """What a coordinator can do about an item, as far as the referral's state allows it."""
    found: Buttons = []
    if kind is AttentionKind.PHONE_TASK and attention_id:
        found.append(button(ActionId.PHONED, "Phoned", attention_id, f"The client of {code} was phoned", "primary"))
    if kind is AttentionKind.LICENCE and status is Status.PENDING and attention_id:
        found.append(button(ActionId.ALLOW_LICENCE, "Allow", attention_id, f"Allow it for {code}", "primary"))
        found.append(button(ActionId.DENY_LICENCE, "Not allowed", attention_id, f"Do not allow it for {code}"))
    if status is Status.EXPIRED:
        style = None if found else "primary"
        found.append(button(ActionId.REOPEN, "Offer again", referral_id, f"Offer {code} to everyone again", style))
    if status in (Status.EXPIRED, Status.PENDING):
        found.append(button(ActionId.ASSIGN, "Assign", referral_id, f"Offer {code} to one provider"))
    if kind in (AttentionKind.ACCEPTOR_GONE, AttentionKind.NOT_CONTACTED) and status is Status.ACCEPTED:
        found.append(button(ActionId.RELEASE, "Offer to everyone", referral_id, f"Offer {code} to everyone"))
        found.append(button(ActionId.CONTACTED, "Contacted", referral_id, f"The client of {code} was contacted"))
    if status is not Status.CLOSED or found:
        found.append(details_button(referral_id, code))
    if status is not Status.CLOSED:
        found.append(button(ActionId.CLOSE, "Close", referral_id, f"Close referral {code}"))
    return found
