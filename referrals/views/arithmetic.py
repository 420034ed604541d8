"""The arithmetic of every number that is shown: medians, percentiles, shares. Pure; knows no table and no words.

What rests on too little is None, never a zero that reads like a fact: whoever shows it says "n/a".
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction


def median(lengths: Iterable[timedelta]) -> timedelta | None:
    """The middle one; of an even number, halfway between the two in the middle. None without any."""
    ordered = sorted(lengths)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def percentile(lengths: Iterable[timedelta], percent: int) -> timedelta | None:
    """By nearest rank: the shortest length within which at least ``percent`` of a hundred lie. None without any.

    It is always one that has happened, so nobody has to explain an hour that no referral took.
    """
    ordered = sorted(lengths)
    return ordered[_rank(len(ordered), percent)] if ordered else None


def share(part: int, whole: int) -> Fraction | None:
    """Exact, from 0 to 1. None of nothing."""
    return Fraction(part, whole) if whole > 0 else None


def within(lengths: Sequence[timedelta], limit: timedelta, whole: int | None = None) -> Fraction | None:
    """Which share took at most ``limit``. ``whole``: of how many, where some have not come to an end."""
    return share(sum(1 for one in lengths if one <= limit), len(lengths) if whole is None else whole)


def ripe_until(now: datetime, limit: timedelta) -> datetime:
    """Shares within ``limit`` are over what was received by then: of what came later nobody can tell yet."""
    return now - limit


def in_percent(of: Fraction | float | None) -> str:
    """``83%``, rounded half up; ``n/a`` for what is None.

    Only what is all or nothing says so: 99.6 % is ``over 99%``, and 0.3 % is ``under 1%``.
    """
    if of is None:
        return "n/a"
    exact = Fraction(of)
    rounded = int(exact * 100 + Fraction(1, 2))
    if rounded >= 100 and exact < 1:
        return "over 99%"
    if rounded <= 0 < exact:
        return "under 1%"
    return f"{rounded}%"


def _rank(count: int, percent: int) -> int:
    """The place from 0: ceil(count * percent / 100), the first being 1."""
    return max(1, -(-count * percent // 100)) - 1
