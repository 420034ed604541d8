"""What came of an accepted referral: tries, the plan, contacted, scheduled; and the coordinator's "phoned"."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from store.tables import Attention, Provider, Referral
from store.vocabulary import AttentionKind, PlanItem, Status

from .actor import Actor
from .deciding import Case, for_whom, locked_referral, refuse, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_source, settle
from .outcomes import Decision, Missing, Refusal, WrongDate
from .rounds import redraw
from .tx import Tx
from .zones import zone_of

#: Somebody who is to be tried again later than that should hear so from the practice.
LATEST_TRY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Trying:
    """A referral whose client this person may say did not answer. The days are in the acceptor's time zone."""

    code: str
    tries: int
    next_try: date | None
    earliest: date
    latest: date


def contacted(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """The acceptor (or a coordinator) has reached the client: the client is answered."""
    return _advance(tx, actor, referral_id, Event.CONTACTED)


def scheduled(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """A first session is booked; whoever referred the client is thanked, once."""
    return _advance(tx, actor, referral_id, Event.SCHEDULED)


def no_answer(tx: Tx, actor: Actor, referral_id: str, next_try: date | None, tries_before: int) -> Decision | WrongDate:
    """The acceptor has tried to reach the client in vain; ``next_try`` is a day in the acceptor's time zone.

    ``tries_before``: how many tries were known where this one was said. The same try said twice (a double click) counts
    once; another day said with it corrects the first.
    """
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if hindered := _hindered(tx, actor, case, Event.NO_ANSWER):
        return hindered
    referral = case.referral
    days = _days(tx, referral)
    if next_try is not None and not days.earliest <= next_try <= days.latest:
        return days
    counted = referral.tries > tries_before
    if counted and next_try in (None, referral.next_try):
        return case.done()
    referral.tries += 0 if counted else 1
    referral.next_try = next_try
    _record(tx, actor, case, Event.NO_ANSWER, tries=referral.tries, next_try=next_try.isoformat() if next_try else None)
    redraw(tx, case.offer)
    return case.done()


def may_try(tx: Tx, actor: Actor, referral_id: str) -> Trying | Decision:
    """Whether to open the form of ``no_answer``, and what it starts from; else the answer instead of it."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if hindered := _hindered(tx, actor, case, Event.NO_ANSWER):
        return hindered
    referral, days = case.referral, _days(tx, case.referral)
    return Trying(referral.code, referral.tries, referral.next_try, days.earliest, days.latest)


def plan(
    tx: Tx, actor: Actor, referral_id: str, done: frozenset[PlanItem], shown: frozenset[PlanItem] | None = None
) -> Decision:
    """Which items of the plan for the first contact are done (DOMAIN.md R1).

    ``shown``: what counted as done where this was clicked. Given it, only what was changed there changes here: an old
    message cannot take back what another surface has recorded since.
    """
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if hindered := _hindered(tx, actor, case, Event.PLAN):
        return hindered
    before = frozenset(map(PlanItem, case.referral.plan))
    after = done if shown is None else (before | (done - shown)) - (shown - done)
    if after != before:
        case.referral.plan = _in_order(after)
        _record(tx, actor, case, Event.PLAN, done=_in_order(after - before), undone=_in_order(before - after))
        redraw(tx, case.offer)
    return case.done()


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


def reach(tx: Tx, actor: Actor, case: Case, event: Event) -> None:
    """The client has been reached (and, with ``scheduled``, has a session), for use cases that know who says so.

    Drawing the card anew is theirs.
    """
    referral = case.referral
    referral.status = Status.SCHEDULED if event is Event.SCHEDULED else Status.CONTACTED
    referral.contacted_at = referral.contacted_at or tx.now
    referral.answered_at = referral.answered_at or tx.now
    referral.nudge_due = referral.escalate_due = referral.next_try = None
    if event is Event.SCHEDULED:
        referral.scheduled_at = tx.now
        notify_source(tx, referral, Template.SOURCE_THANKS)
    case.offer.remind_client_due = None
    settle(tx, referral, actor.name, AttentionKind.ACCEPTOR_GONE, AttentionKind.NOT_CONTACTED)
    _record(tx, actor, case, event)


def _advance(tx: Tx, actor: Actor, referral_id: str, event: Event) -> Decision:
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if hindered := _hindered(tx, actor, case, event):
        return hindered
    reach(tx, actor, case, event)
    redraw(tx, case.offer)
    return case.done()


def _hindered(tx: Tx, actor: Actor, case: Case, event: Event) -> Decision | None:
    if not allowed(case.referral.status, event):
        return since(tx, case, actor)
    holder = case.referral.accepted_by
    if holder is None or actor.coordinator or actor.provider_id == holder:
        return None
    return refuse(tx, case, actor, event, Refusal.NOT_THEIRS)


def _record(tx: Tx, actor: Actor, case: Case, event: Event, **data: Any) -> None:
    on_behalf = for_whom(actor, case.referral.accepted_by)
    tx.record(case.referral, event, actor, on_behalf_of=on_behalf, offer=case.offer.id, **data)


def _days(tx: Tx, referral: Referral) -> WrongDate:
    acceptor = tx.get(Provider, referral.accepted_by)
    today = tx.now.astimezone(zone_of(acceptor, tx.practice())).date()
    return WrongDate(today, today + LATEST_TRY)


def _in_order(items: frozenset[PlanItem]) -> list[str]:
    return [str(item) for item in PlanItem if item in items]
