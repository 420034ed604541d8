"""How the desk stands this morning: what needs a person, what is due today, and what yesterday brought.

Counts only, and providers where their licences end: no referral, no client. All by index, however old the practice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col, func, select

from store.tables import Attention, History, Offer, Provider, Referral
from store.vocabulary import AttentionKind

from ..lifecycle import Event
from ..roster.licence_ends import LicenceEnd, ends_of
from ..tx import Tx
from ..zones import zone_of
from .needs import how_many_need_a_person


@dataclass(frozen=True, slots=True)
class Need:
    """Of one kind: how many, and since when the oldest waits."""

    kind: AttentionKind
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class EndingLicence:
    provider: str
    ends: tuple[LicenceEnd, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """``expiring``: offers that end by tonight; ``uncontacted``: clients who by then have waited too long to hear."""

    day: date
    needs: Sequence[Need] = ()
    expiring: int = 0
    uncontacted: int = 0
    licences: Sequence[EndingLicence] = ()
    received: int = 0  # yesterday, as the following
    accepted: int = 0
    scheduled: int = 0
    expired: int = 0
    items: int = 0  # on the coordinators' list, those of ``needs`` and of ``licences``

    @property
    def yesterday(self) -> bool:
        """Whether anything happened then."""
        return bool(self.received or self.accepted or self.scheduled or self.expired)

    @property
    def worth_saying(self) -> bool:
        return bool(self.needs or self.expiring or self.uncontacted or self.licences or self.yesterday)


#: The events behind yesterday's figures.
_COUNTED = (Event.SUBMIT, Event.ACCEPT, Event.SCHEDULED, Event.EXPIRE)


def today(tx: Tx) -> Today:
    zone = zone_of(None, tx.practice())
    day = tx.now.astimezone(zone).date()
    before, begins, ends = (
        datetime.combine(day + timedelta(days=step), time.min, zone).astimezone(UTC) for step in (-1, 0, 1)
    )
    happened = _happened(tx, before, begins)
    return Today(
        day=day,
        items=how_many_need_a_person(tx),
        needs=_needs(tx),
        expiring=_expiring(tx, ends),
        uncontacted=_uncontacted(tx, ends),
        licences=_licences(tx),
        received=happened.get(Event.SUBMIT, 0),
        accepted=happened.get(Event.ACCEPT, 0),
        scheduled=happened.get(Event.SCHEDULED, 0),
        expired=happened.get(Event.EXPIRE, 0),
    )


def _needs(tx: Tx) -> list[Need]:
    """What there is most of first; licences are told by name instead."""
    count = func.count()
    rows = tx.session.exec(
        select(col(Attention.kind), count, func.min(col(Attention.opened_at)))
        .where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
        .where(Attention.kind != AttentionKind.LICENCE_ENDING)
        .group_by(col(Attention.kind))
    )
    return sorted((Need(*row) for row in rows), key=lambda one: (-one.count, one.kind))


def _expiring(tx: Tx, by: datetime) -> int:
    rows = select(func.count()).select_from(Offer).where(Offer.practice_id == tx.practice_id)
    return tx.session.exec(rows.where(col(Offer.outcome).is_(None), col(Offer.expires_at) < by)).one()


def _uncontacted(tx: Tx, by: datetime) -> int:
    """``|| ''`` keeps SQLite from reading all of the practice's referrals instead of the few that wait."""
    ours = col(Referral.practice_id).concat("") == tx.practice_id
    rows = select(func.count()).select_from(Referral).where(ours, col(Referral.escalate_due) < by)
    return tx.session.exec(rows).one()


def _licences(tx: Tx) -> list[EndingLicence]:
    """Of those on the list; the soonest first."""
    named = select(Attention.detail).where(
        Attention.practice_id == tx.practice_id,
        col(Attention.settled_at).is_(None),
        Attention.kind == AttentionKind.LICENCE_ENDING,
    )
    ids = [id for id in tx.session.exec(named) if id]
    people = (tx.get(Provider, id) for id in dict.fromkeys(ids))
    found = [EndingLicence(one.name, tuple(ends_of(tx, one))) for one in people if one is not None]
    return sorted((one for one in found if one.ends), key=lambda one: (one.ends[0].last, one.provider))


def _happened(tx: Tx, since: datetime, until: datetime) -> dict[str, int]:
    rows = tx.session.exec(
        select(History.event, func.count())
        .where(History.practice_id == tx.practice_id, col(History.at) >= since, col(History.at) < until)
        .where(col(History.event).in_(_COUNTED), History.result == "done", History.subject == "referral")
        .group_by(History.event)
    )
    return dict(rows.all())
