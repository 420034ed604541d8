"""What came of an accepted referral: contacted, scheduled; and the coordinator's "phoned"."""

from store.tables import Attention
from store.vocabulary import AttentionKind, Status

from .actor import Actor
from .deciding import Case, for_whom, locked_referral, refuse, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_source, settle
from .outcomes import Decision, Missing, Refusal, Refused
from .rounds import redraw
from .tx import Tx


def contacted(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """The acceptor (or a coordinator) has reached the client: the client is answered."""
    return _advance(tx, actor, referral_id, Event.CONTACTED, Status.CONTACTED)


def scheduled(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """A first session is booked; whoever referred the client is thanked, once."""
    return _advance(tx, actor, referral_id, Event.SCHEDULED, Status.SCHEDULED)


def phoned(tx: Tx, actor: Actor, attention_id: str) -> Decision:
    """A coordinator has phoned a client who could not be mailed."""
    found = tx.get(Attention, attention_id)
    case = locked_referral(tx, found.referral_id) if found and found.referral_id else None
    item = tx.lock(Attention, attention_id)  # after its referral, in the order in which every event locks them
    if item is None or case is None or item.kind is not AttentionKind.PHONE_TASK:
        return Missing()
    if not actor.coordinator:
        return refuse(tx, case, actor, "phoned", Refusal.NOT_COORDINATOR)
    if item.settled_at is None:
        item.settled_at, item.settled_by = tx.now, actor.name
        case.referral.answered_at = case.referral.answered_at or tx.now
        tx.record(case.referral, "phoned", actor, offer=item.offer_id, message=item.detail)
    return case.done()


def _advance(tx: Tx, actor: Actor, referral_id: str, event: Event, status: Status) -> Decision:
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if not allowed(case.referral.status, event):
        return since(tx, case, actor)
    if refused := _not_theirs(tx, case, actor, event):
        return refused
    referral = case.referral
    referral.status = status
    referral.contacted_at = referral.contacted_at or tx.now
    referral.answered_at = referral.answered_at or tx.now
    if status is Status.SCHEDULED:
        referral.scheduled_at = tx.now
        notify_source(tx, referral, Template.SOURCE_THANKS)
    case.offer.remind_client_due = None
    redraw(tx, case.offer)
    settle(tx, referral, actor.name, AttentionKind.ACCEPTOR_GONE)
    tx.record(referral, event, actor, on_behalf_of=for_whom(actor, referral.accepted_by), offer=case.offer.id)
    return case.done()


def _not_theirs(tx: Tx, case: Case, actor: Actor, event: Event) -> Refused | None:
    holder = case.referral.accepted_by
    if holder is None or actor.coordinator or actor.provider_id == holder:
        return None
    return refuse(tx, case, actor, event, Refusal.NOT_THEIRS)
