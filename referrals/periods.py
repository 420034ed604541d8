"""The periods that somebody may ask a report about, in their own time zone. Pure."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: What is asked for without a word.
USUAL = "last 30 days"
_FEW, _MOST = 1, 366
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` to just before ``until``, both aware UTC. ``first`` and ``last``: its days, there."""

    name: str
    since: datetime
    until: datetime
    first: date
    last: date


def period(text: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """Such as "this week", "last month", "last 30 days", "March" or "March 2026". None: something else.

    Weeks begin on Monday. A month is the latest that has begun; what still runs ends today.
    """
    words = text.casefold().replace(",", " ").split() or USUAL.split()
    today = now.astimezone(zone).date()
    found = _days(words, today)
    if found is None:
        return None
    name, first, last = found
    last = min(last, today)
    return Period(name, _midnight(first, zone), _midnight(last + timedelta(days=1), zone), first, last)


def _days(words: list[str], today: date) -> tuple[str, date, date] | None:
    monday = today - timedelta(days=today.weekday())
    match words:
        case ["today"]:
            return "today", today, today
        case ["yesterday"]:
            return "yesterday", today - timedelta(days=1), today - timedelta(days=1)
        case ["this", "week"]:
            return "this week", monday, today
        case ["last", "week"]:
            return "last week", monday - timedelta(days=7), monday - timedelta(days=1)
        case ["this", "month"]:
            return "this month", today.replace(day=1), today
        case ["last", "month"]:
            last = today.replace(day=1) - timedelta(days=1)
            return "last month", last.replace(day=1), last
        case ["last", count, unit] | [count, unit] if count.isdecimal() and count.isascii() and unit in _UNITS:
            return _last(int(count[:6]), unit, today)
        case [month] if month in _MONTHS:
            number = _MONTHS[month]
            return _month(today.year if number <= today.month else today.year - 1, number)
        case [month, year] if month in _MONTHS and len(year) == 4 and year.isdecimal() and year.isascii():
            return _month(int(year), _MONTHS[month]) if date.min.year < int(year) <= today.year else None
    return None


def _last(count: int, unit: str, today: date) -> tuple[str, date, date] | None:
    days = count * _UNITS[unit]
    if not _FEW <= days <= _MOST:
        return None
    return f"last {count} {unit}", today - timedelta(days=days - 1), today


def _month(year: int, month: int) -> tuple[str, date, date] | None:
    last = date(year, month, calendar.monthrange(year, month)[1])
    return f"{calendar.month_name[month]} {year}", last.replace(day=1), last


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
