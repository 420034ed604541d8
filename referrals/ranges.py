"""From "Jan 5 to Feb 3" or "2026-01-01 to 2026-03-31" to two days that have been, or nearly. Pure.

Own rather than ``pausing/days.py``, which looks ahead: there "March" is the next one, here the latest that has begun.
"""

import calendar
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

#: What it is called ("": by its days), its first day and its last.
Named = tuple[str, date, date]

MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}

_BETWEEN = frozenset({"to", "until", "till", "through", "thru", "-", "–", "—", "and"})
_FILLERS = frozenset({"from", "between", "the", "of", "on"})
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_US = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
#: February 29 may be eight years away.
_LEAP = 9


class NoSuchDay(ValueError):
    """Such as February 30."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """Without a ``day`` a whole month is meant."""

    month: int
    day: int | None = None
    year: int | None = None


def dates_in(words: Sequence[str], today: date) -> Named | None:
    """Two days, or two months, with a word between them; one day alone is a period of its own.

    A day without a year is the latest that has begun; the second one is the next after the first. Raises NoSuchDay.
    """
    kept = [word.rstrip(".") if word.rstrip(".") in MONTHS else word for word in words if word not in _FILLERS]
    gaps = [at for at, word in enumerate(kept) if word in _BETWEEN]
    if not gaps:
        one = _typed(kept, today)
        return None if one is None or one.day is None else _day_alone(one, today)
    if len(gaps) > 1:
        return None
    from_, to = _typed(kept[: gaps[0]], today), _typed(kept[gaps[0] + 1 :], today)
    if from_ is None or to is None:
        return None
    if from_.year is None and to.year is not None:
        last = _date(to, to.year, last=True)
        return "", _latest(from_, last), last
    first = _latest(from_, today) if from_.year is None else _date(from_, from_.year)
    last = _next(to, first) if to.year is None else _date(to, to.year, last=True)
    return "", first, last


def _day_alone(one: _Typed, today: date) -> Named:
    day = _latest(one, today) if one.year is None else _date(one, one.year)
    return "", day, day


def _typed(words: Sequence[str], today: date) -> _Typed | None:
    match words:
        case ["today"]:
            return _Typed(today.month, today.day, today.year)
        case ["now"]:
            return _Typed(today.month, today.day, today.year)
        case ["yesterday"]:
            day = today - timedelta(days=1)
            return _Typed(day.month, day.day, day.year)
        case [word] if found := _ISO.fullmatch(word):
            year, month, number = map(int, found.groups())
            return _Typed(month, number, year)
        case [word] if found := _US.fullmatch(word):
            return _Typed(int(found[1]), int(found[2]), _year(found[3]))
    months = [MONTHS[word] for word in words if word in MONTHS]
    years = [int(word) for word in words if _YEAR.fullmatch(word)]
    days = [int(found[1]) for word in words if (found := _DAY.fullmatch(word))]
    if len(months) != 1 or len(days) > 1 or len(years) > 1 or len(words) != 1 + len(days) + len(years):
        return None
    return _Typed(months[0], days[0] if days else None, years[0] if years else None)


def _year(written: str | None) -> int | None:
    if written is None:
        return None
    return int(written) + (2000 if len(written) == 2 else 0)


def _date(typed: _Typed, year: int, *, last: bool = False) -> date:
    """Of a whole month its first day, or its ``last``."""
    if not 1900 <= year <= 9000 or not 1 <= typed.month <= 12:
        raise NoSuchDay
    whole = calendar.monthrange(year, typed.month)[1] if last else 1
    try:
        return date(year, typed.month, whole if typed.day is None else typed.day)
    except ValueError:
        raise NoSuchDay from None


def _latest(typed: _Typed, until: date) -> date:
    """The latest such day that is not after ``until``."""
    for year in range(until.year, until.year - _LEAP, -1):
        with suppress(NoSuchDay):
            if (found := _date(typed, year)) <= until:
                return found
    raise NoSuchDay


def _next(typed: _Typed, since: date) -> date:
    """The next such day that is not before ``since``."""
    for year in range(since.year, since.year + _LEAP):
        with suppress(NoSuchDay):
            if (found := _date(typed, year, last=True)) >= since:
                return found
    raise NoSuchDay
