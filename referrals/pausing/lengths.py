"""From "2 weeks" or "the rest of the month" to the moment when that is over. Pure; ``days`` says why it is our own."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from .days import Here, checked, end_of, months_on
from .unclear import Problem, Unclear

_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNTS |= {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_NUMBER = re.compile(r"[0-9]{1,4}")
#: Months and days.
_UNITS = {"day": (0, 1), "week": (0, 7), "fortnight": (0, 14), "month": (1, 0), "year": (12, 0)}


def is_length(words: Sequence[str]) -> bool:
    """Whether "for" speaks of time here, and not of an insurer or a state."""
    return bool(words) and (words[0] in ("the", "next") or _count(words[0]) is not None)


def lasting(words: Sequence[str], here: Here) -> datetime:
    """That many days, weeks or months on, at this time of day by the clock on the wall; aware UTC. Raises Unclear."""
    rest = [word for word in words if word not in ("the", "of")]
    if rest[:1] == ["rest"]:
        return checked(here.start_of(end_of(rest[1:], here)), here)
    span = length(words)
    if span is None:
        raise Unclear(Problem.NOT_A_DATE if words else Problem.NO_DATE)
    return after(here, *span)


def length(words: Sequence[str]) -> tuple[int, int] | None:
    """Months and days, or None where it is no length of time."""
    found = [word for word in words if word not in ("the", "about", "in")]
    found = found[1:] if found[:1] == ["next"] and len(found) > 1 and _count(found[1]) is not None else found
    found = found[:-2] if found[-2:] in (["from", "now"], ["from", "today"]) else found
    count = _count(found[0]) if found else None
    if len(found) != 2 or count is None or found[1].removesuffix("s") not in _UNITS:
        return None
    months, days = _UNITS[found[1].removesuffix("s")]
    return count * months, count * days


def _count(word: str) -> int | None:
    return int(word) if _NUMBER.fullmatch(word) else _COUNTS.get(word)


def after(here: Here, months: int, days: int) -> datetime:
    return checked(here.at_this_hour(months_on(here.today, months) + timedelta(days=days)), here)
