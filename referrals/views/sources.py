"""What sources refer, and what becomes of it (DOMAIN.md B2, B5): counted in the database, by index, for one period.

A referral counts for its source from the moment it came in, and as far as it has got by now. No client in any of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import col, func, select

from store.tables import Referral, Source
from store.vocabulary import SourceKind

from ..sources.fields import FROM_THE_FORM
from ..sources.ideal import defined, fitting
from ..tx import Tx
from .mine import last_number
from .report_queries import seconds_to_accept

#: What Home shows.
LATELY = timedelta(days=90)


class Which(StrEnum):
    ALL = "all"
    QUIET = "quiet"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Funnel:
    """``ideal``: how many are of the clients that the practice is best for; None where that is not defined."""

    referred: int = 0
    accepted: int = 0
    contacted: int = 0
    scheduled: int = 0
    ideal: int | None = None


@dataclass(frozen=True, slots=True)
class SourceLine:
    source_id: str
    name: str
    kind: SourceKind
    retired: bool
    quiet: bool
    last_at: datetime | None  # when it last referred somebody, ever
    funnel: Funnel
    to_accept: timedelta | None = None  # the median from coming in to the first accept


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """``number`` counts from 0. ``quiet``: how many of all sources are."""

    lines: tuple[SourceLine, ...]
    number: int
    size: int
    total: int
    quiet: int
    quiet_days: int


def sources_page(
    tx: Tx, number: int, size: int, kind: SourceKind | None = None, which: Which = Which.ALL
) -> SourcesPage:
    """What they refer lately comes first, the retired last. Of each source's referrals only the latest are read."""
    practice, since = tx.practice(), tx.now - LATELY
    chosen: list[Any] = [Source.practice_id == tx.practice_id, *_which(tx, which)]
    chosen += [Source.kind == kind] if kind else []
    total = tx.session.exec(select(func.count()).select_from(Source).where(*chosen)).one()
    number = min(max(0, number), last_number(total, size))
    rows = tx.session.exec(
        select(Source, _count(since).label("lately"), _LAST_AT.label("last_at"))
        .where(*chosen)
        .order_by(col(Source.retired_at).is_not(None), _count(since).desc(), col(Source.name), col(Source.id))
        .offset(number * size)
        .limit(size)
    ).all()
    funnels = _funnels(tx, [source.id for source, *_ in rows], since)
    none = Funnel(ideal=0 if defined(practice.ideal) else None)
    lines = tuple(_line(tx, source, last_at, funnels.get(source.id, none)) for source, _, last_at in rows)
    return SourcesPage(lines, number, size, total, how_many_are_quiet(tx), practice.quiet_days)


def how_many_are_quiet(tx: Tx) -> int:
    ours = select(func.count()).select_from(Source)
    return tx.session.exec(ours.where(Source.practice_id == tx.practice_id, *_which(tx, Which.QUIET))).one()


def all_funnels(tx: Tx, since: datetime, until: datetime) -> tuple[SourceLine, ...]:
    """Every source's referrals of a period; who referred most comes first, the retired without any not at all."""
    rows = tx.session.exec(select(Source, _LAST_AT.label("last_at")).where(Source.practice_id == tx.practice_id)).all()
    funnels, lengths = _funnels(tx, None, since, until), _to_accept(tx, since, until)
    none = Funnel(ideal=0 if defined(tx.practice().ideal) else None)
    lines = [
        _line(tx, source, last_at, funnels.get(source.id, none), lengths.get(source.id))
        for source, last_at in rows
        if source.id in funnels or source.retired_at is None
    ]
    return tuple(sorted(lines, key=lambda one: (-one.funnel.referred, one.name.casefold(), one.source_id)))


def total_of(lines: Sequence[SourceLine]) -> Funnel:
    """All of them together."""
    funnels = [one.funnel for one in lines]
    return Funnel(
        referred=sum(one.referred for one in funnels),
        accepted=sum(one.accepted for one in funnels),
        contacted=sum(one.contacted for one in funnels),
        scheduled=sum(one.scheduled for one in funnels),
        ideal=None if any(one.ideal is None for one in funnels) else sum(one.ideal or 0 for one in funnels),
    )


