"""Legal hold: while it lasts, nothing of the referral or its client is erased (DOMAIN.md section 3, rule 8)."""

from enum import StrEnum

from ..actor import Actor
from ..coordinate import hindered
from ..deciding import locked_referral
from ..lifecycle import Event
from ..outcomes import Decision, Missing
from ..tx import Tx
from .latest import meanwhile


class HoldReason(StrEnum):
    """Why it must be kept."""

    LITIGATION = "litigation"
    RECORDS = "records_request"
    COMPLAINT = "complaint"
    INVESTIGATION = "investigation"
    OTHER = "other"


def put_on_hold(tx: Tx, actor: Actor, referral_id: str, reason: HoldReason) -> Decision:
    return _hold(tx, actor, referral_id, True, reason=str(reason))


def lift_hold(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """From now on the practice's rules say again when its client is erased."""
    return _hold(tx, actor, referral_id, False)


def may_hold(tx: Tx, actor: Actor, referral_id: str, held: bool) -> Decision:
    """Whether to open the form that puts it on hold (``held``) or lifts it: Done is yes."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if answer := hindered(tx, actor, case, Event.HOLD):
        return answer
    if case.referral.erased_at is not None:
        return meanwhile(tx, case, actor, Event.ERASE)  # nothing is left to hold
    if case.referral.legal_hold is held:
        return meanwhile(tx, case, actor, Event.HOLD, now=held)
    return case.done()


def _hold(tx: Tx, actor: Actor, referral_id: str, held: bool, **reason: str) -> Decision:
    answer = may_hold(tx, actor, referral_id, held)
    case = locked_referral(tx, referral_id)
    if case is None or answer != case.done():
        return answer
    case.referral.legal_hold = held
    tx.record(case.referral, Event.HOLD, actor, offer=case.offer.id, before=not held, after=held, **reason)
    return case.done()
