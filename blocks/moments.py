"""Instants in words for mails and pages, which know no reader's clock as Slack does: the zone is always named. Pure."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def moment(at: datetime, zone: str, fallback: str = "UTC") -> str:
    """Such as ``Tue, Nov 24, 3:00 PM EST (America/New_York)``. ``zone`` is an IANA name; an unknown one gives way."""
    where = _zone(zone) or _zone(fallback) or UTC
    there = at.astimezone(where)
    hour = there.strftime("%I").lstrip("0")
    abbreviation = there.strftime("%Z")
    if not abbreviation.isalpha():  # many zones have only an offset for a name, such as "-03"
        abbreviation = "UTC" + there.strftime("%z")[:3] + ":" + there.strftime("%z")[3:5]
    name = getattr(where, "key", "UTC")
    zone_words = abbreviation if abbreviation == name else f"{abbreviation} ({name})"
    return f"{there:%a, %b} {there.day}, {hour}:{there:%M %p} {zone_words}"


def calendar_day(at: datetime, zone: str) -> str:
    """Such as ``Nov 24, 2026``, the day that it was there."""
    there = at.astimezone(_zone(zone) or UTC)
    return f"{there:%b} {there.day}, {there.year}"


def long_day(day: date) -> str:
    """Such as ``March 14, 2027``."""
    return f"{day:%B} {day.day}, {day.year}"


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
