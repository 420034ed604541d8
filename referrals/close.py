"""Close: the only end of a referral. The client gets a closing mail, and whoever had it is told to stop."""

from dataclasses import dataclass

from store.tables import Provider
from store.vocabulary import AttentionKind, CloseReason, OfferOutcome, Status

from .actor import Actor
from .deciding import Case, for_whom, locked_referral, refuse, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_client, settle, tell_to_stop
from .outcomes import Decision, Missing, Refusal
from .rounds import close_round, redraw
from .sources.consent import tell_outcome
from .tx import Tx


@dataclass(frozen=True, slots=True)
class Closing:
    """A referral that this person may close, for these reasons."""

    code: str
    reasons: tuple[CloseReason, ...]


def close(tx: Tx, actor: Actor, referral_id: str, reason: CloseReason) -> Decision:
    """By a coordinator for any reason, or by the acceptor when the client cannot be reached."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if not allowed(case.referral.status, Event.CLOSE):
        return since(tx, case, actor)
    if reason not in _reasons(actor, case):
        return refuse(tx, case, actor, Event.CLOSE, Refusal.NOT_COORDINATOR)
    return close_case(tx, actor, case, reason)


def may_close(tx: Tx, actor: Actor, referral_id: str) -> Closing | Decision:
    """Whether to open the form that asks for the reason, and which reasons it offers; else the answer instead of it."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if not allowed(case.referral.status, Event.CLOSE):
        return since(tx, case, actor)
    reasons = _reasons(actor, case)
    if not reasons:
        return refuse(tx, case, actor, Event.CLOSE, Refusal.NOT_COORDINATOR)
    return Closing(case.referral.code, reasons)


def _reasons(actor: Actor, case: Case) -> tuple[CloseReason, ...]:
    if actor.coordinator:
        return tuple(CloseReason)
    holds = actor.provider_id is not None and actor.provider_id == case.referral.accepted_by
    return (CloseReason.UNREACHABLE,) if holds else ()


def close_case(tx: Tx, actor: Actor, case: Case, reason: CloseReason, **also: str) -> Decision:
    """The closing itself, for use cases that have checked who asks. ``also``: codes that history keeps with it."""
    referral, offer = case.referral, case.offer
    holder = referral.accepted_by
    referral.status, referral.closed_at, referral.close_reason = Status.CLOSED, tx.now, reason
    referral.nudge_due = referral.escalate_due = referral.next_try = None
    if offer.outcome is None:
        close_round(tx, offer, OfferOutcome.CLOSED)
    else:
        offer.remind_client_due = None
        redraw(tx, offer)
    tx.record(
        referral,
        Event.CLOSE,
        actor,
        on_behalf_of=for_whom(actor, holder) if holder else None,
        offer=offer.id,
        reason=reason,
        **also,
    )
    settle(tx, referral, actor.name, *(kind for kind in AttentionKind if kind is not AttentionKind.PHONE_TASK))
    notify_client(tx, referral, offer, Template.CLIENT_CLOSING)
    tell_outcome(tx, referral)
    provider = tx.get(Provider, holder)
    if provider is not None and provider.id != actor.provider_id:
        tell_to_stop(tx, referral, offer, provider)
    return case.done()
