"""Marked as urgent, or no longer: the coordinators hear of it at once, the channel does not (DOMAIN.md section 3)."""

from store.vocabulary import AttentionKind, Urgency

from ..actor import Actor
from ..coordinate import hindered
from ..deciding import locked_referral
from ..lifecycle import Event
from ..outbox import need_attention, settle
from ..outcomes import Decision, Missing
from ..tx import Tx
from .latest import meanwhile


def mark_urgent(tx: Tx, actor: Actor, referral_id: str, urgent: bool = True) -> Decision:
    """The card says nothing of it, and is not drawn anew. Each time is an item of its own on the list."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if answer := hindered(tx, actor, case, Event.URGENT):
        return answer
    referral, before = case.referral, case.referral.urgency is Urgency.URGENT
    if before is urgent:
        return meanwhile(tx, case, actor, Event.URGENT, now=before)
    referral.urgency = Urgency.URGENT if urgent else Urgency.ROUTINE
    event = tx.record(referral, Event.URGENT, actor, offer=case.offer.id, before=before, after=urgent)
    if urgent:
        need_attention(tx, referral, case.offer, AttentionKind.URGENT, detail=event)
    else:
        settle(tx, referral, actor.name, AttentionKind.URGENT)
    return case.done()


def not_urgent(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    return mark_urgent(tx, actor, referral_id, urgent=False)
