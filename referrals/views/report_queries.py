"""The counting behind a practice's report, in SQL alone: 100,000 referrals are aggregated where they lie.

Each statement reads the referrals of the period once, by the index ``referral_by_age``. The ranks of medians and
percentiles are those of ``arithmetic``, which counts what is in hand; a test holds the two against each other.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlmodel import col

from store.tables import History, Offer, Referral
from store.vocabulary import CloseReason, Kind, OfferOutcome, Status, Urgency

from ..lifecycle import Event
from ..periods import Period
from ..sources.ideal import Ideal, fitting
from ..tx import Tx
from .arithmetic import ripe_until
from .steps import Step

_LIMITS = {"within_day": timedelta(hours=24), "within_two_days": timedelta(hours=48)}
#: By what the figures are told apart; each is a column of ``_keys``. The first two say enough for a short answer.
WHOLE, STEP, INSURER, SERVICE, SOURCE = DIMENSIONS = ("whole", "step", "insurer", "service", "source")
BRIEF = DIMENSIONS[:2]
#: The figures that are sums of a flag of that name.
SUMS = (
    "preferred",
    "urgent",
    "contacted",
    "scheduled",
    "answered",
    "waiting",
    "in_hand",
    "expired",
    "closed",
    "unmet",
    "fit",
    "ripe_day",
    "ripe_two_days",
)
_IN_HAND = (Status.ACCEPTED, Status.CONTACTED)


def counted(
    tx: Tx, asked: Period, steps: Sequence[Step], ideal: Ideal, dimensions: Sequence[str] = DIMENSIONS
) -> list[Any]:
    """Rows (dimension, key, received, *SUMS). The key of a step is its number, of "whole" it is empty.

    First by all dimensions at once: what is then added up again is a tenth of it.
    """
    flags = [_flag(condition).label(name) for name, condition in _flags(tx, ideal).items()]
    rows = select(*_keys(steps, dimensions), *flags).where(*_within(tx, asked)).subquery()
    keys: list[Any] = [rows.c[name] for name in dimensions]
    added: list[Any] = [func.sum(rows.c[name]).label(name) for name in SUMS]
    cells = select(*keys, func.count().label("received"), *added).group_by(*keys).cte("cells")
    sums = [func.sum(cells.c[name]) for name in ("received", *SUMS)]
    parts: list[Select[Any]] = []
    for name in dimensions:
        shown: list[Any] = [literal(name), cells.c[name], *sums]
        parts.append(select(*shown).group_by(cells.c[name]))
    return list(tx.session.connection().execute(union_all(*parts)))


def timed(tx: Tx, asked: Period, steps: Sequence[Step], dimensions: Sequence[str] = DIMENSIONS) -> list[Any]:
    """Rows (dimension, key, accepted, within 24 hours, within 48, median, 90th percentile).

    The last two in seconds from arrival to the first acceptance. Within a time counts what ``ripe_until`` lets count.
    """
    seconds_taken = seconds_to_accept(tx)
    in_time = [
        _flag(and_(seconds_taken <= int(limit.total_seconds()), _ripe(tx, name))).label(name)
        for name, limit in _LIMITS.items()
    ]
    rows = select(*_keys(steps, dimensions), seconds_taken.label("seconds"), *in_time)
    accepted = rows.where(*_within(tx, asked), col(Referral.first_accepted_at).is_not(None)).cte("accepted")
    keys = [accepted.c[name] for name in dimensions]
    limited = [func.sum(accepted.c[name]).label(name) for name in _LIMITS]
    cells = select(*keys, func.count().label("count"), *limited).group_by(*keys).cte("cells")
    parts: list[Select[Any]] = []
    for name in dimensions:
        key, seconds = accepted.c[name], accepted.c.seconds
        rank = func.row_number().over(partition_by=key, order_by=seconds).label("rank")
        ranked = select(key.label("key"), seconds, rank).subquery()
        sums: list[Any] = [cast(func.sum(cells.c[one]), Integer).label(one) for one in ("count", *_LIMITS)]
        sizes = select(cells.c[name].label("key"), *sums).group_by(cells.c[name]).subquery()
        count = sizes.c["count"]
        middle = ranked.c.rank.in_([(count + 1) // 2, (count + 2) // 2])
        slow = ranked.c.rank == (count * 90 + 99) // 100
        shown: list[Any] = [
            literal(name),
            sizes.c.key,
            count,
            *(sizes.c[limit_name] for limit_name in _LIMITS),
            func.avg(cast(case((middle, ranked.c.seconds)), Float)),
            func.max(case((slow, ranked.c.seconds))),
        ]
        joined = select(*shown).select_from(ranked.join(sizes, ranked.c.key == sizes.c.key)).where(or_(middle, slow))
        parts.append(joined.group_by(sizes.c.key, count, *(sizes.c[limit_name] for limit_name in _LIMITS)))
    return list(tx.session.connection().execute(union_all(*parts)))


def ended(tx: Tx, asked: Period) -> list[Any]:
    """Rows (close reason, never accepted, count) of what is closed, a duplicate too."""
    never = _flag(col(Referral.first_accepted_at).is_(None))
    reason = col(Referral.close_reason)
    closed = select(reason, never, func.count()).where(*_within(tx, asked), col(Referral.status) == Status.CLOSED)
    return list(tx.session.connection().execute(closed.group_by(reason, never)))


def unmet(tx: Tx, asked: Period) -> list[Any]:
    """Rows (state, insurer, service, count) of the referrals that nobody took."""
    facts = [col(Referral.state), col(Referral.insurer), col(Referral.service)]
    shown: list[Any] = [*facts, func.count()]
    rows = select(*shown).where(*_within(tx, asked), _nobody_took())
    return list(tx.session.connection().execute(rows.group_by(*facts)))


def reasons(tx: Tx, asked: Period) -> list[Any]:
    """Rows (event, reason, count) of offers declined and referrals given back. Either opens a further round."""
    reason = col(History.data)["reason"].as_string()
    rows = (
        select(col(History.event), reason, func.count())
        .select_from(Referral)
        .join(History, and_(col(History.subject_id) == col(Referral.id), col(History.practice_id) == tx.practice_id))
        .where(*_within(tx, asked), col(Referral.round) > 1)
        .where(col(History.event).in_([Event.DECLINE, Event.RELEASE]), col(History.result) == "done")
    )
    return list(tx.session.connection().execute(rows.group_by(col(History.event), reason)))


def _keys(steps: Sequence[Step], dimensions: Sequence[str]) -> list[Any]:
    found: dict[str, Any] = {
        WHOLE: literal(""),
        STEP: _step(steps),
        INSURER: col(Referral.insurer),
        SERVICE: col(Referral.service),
        SOURCE: func.coalesce(col(Referral.source_id), ""),
    }
    return [found[name].label(name) for name in dimensions]


def _flags(tx: Tx, ideal: Ideal) -> dict[str, ColumnElement[bool]]:
    status = col(Referral.status)
    return {
        "preferred": col(Referral.kind) == Kind.PREFERRED,
        "urgent": col(Referral.urgency) == Urgency.URGENT,
        "contacted": or_(col(Referral.contacted_at).is_not(None), col(Referral.scheduled_at).is_not(None)),
        "scheduled": col(Referral.scheduled_at).is_not(None),
        "answered": col(Referral.answered_at).is_not(None),
        "waiting": status == Status.PENDING,
        "in_hand": status.in_(_IN_HAND),
        "expired": status == Status.EXPIRED,
        "closed": status == Status.CLOSED,
        "unmet": _nobody_took(),
        "fit": fitting(ideal),
        "ripe_day": _ripe(tx, "within_day"),
        "ripe_two_days": _ripe(tx, "within_two_days"),
    }


def _ripe(tx: Tx, name: str) -> ColumnElement[bool]:
    return col(Referral.created_at) <= ripe_until(tx.now, _LIMITS[name])


def _within(tx: Tx, asked: Period) -> tuple[ColumnElement[bool], ...]:
    created = col(Referral.created_at)
    return col(Referral.practice_id) == tx.practice_id, created >= asked.since, created < asked.until


def _nobody_took() -> ColumnElement[bool]:
    """Expired or closed without an acceptance, or open again after it had expired. A duplicate asked for nothing."""
    # Counted, because PostgreSQL would answer an EXISTS by reading all offers that there are into a table of its own.
    expired = select(func.count()).where(
        col(Offer.referral_id) == col(Referral.id),
        col(Offer.kind) == Kind.GENERAL,
        col(Offer.outcome) == OfferOutcome.EXPIRED,
    )
    status = col(Referral.status)
    ended_so = or_(
        status == Status.EXPIRED,
        and_(status == Status.CLOSED, col(Referral.close_reason) != CloseReason.DUPLICATE),
        and_(status == Status.PENDING, col(Referral.round) > 1, expired.correlate(Referral).scalar_subquery() > 0),
    )
    return and_(col(Referral.first_accepted_at).is_(None), ended_so)


def _step(steps: Sequence[Step]) -> Case[str]:
    """Its number, as text: the keys of all dimensions stand in one column."""
    created = col(Referral.created_at)
    return case(*((created < step.until, literal(str(number))) for number, step in enumerate(steps)))


def seconds_to_accept(tx: Tx) -> ColumnElement[int]:
    """Whole ones from arrival to the first acceptance; NULL without."""
    arrived, accepted = col(Referral.created_at), col(Referral.first_accepted_at)
    if tx.session.get_bind().dialect.name == "sqlite":
        days = func.julianday(accepted, type_=Float) - func.julianday(arrived, type_=Float)
        return cast(func.round(days * 86400), Integer)
    return cast(func.round(func.extract("epoch", accepted - arrived)), Integer)


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
