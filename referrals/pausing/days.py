"""From "1 March", "next Monday" or "two weeks" to a moment, or a reason why not. Pure; knows nothing of pauses.

Own rather than a library: dateparser and parsedatetime find a date in almost anything, and dateutil fills in what is
missing; here a wrong guess would turn somebody's referrals off or on. Whatever is not in this short grammar is an
error. Times of day have no place in it: a pause ends with a day.
"""

import calendar
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .unclear import Problem, Unclear


@dataclass(frozen=True, slots=True)
class Here:
    """Now, as it is where the provider is."""

    now: datetime
    zone: ZoneInfo

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)

    @property
    def today(self) -> date:
        return self.local.date()

    def start_of(self, day: date) -> datetime:
        """Midnight there, in UTC. Where the clocks skip it, the first moment of the day."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def at_this_hour(self, day: date) -> datetime:
        """The same time of day by the clock on the wall, to the minute."""
        wall = self.local.time().replace(second=0, microsecond=0, fold=0)
        return datetime.combine(day, wall, self.zone).astimezone(UTC)


#: Further ahead is more likely a slip than a plan.
FURTHEST = timedelta(days=731)

_WEEKDAYS = {name.casefold(): n for n, name in enumerate(calendar.day_name)}
_WEEKDAYS |= {name[:length]: n for name, n in list(_WEEKDAYS.items()) for length in (3, 4, 5) if length < len(name)}
_MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if n}
_MONTHS |= {name[:length]: n for name, n in list(_MONTHS.items()) for length in (3, 4) if length < len(name)}
_TIME = re.compile(r"[0-9]{1,2}:[0-9][0-9](:[0-9][0-9])?([ap]m)?|[0-9]{1,2}[ap]m|noon|midnight|[ap]m|o'clock")
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_US = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})(?:[-/]([0-9]{4}|[0-9]{2}))?")
_ORDINAL = re.compile(r"([0-9]{1,2})(st|nd|rd|th)")
_NUMBER = re.compile(r"[0-9]{1,4}")


def start_of_day(words: Sequence[str], here: Here) -> datetime:
    """The beginning of the day that these lower-case words name, aware UTC and to come. Raises Unclear."""
    return checked(here.start_of(_day(words, here)), here)


def end_of_day(words: Sequence[str], here: Here) -> datetime:
    """The beginning of the one after it."""
    return checked(here.start_of(_plus(_day(words, here), 1)), here)


def checked(moment: datetime, here: Here) -> datetime:
    """Raises Unclear for what is past or too far ahead."""
    if moment <= here.now:
        raise Unclear(Problem.PAST)
    if moment > here.now + FURTHEST:
        raise Unclear(Problem.TOO_FAR)
    return moment


def _day(words: Sequence[str], here: Here) -> date:
    if not words:
        raise Unclear(Problem.NO_DATE)
    if any(_TIME.fullmatch(word) for word in words):
        raise Unclear(Problem.TIME_OF_DAY)
    words = [word for word in words if word not in ("the", "on", "of", "this")]
    match words:
        case ["today"]:
            return here.today
        case ["yesterday"]:
            return _plus(here.today, -1)
        case ["tomorrow"]:
            return _plus(here.today, 1)
        case ["end", *rest]:
            return end_of(rest, here)
        case ["next", "week" | "month" | "year" as unit]:
            return end_of([unit], here)
        case ["next", weekday] if weekday in _WEEKDAYS:
            return _plus(here.today, 7 - here.today.weekday() + _WEEKDAYS[weekday])
        case [weekday] if weekday in _WEEKDAYS:
            return _plus(here.today, (_WEEKDAYS[weekday] - here.today.weekday() - 1) % 7 + 1)
        case [weekday, *rest] if weekday in _WEEKDAYS:
            return _on(_WEEKDAYS[weekday], _date(rest, here))
    return _date(words, here)


def _on(weekday: int, day: date) -> date:
    if day.weekday() != weekday:
        raise Unclear(Problem.OTHER_WEEKDAY, day)
    return day


def end_of(words: Sequence[str], here: Here) -> date:
    """The first day that is no longer in it. A week begins on Monday."""
    today = here.today
    match [word for word in words if word not in ("this", "of")]:
        case ["day"]:
            return _plus(today, 1)
        case ["week"]:
            return _plus(today, 7 - today.weekday())
        case ["month"]:
            return months_on(today.replace(day=1), 1)
        case ["year"]:
            return _real(today.year + 1, 1, 1)
        case ["next", "month"]:
            return months_on(today.replace(day=1), 2)
        case ["next", "week"]:
            return _plus(today, 14 - today.weekday())
        case [month] if month in _MONTHS:
            return months_on(_coming(here, _MONTHS[month], 1), 1)
    raise Unclear(Problem.NOT_A_DATE)


def _date(words: Sequence[str], here: Here) -> date:
    """With a year as it says, without one the next to come."""
    if len(words) == 1 and (found := _ISO.fullmatch(words[0])):
        year, month, day = map(int, found.groups())
        return _real(year, month, day)
    if len(words) == 1 and (found := _US.fullmatch(words[0])):
        return _us(int(found[1]), int(found[2]), found[3], here)
    if len(words) == 1 and (found := _ORDINAL.fullmatch(words[0])):
        return _coming_day(here, int(found[1]))
    months = [word for word in words if word in _MONTHS]
    others = [_plain_number(word) for word in words if word not in _MONTHS]
    if len(months) != 1 or len(others) > 2:
        raise Unclear(Problem.NOT_A_DATE)
    month = _MONTHS[months[0]]
    years = [number for number in others if number > 31]
    days = [number for number in others if number <= 31]
    if len(days) > 1 or len(years) > 1 or words[0] in {str(year) for year in years}:
        raise Unclear(Problem.NOT_A_DATE)
    day = days[0] if days else 1  # "until March" is until its first day
    return _real(years[0], month, day) if years else _coming(here, month, day)


def _plain_number(word: str) -> int:
    if found := _ORDINAL.fullmatch(word):
        return int(found[1])
    if not _NUMBER.fullmatch(word):
        raise Unclear(Problem.NOT_A_DATE)
    return int(word)


def _us(month: int, day: int, year: str | None, here: Here) -> date:
    """Month first, as in the United States; the answer reads it back with the month's name."""
    if month > 12 >= day > 0 and month <= 31:
        raise Unclear(Problem.DAY_FIRST, _us(day, month, year, here))
    if year is None:
        return _coming(here, month, day)
    return _real(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _coming(here: Here, month: int, day: int) -> date:
    for year in range(here.today.year, here.today.year + 9):  # February 29 may be eight years away
        with suppress(ValueError):
            found = date(year, month, day)
            if here.start_of(found) > here.now:
                return found
    raise Unclear(Problem.NO_SUCH_DAY)


def _coming_day(here: Here, day: int) -> date:
    for ahead in range(3):  # at the latest over a short month
        first = months_on(here.today.replace(day=1), ahead)
        with suppress(ValueError):
            if first.replace(day=day) > here.today:
                return first.replace(day=day)
    raise Unclear(Problem.NO_SUCH_DAY)


def months_on(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if year > 9000:
        raise Unclear(Problem.TOO_FAR)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _plus(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _real(year: int, month: int, day: int) -> date:
    if not 1000 <= year <= 9000:
        raise Unclear(Problem.NOT_A_DATE)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(Problem.NO_SUCH_DAY) from None
