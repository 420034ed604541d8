"""How the practice is doing, over the referrals received in a period: one query, and arithmetic over its rows.

The rows hold moments and a status, no client and no provider; everything but ``received`` is pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select as sql_select
from sqlmodel import col, func, select

from store.tables import Offer, Referral
from store.vocabulary import Status

from ..tx import Tx
from .arithmetic import median, percentile, ripe_until, within
from .report_queries import seconds_to_accept

#: What Home looks back on; the week that still runs is the last of them.
WEEKS = 8
#: A deadline this near is named on Home.
SOON = timedelta(hours=6)
_DAY, _TWO_DAYS = timedelta(hours=24), timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Received:
    """One referral, as far as figures need it. ``seconds``: until it was first accepted, even if given back since.

    ``expired``: with no taker, and still so.
    """

    at: datetime
    seconds: int | None
    answered: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the referrals received in a period. A share or a time that rests on nothing is None.

    ``in_a_day``, ``in_two_days``: of those received at least that long before the period was looked at, the others
    may still be accepted in time.
    """

    received: int
    accepted: int
    to_accept: timedelta | None  # median
    to_accept_90: timedelta | None  # the 90th percentile
    in_a_day: Fraction | None
    in_two_days: Fraction | None
    answered: int  # clients who have been contacted, phoned, or sent a last word


@dataclass(frozen=True, slots=True)
class Week:
    """What came in a week, and what has become of it until now. ``expired``: with no taker, and still so."""

    monday: date
    received: int
    accepted: int
    expired: int


@dataclass(frozen=True, slots=True)
class Now:
    """``open``: everything that is neither scheduled nor closed. ``soon``: offers whose deadline is within SOON."""

    open: int
    soon: int


def received(tx: Tx, since: datetime, until: datetime) -> list[Received]:
    """Everything received from ``since`` to just before ``until``; the query behind all that is pure below."""
    rows = tx.session.connection().execute(
        sql_select(
            col(Referral.created_at),
            seconds_to_accept(tx),
            col(Referral.answered_at).is_not(None),
            col(Referral.status) == Status.EXPIRED,
        ).where(
            col(Referral.practice_id) == tx.practice_id,
            col(Referral.created_at) >= since,
            col(Referral.created_at) < until,
        )
    )
    return [
        Received(at, None if seconds is None else int(seconds), answered, expired)
        for at, seconds, answered, expired in rows
    ]


def right_now(tx: Tx) -> Now:
    """Counted in their indexes: no row of a referral is read."""
    still_open = (Status.PENDING, Status.ACCEPTED, Status.CONTACTED, Status.EXPIRED)
    count = select(func.count()).select_from(Referral)
    soon = select(func.count()).select_from(Offer)
    return Now(
        tx.session.exec(
            count.where(Referral.practice_id == tx.practice_id, col(Referral.status).in_(still_open))
        ).one(),
        tx.session.exec(
            soon.where(
                Offer.practice_id == tx.practice_id,
                col(Offer.outcome).is_(None),
                col(Offer.expires_at) <= tx.now + SOON,
            )
        ).one(),
    )


def figures(rows: Sequence[Received], now: datetime) -> Figures:
    """``now``: when they were looked at."""
    lengths = [timedelta(seconds=row.seconds) for row in rows if row.seconds is not None]
    return Figures(
        received=len(rows),
        accepted=len(lengths),
        to_accept=median(lengths),
        to_accept_90=percentile(lengths, 90),
        in_a_day=_accepted_within(rows, _DAY, now),
        in_two_days=_accepted_within(rows, _TWO_DAYS, now),
        answered=sum(1 for row in rows if row.answered),
    )


def weeks(rows: Iterable[Received], now: datetime, zone: ZoneInfo, count: int = WEEKS) -> list[Week]:
    """The latest ``count`` weeks from Monday to Sunday in ``zone``, the oldest first; weeks without any are there."""
    first = monday_of(now, zone) - timedelta(weeks=count - 1)
    found: dict[date, list[Received]] = {first + timedelta(weeks=number): [] for number in range(count)}
    for row in rows:
        found.get(monday_of(row.at, zone), []).append(row)
    return [
        Week(
            monday,
            len(its),
            sum(1 for row in its if row.seconds is not None),
            sum(1 for row in its if row.expired),
        )
        for monday, its in found.items()
    ]


def since_weeks(now: datetime, zone: ZoneInfo, count: int = WEEKS) -> datetime:
    """When the first of these weeks began, aware UTC."""
    monday = monday_of(now, zone) - timedelta(weeks=count - 1)
    return datetime.combine(monday, time.min, zone).astimezone(UTC)


def monday_of(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _accepted_within(rows: Sequence[Received], limit: timedelta, now: datetime) -> Fraction | None:
    ripe = [row for row in rows if row.at <= ripe_until(now, limit)]
    return within([timedelta(seconds=row.seconds) for row in ripe if row.seconds is not None], limit, len(ripe))
