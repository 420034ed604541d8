"""Whether a form may be opened: the answer that its use case would give now, before somebody fills it in.

``Done`` means yes, and names the referral for the form; anything else is the answer instead of a form. The use case
decides again when the form is sent; what happens in between is told then.
"""

from store.vocabulary import Kind

from .actor import Actor
from .deciding import locked_case, locked_referral, overdue, refuse, reserved, since
from .lifecycle import Event, allowed
from .outcomes import Decision, Missing, Refusal
from .tx import Tx


def before_decline(tx: Tx, actor: Actor, offer_id: str) -> Decision:
    """By the preferred provider, or a coordinator for them."""
    case = locked_case(tx, offer_id)
    if case is None:
        return Missing()
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.DECLINE):
        return since(tx, case, actor)
    others = case.offer.kind is Kind.PREFERRED and actor.provider_id != case.offer.provider_id
    if others and not actor.coordinator and not overdue(case.offer, tx.now):
        return reserved(tx, case, actor, Event.DECLINE)
    return case.done()


def before_release(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """Giving an accepted referral back."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    holder = case.referral.accepted_by
    if not allowed(case.referral.status, Event.RELEASE) or holder is None:
        return since(tx, case, actor)
    if actor.provider_id != holder and not actor.coordinator:
        return refuse(tx, case, actor, Event.RELEASE, Refusal.NOT_THEIRS)
    return case.done()


def before_coordinating(tx: Tx, actor: Actor, referral_id: str, event: Event) -> Decision:
    """What only coordinators do: assign and close."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if not actor.coordinator:
        return refuse(tx, case, actor, event, Refusal.NOT_COORDINATOR)
    if not allowed(case.referral.status, event):
        return since(tx, case, actor)
    return case.done()
