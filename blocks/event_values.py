"""The values of history's data in people's words: days, moments, what is paused, what was switched. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from referrals.pausing.subjects import subject_of

Data = Mapping[str, Any]
#: Provider id -> name, for those whose names the surface has looked up.
Names = Mapping[str, str]
Says = Callable[[Data, Names], str]


def one_of(table: Mapping[Any, str], value: object, otherwise: str = "") -> str:
    return table.get(value, otherwise)


def day(value: object) -> str:
    """Of an ISO day; "" for what is none."""
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        return ""
    return f"{found:%b} {found.day}, {found.year}"


def moment(value: object) -> str:
    """Of an ISO instant or day, as it was written, in UTC where it has a time; "" for what is neither."""
    if plain := day(value):
        return plain
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return f"{found:%b} {found.day}, {found.year}, {found:%H:%M} UTC"


def paused(value: object) -> str:
    """What a pause is about: ``all``, ``insurer=aetna``, ``state=TX``."""
    subject = subject_of(str(value))
    if subject is None or not subject.label:
        return "all referrals"
    return f"referrals {'with' if subject.insurer else 'from'} {subject.label}"


def switched(data: Mapping[str, Any], on: str, off: str, otherwise: str) -> str:
    """``after``, ``on`` or ``given`` says which way."""
    after = next((data[key] for key in ("after", "on", "given") if key in data), None)
    if after is None and "before" not in data:
        return otherwise
    return on if after else off
