"""The card: one referral's round in the channel, in every state. A pure view; it is drawn anew for every change."""

from collections.abc import Callable
from datetime import datetime

from referrals.views.card import CardView
from store.vocabulary import Kind, Status

from .buttons import card_menu, deciding_buttons, held_menu, progress_buttons
from .facts import facts_fields, facts_line, title
from .ids import CARD_EVENT, BlockId
from .labels import CLOSE_REASONS
from .layout import actions, context, header, section
from .message import Block, Message
from .progress import planned, tried
from .text import link, mention, plain, sentence, slack_date

#: Nobody has to decide about these any more: they take little room in the channel.
_QUIET = frozenset({Status.SCHEDULED, Status.CLOSED})


def referral_card(view: CardView) -> Message:
    """What the round's card looks like now. ``view.version`` is the version this shows."""
    metadata = {"event_type": CARD_EVENT, "event_payload": {"offer_id": view.offer_id}}
    if view.superseded:
        line = _moved_on(view)
        return Message(line, [context(line)], metadata)
    standing = _STANDING[view.status](view)
    if view.status in _QUIET:
        blocks = [section(standing), context(facts_line(view.facts)), context(*_notes(view))]
    else:
        blocks = [section(standing), header(title(view.facts)), facts_fields(view.facts), context(*_notes(view))]
    if buttons := _buttons(view):
        blocks.append(buttons)
    text = f"{standing.replace('*', '')} {plain(view.code)} · {facts_line(view.facts, concerns=True)}"
    return Message(text, blocks, metadata)


def _moved_on(view: CardView) -> str:
    if view.next_link is None:
        return f"{plain(view.code)} has moved on: a new card follows."
    return f"{plain(view.code)} has moved on: {link(view.next_link, 'see its new card')}."


def _pending(view: CardView) -> str:
    """The tag comes first: on a new message it is what alerts the provider (DOMAIN.md P3)."""
    until = slack_date(view.expires_at)
    if view.kind is Kind.GENERAL:
        return f"*Open to everyone* until {until}. The first to accept has it."
    if view.whose is None:
        return f"*Reserved* until {until}."
    if view.whose.slack_user:
        return f"{mention(view.whose)} *This one is reserved for you* until {until}."
    return f"*Reserved for {mention(view.whose)}* until {until}. They are not in Slack and have been sent an email."


def _accepted(view: CardView) -> str:
    so_far = _so_far(view) or "Next: reach the client."
    return f"*Accepted* by {_holder(view)}, {_at(view.accepted_at, view)}. {so_far}"


def _contacted(view: CardView) -> str:
    return f"*Client contacted* by {_holder(view)}, {_at(view.contacted_at, view)}. {_so_far(view)}".rstrip()


def _so_far(view: CardView) -> str:
    """What its holder has done for it, such as ``2 tries without an answer; plan 2 of 4.``"""
    waiting = view.status is Status.ACCEPTED
    steps = [tried(view.tries, view.next_try) if waiting else "", planned(view.planned)]
    told = "; ".join(step for step in steps if step)
    return f"{sentence(told)}." if told else ""


def _scheduled(view: CardView) -> str:
    return f"*Scheduled* with {_holder(view)}, {_at(view.scheduled_at, view)}."


def _expired(view: CardView) -> str:
    return f"*Nobody took this one* by {slack_date(view.expires_at)}. The coordinators have been told."


def _closed(view: CardView) -> str:
    reason = f": {CLOSE_REASONS[view.close_reason]}" if view.close_reason else ""
    return f"*Closed*, {_at(view.closed_at, view)}{reason}. Nothing more to do."


_STANDING: dict[Status, Callable[[CardView], str]] = {
    Status.PENDING: _pending,
    Status.ACCEPTED: _accepted,
    Status.CONTACTED: _contacted,
    Status.SCHEDULED: _scheduled,
    Status.EXPIRED: _expired,
    Status.CLOSED: _closed,
}


def _holder(view: CardView) -> str:
    return mention(view.holder) if view.holder else "somebody"


def _at(moment: datetime | None, view: CardView) -> str:
    return slack_date(moment or view.opened_at)


def _notes(view: CardView) -> list[str]:
    kind = "preferred provider" if view.kind is Kind.PREFERRED else "general"
    again = f"  ·  round {view.round}" if view.round > 1 else ""
    notes = [f"*{plain(view.code)}*  ·  {kind}{again}  ·  posted {slack_date(view.opened_at)}"]
    if view.out_of_network and view.status is Status.PENDING and view.whose:
        notes.append(f":warning: {plain(view.facts.insurer)} is not among {plain(view.whose.name)}'s networks.")
    if view.resembles:
        notes.append(f":warning: Possibly the same request as {plain(view.resembles)}.")
    return notes


def _buttons(view: CardView) -> Block | None:
    if view.status is Status.PENDING:
        menu = card_menu(view.referral_id, view.offer_id, view.status, view.kind)
        deciding = deciding_buttons(view.offer_id, view.referral_id, view.code, view.kind)
        return actions(BlockId.CARD_ACTIONS, *deciding, menu)
    if view.status is Status.EXPIRED:
        return actions(BlockId.CARD_ACTIONS, card_menu(view.referral_id, view.offer_id, view.status, view.kind))
    if buttons := progress_buttons(view.referral_id, view.code, view.status):
        return actions(BlockId.CARD_ACTIONS, *buttons, held_menu(view.referral_id))
    return None
