"""The periods that somebody may ask a report about, in their own time zone. Pure."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .ranges import MONTHS, Named, NoSuchDay, dates_in

#: What is asked for without a word.
USUAL = "last 30 days"
#: Two years and a day, so that two whole years with a leap day fit.
LONGEST = timedelta(days=732)
_FEW, _MOST = 1, 366
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_QUARTER = re.compile(r"q([1-4])")
_SLUG = re.compile(r"(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)", re.ASCII)


class Wrong(StrEnum):
    """Why something is no period to report about."""

    NOT_A_PERIOD = "not_a_period"
    NO_SUCH_DAY = "no_such_day"
    WRONG_ORDER = "wrong_order"
    FUTURE = "future"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` to just before ``until``, both aware UTC. ``first`` and ``last``: its days, there."""

    name: str
    since: datetime
    until: datetime
    first: date
    last: date

    @property
    def slug(self) -> str:
        """For addresses and file names: ``2026-01-01_2026-03-31``; ``of_slug`` reads it."""
        return f"{self.first.isoformat()}_{self.last.isoformat()}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period(text: str, now: datetime, zone: ZoneInfo) -> Period | Wrong:
    """Such as "this week", "last 30 days", "March", "Q1 2026", "2026" or "Jan 5 to Feb 3".

    Weeks begin on Monday. A month or quarter is the latest that has begun; what still runs ends today.
    """
    words = re.sub(r"[,;]", " ", text.casefold()).split() or USUAL.split()
    today = now.astimezone(zone).date()
    try:
        found = _named(words, today) or dates_in(words, today)
    except NoSuchDay:
        return Wrong.NO_SUCH_DAY
    return Wrong.NOT_A_PERIOD if found is None else _checked(found, today, zone)


def between(first: date, last: date, now: datetime, zone: ZoneInfo) -> Period | Wrong:
    """From the first day to the last, both counted."""
    return _checked(("", first, last), now.astimezone(zone).date(), zone)


def of_slug(text: str, now: datetime, zone: ZoneInfo) -> Period | Wrong:
    found = _SLUG.fullmatch(text)
    if found is None:
        return Wrong.NOT_A_PERIOD
    try:
        first, last = map(date.fromisoformat, found.groups())
    except ValueError:
        return Wrong.NO_SUCH_DAY
    return between(first, last, now, zone)


def in_words(first: date, last: date) -> str:
    """``Jan 5, 2026`` or ``Jan 5, 2026 to Feb 3, 2026``."""
    days = [f"{day:%b} {day.day}, {day.year}" for day in dict.fromkeys((first, last))]
    return " to ".join(days)


def _checked(found: Named, today: date, zone: ZoneInfo) -> Period | Wrong:
    name, first, last = found
    if first > last:
        return Wrong.WRONG_ORDER
    if first > today:
        return Wrong.FUTURE
    last = min(last, today)
    if last - first >= LONGEST:
        return Wrong.TOO_LONG
    return Period(name or in_words(first, last), _midnight(first, zone), _midnight(last + _DAY, zone), first, last)


def _named(words: Sequence[str], today: date) -> Named | None:
    monday = today - timedelta(days=today.weekday())
    match words:
        case ["today"]:
            return "today", today, today
        case ["yesterday"]:
            return "yesterday", today - _DAY, today - _DAY
        case ["this", "week"]:
            return "this week", monday, today
        case ["last", "week"]:
            return "last week", monday - timedelta(days=7), monday - _DAY
        case ["this", "month"]:
            return "this month", today.replace(day=1), today
        case ["last", "month"]:
            last = today.replace(day=1) - _DAY
            return "last month", last.replace(day=1), last
        case ["this", "quarter"]:
            return _quarter(today.year, _quarter_of(today))
        case ["last", "quarter"]:
            before = date(today.year, 3 * _quarter_of(today) - 2, 1) - _DAY
            return _quarter(before.year, _quarter_of(before))
        case ["this", "year"]:
            return _year(today.year)
        case ["last", "year"]:
            return _year(today.year - 1)
        case ["last", count, unit] | [count, unit] if count.isdecimal() and count.isascii() and unit in _UNITS:
            return _last(int(count[:6]), unit, today)
        case [month] if month in MONTHS:
            number = MONTHS[month]
            return _month(today.year if number <= today.month else today.year - 1, number)
        case [month, year] if month in MONTHS and _is_year(year):
            return _month(int(year), MONTHS[month])
        case [quarter] if found := _QUARTER.fullmatch(quarter):
            number = int(found[1])
            return _quarter(today.year if number <= _quarter_of(today) else today.year - 1, number)
        case [one, other]:
            year, quarter = (one, other) if _is_year(one) else (other, one)
            if (found := _QUARTER.fullmatch(quarter)) and _is_year(year):
                return _quarter(int(year), int(found[1]))
        case [year] if _is_year(year):
            return _year(int(year))
        case [slug] if found := _SLUG.fullmatch(slug):
            return dates_in([found[1], "to", found[2]], today)
    return None


def _last(count: int, unit: str, today: date) -> Named | None:
    days = count * _UNITS[unit]
    if not _FEW <= days <= _MOST:
        return None
    return f"last {count} {unit}", today - timedelta(days=days - 1), today


def _month(year: int, month: int) -> Named:
    last = date(year, month, calendar.monthrange(year, month)[1])
    return f"{calendar.month_name[month]} {year}", last.replace(day=1), last


def _quarter(year: int, number: int) -> Named:
    last = _month(year, 3 * number)[2]
    return f"Q{number} {year}", date(year, 3 * number - 2, 1), last


def _quarter_of(day: date) -> int:
    return (day.month + 2) // 3


def _year(year: int) -> Named:
    return str(year), date(year, 1, 1), date(year, 12, 31)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and word.isascii() and 1900 <= int(word) <= 9000


_DAY = timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
