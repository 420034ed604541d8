"""A later deadline for the round that is open.

The links in mails that are out keep their own end; whoever it is reserved for is mailed a fresh one. A reminder that is
still to come keeps its distance from the deadline; one that was made is not made again.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from store.tables import Offer, Provider
from store.vocabulary import Kind

from ..actor import Actor
from ..coordinate import hindered
from ..deciding import Case, locked_referral, overdue, person
from ..lifecycle import Event
from ..notices import Template
from ..outbox import notify_client, notify_provider
from ..outcomes import Decision, Missing, Person
from ..rounds import redraw
from ..tx import Tx, WakeKind
from ..zones import zone_of
from .latest import meanwhile

#: What is offered beside a day; hours, from the deadline as it is, or from now where that has passed.
STEPS = (12, 24, 48)
#: A client who would wait longer for an answer needs something else.
FURTHEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Extending:
    """A round whose deadline this coordinator may move. ``time_zone``: theirs, in which the days are."""

    referral_id: str
    code: str
    expires_at: datetime
    overdue: bool
    kind: Kind
    whose: Person | None  # reserved for
    shown: str
    earliest: date
    latest: date
    time_zone: str


@dataclass(frozen=True, slots=True)
class WrongEnd:
    """Nothing has happened: it has to be one of these days. ``time_zone``: the coordinator's."""

    earliest: date
    latest: date
    time_zone: str


def may_extend(tx: Tx, actor: Actor, referral_id: str) -> Extending | Decision:
    """Whether to open the form, and what it starts from; else the answer instead of it."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    return hindered(tx, actor, case, Event.EXTEND) or extending(tx, actor, case)


def extending(tx: Tx, actor: Actor, case: Case) -> Extending:
    days, offer = _days(tx, actor, case.offer), case.offer
    return Extending(
        referral_id=case.referral.id,
        code=case.referral.code,
        expires_at=offer.expires_at,
        overdue=overdue(offer, tx.now),
        kind=offer.kind,
        whose=person(tx.get(Provider, offer.provider_id)),
        shown=as_shown(offer),
        earliest=days.earliest,
        latest=days.latest,
        time_zone=days.time_zone,
    )


def extend(tx: Tx, actor: Actor, referral_id: str, to: timedelta | date, shown: str = "") -> Decision | WrongEnd:
    """``to``: so much later, or the end of a day in the coordinator's time zone. ``shown``: ``Extending.shown``.

    An offer that is overdue may be extended as long as its expiry is not written: until then it can be accepted, too.
    The client was told until when they hear of somebody, and is told the later day. Whoever it is reserved for gets a
    mail with a link that is good until then.
    """
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if answer := hindered(tx, actor, case, Event.EXTEND):
        return answer
    referral, offer = case.referral, case.offer
    if shown and shown != as_shown(offer):
        return meanwhile(tx, case, actor, Event.EXTEND)
    before, until = offer.expires_at, _end(tx, actor, offer, to)
    if not max(before, tx.now) < until <= tx.now + FURTHEST:
        return _days(tx, actor, offer)
    offer.expires_at = until
    tx.wake(WakeKind.EXPIRE, offer.id, until)
    if offer.remind_due is not None:
        offer.remind_due += until - before
        tx.wake(WakeKind.REMIND, offer.id, offer.remind_due)
    moved = {"before": before.isoformat(), "after": until.isoformat()}
    event = tx.record(referral, Event.EXTEND, actor, offer=offer.id, **moved)
    redraw(tx, offer)
    notify_client(tx, referral, offer, Template.CLIENT_CONFIRMATION, about=event)
    provider = tx.get(Provider, offer.provider_id)
    if provider is not None and provider.work_email:
        notify_provider(tx, referral, offer, provider, Template.PROVIDER_REMINDER, about=event)
    return case.done()


def as_shown(offer: Offer) -> str:
    """The round and its deadline, for a form to carry: whoever sends it decides on what they saw."""
    return f"{offer.round}-{int(offer.expires_at.timestamp() * 1000)}"


def _end(tx: Tx, actor: Actor, offer: Offer, to: timedelta | date) -> datetime:
    if isinstance(to, timedelta):
        return max(offer.expires_at, tx.now) + to
    zone = zone_of(tx.get(Provider, actor.provider_id), tx.practice())
    return datetime.combine(to + timedelta(days=1), time(), zone).astimezone(offer.expires_at.tzinfo)


def _days(tx: Tx, actor: Actor, offer: Offer) -> WrongEnd:
    """Those whose end is after the deadline as it is, and not too far."""
    zone = zone_of(tx.get(Provider, actor.provider_id), tx.practice())
    earliest = max(offer.expires_at, tx.now).astimezone(zone).date()
    latest = (tx.now + FURTHEST).astimezone(zone).date() - timedelta(days=1)
    return WrongEnd(earliest, max(earliest, latest), zone.key)