def _line(
    tx: Tx, source: Source, last_at: datetime | None, funnel: Funnel, to_accept: timedelta | None = None
) -> SourceLine:
    heard = last_at or source.created_at
    quiet = _asked_about(source) and heard < tx.now - timedelta(days=tx.practice().quiet_days)
    retired = source.retired_at is not None
    return SourceLine(source.id, source.name, source.kind, retired, quiet, last_at, funnel, to_accept)


def _asked_about(source: Source) -> bool:
    """Whether somebody could be got in touch with again."""
    return source.retired_at is None and source.name != FROM_THE_FORM


def _which(tx: Tx, which: Which) -> list[ColumnElement[bool]]:
    if which is Which.RETIRED:
        return [col(Source.retired_at).is_not(None)]
    if which is Which.QUIET:
        before = tx.now - timedelta(days=tx.practice().quiet_days)
        heard = func.coalesce(_LAST_AT, col(Source.created_at))
        return [col(Source.retired_at).is_(None), col(Source.name) != FROM_THE_FORM, heard < before]
    return []


# Of one source, the row around which the query stands. Both are answered from the index referral_of_source alone.

_OF_THE_SOURCE = (Referral.practice_id == Source.practice_id, Referral.source_id == Source.id)
_LAST_AT: Any = select(func.max(Referral.created_at)).where(*_OF_THE_SOURCE).correlate(Source).scalar_subquery()


def _count(since: datetime) -> Any:
    counted = select(func.count()).select_from(Referral).where(*_OF_THE_SOURCE, col(Referral.created_at) >= since)
    return counted.correlate(Source).scalar_subquery()


def _funnels(
    tx: Tx, source_ids: Collection[str] | None, since: datetime, until: datetime | None = None
) -> Mapping[str, Funnel]:
    """By source, of these or (None) of all; nothing for those that referred nobody then."""
    ideal = tx.practice().ideal
    steps: list[Any] = [
        func.count(),
        func.count(col(Referral.first_accepted_at)),
        func.count(col(Referral.contacted_at)),
        func.count(col(Referral.scheduled_at)),
        func.count(case((fitting(ideal), 1))),
    ]
    rows = tx.session.execute(
        select(Referral.source_id, *steps)
        .where(Referral.practice_id == tx.practice_id, *_within(since, until))
        .where(col(Referral.source_id).is_not(None) if source_ids is None else col(Referral.source_id).in_(source_ids))
        .group_by(col(Referral.source_id))
    ).all()
    asked = defined(ideal)
    return {
        id: Funnel(referred, accepted, contacted, scheduled, fit if asked else None)
        for id, referred, accepted, contacted, scheduled, fit in rows
    }


def _within(since: datetime, until: datetime | None) -> list[ColumnElement[bool]]:
    upto = [] if until is None else [col(Referral.created_at) < until]
    return [col(Referral.created_at) >= since, *upto]


def _to_accept(tx: Tx, since: datetime, until: datetime) -> Mapping[str, timedelta]:
    """The median by source, as ``arithmetic.median`` has it, ranked where the referrals lie."""
    source, seconds = col(Referral.source_id), seconds_to_accept(tx)
    ranked = (
        select(
            source.label("source"),
            seconds.label("seconds"),
            func.row_number().over(partition_by=source, order_by=seconds).label("place"),
            func.count().over(partition_by=source).label("many"),
        )
        .where(Referral.practice_id == tx.practice_id, *_within(since, until))
        .where(source.is_not(None), col(Referral.first_accepted_at).is_not(None))
        .subquery()
    )
    middle = ranked.c.place.in_([(ranked.c.many + 1) // 2, (ranked.c.many + 2) // 2])
    rows = tx.session.connection().execute(
        select(ranked.c.source, func.avg(ranked.c.seconds)).where(middle).group_by(ranked.c.source)
    )
    return {id: timedelta(seconds=float(average)) for id, average in rows}
