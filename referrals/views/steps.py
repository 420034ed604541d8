"""The steps of a chart over time: days, weeks, months or quarters, as many as can be read. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ..periods import Period

#: Slack's charts take as many points, and a screen shows no more.
MOST_STEPS = 20


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Step:
    """``first``: its first day within the period; ``until``: where the next begins, aware UTC."""

    label: str
    first: date
    until: datetime


def unit_of(asked: Period) -> Unit:
    """The smallest that gives a readable number of steps."""
    if asked.days <= 14:
        return Unit.DAY
    weeks = (asked.last - _START[Unit.WEEK](asked.first)).days // 7 + 1
    if weeks <= MOST_STEPS:
        return Unit.WEEK
    months = (asked.last.year - asked.first.year) * 12 + asked.last.month - asked.first.month + 1
    return Unit.MONTH if months <= MOST_STEPS else Unit.QUARTER


def steps(asked: Period, zone: ZoneInfo) -> list[Step]:
    """In order, the first and the last cut to the period. Weeks begin on Monday; each step with its zone's midnight."""
    unit = unit_of(asked)
    starts = list(_starts(asked, unit))
    ends = [datetime.combine(day, time.min, zone).astimezone(UTC) for day in starts[1:]] + [asked.until]
    return [Step(_label(day, unit), day, until) for day, until in zip(starts, ends, strict=True)]


def _starts(asked: Period, unit: Unit) -> Iterator[date]:
    yield asked.first
    day = asked.first
    while (day := day + timedelta(days=1)) <= asked.last:
        if _START[unit](day) == day:
            yield day


def _quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


_START: dict[Unit, Callable[[date], date]] = {
    Unit.DAY: lambda day: day,
    Unit.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Unit.MONTH: lambda day: day.replace(day=1),
    Unit.QUARTER: _quarter_start,
}


def _label(day: date, unit: Unit) -> str:
    if unit is Unit.QUARTER:
        return f"Q{(day.month + 2) // 3} {day.year}"
    return f"{day:%b %Y}" if unit is Unit.MONTH else f"{day:%b} {day.day}"
