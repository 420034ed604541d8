"""Lengths of time in words, as people would say them."""

from datetime import timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def length(of: timedelta) -> str:
    """Rounded down to one unit: ``45 minutes``, ``31 hours``, ``3 days``; below a minute, also below zero, says so."""
    seconds = int(of.total_seconds())
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < 2 * _HOUR:
        return _count(seconds // _MINUTE, "minute")
    return _count(seconds // _HOUR, "hour") if seconds < 3 * _DAY else _count(seconds // _DAY, "day")


def exact(of: timedelta) -> str:
    """With a second unit where it matters: ``3 hours 20 minutes``, ``2 days 4 hours``."""
    minutes = round(of.total_seconds() / _MINUTE)
    if minutes < 1:
        return "less than a minute"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "day"), (hours, "hour"), (0 if days else minutes, "minute")]
    return " ".join(_count(count, unit) for count, unit in parts if count)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
