"""Each setting as a person writes it, and what of that can be kept: one function a kind. Pure.

What is refused is refused with the range, or an example, of what works.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store.tables import Practice

from ..brand import darker, is_colour, readable
from ..intake.fields import FieldError, Fields, Unusable, email, one_line, phone
from ..profile_fields import telephone
from .names import WINDOWS, Setting
from .work_mail import domains

_HOUR = 3600
#: In hours, the first and the last that will do: less than an hour nobody can keep, and beyond two weeks nobody waits.
RANGES: dict[Setting, tuple[int, int]] = {
    Setting.REMIND: (1, 168),
    Setting.EXPIRE: (2, 336),
    Setting.LINK: (1, 336),
    Setting.NUDGE: (1, 168),
    Setting.ESCALATE: (2, 336),
    Setting.RETAIN: (30, 3650),  # days
    Setting.QUIET: (7, 730),  # the same
}
#: What a form sends for no digest, and for the two sides of a switch.
OFF, YES, NO = "off", "yes", "no"
_REQUIRED = {
    Setting.CHANNEL: "Choose a channel.",
    Setting.NAME: "Write the name that clients know you by.",
    Setting.ZONE: "Choose a time zone.",
}
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,20}")


def written(practice: Practice) -> dict[Setting, str]:
    """All of them as a person would type them, so that reading one gives the same again."""
    return {setting: _written(setting, getattr(practice, setting.value)) for setting in Setting}


def _written(setting: Setting, value: Any) -> str:
    if setting in WINDOWS:
        return f"{value / _HOUR:g}"
    match setting:
        case Setting.ANNOUNCE:
            return YES if value else NO
        case Setting.DOMAINS:
            return ", ".join(value)
        case Setting.PHONE:
            return telephone(value) if value else ""
        case Setting.DIGEST:
            return OFF if value is None else str(value)
    return str(value)


def read(typed: Mapping[Setting, str]) -> tuple[dict[Setting, Any], list[FieldError]]:
    """The values as they are stored, and a complaint for each that cannot be."""
    fields = Fields({str(setting): text for setting, text in typed.items()}, quote=True)
    values: dict[Setting, Any] = {}
    for setting in typed:
        value = fields.read(str(setting), _READERS[setting], required=_needed(setting))
        empty: Any = [] if setting is Setting.DOMAINS else None if setting is Setting.DIGEST else ""
        values[setting] = empty if value is None else value
    return values, fields.errors


def hours(setting: Setting) -> Callable[[str], int]:
    """Seconds, of whole hours: the messages that name a window speak in hours."""
    count = _counted(setting, "hours", r"(h|hrs?|hours?)")
    return lambda text: count(text) * _HOUR


def days(setting: Setting) -> Callable[[str], int]:
    return _counted(setting, "days", r"(d|days?)")


def _counted(setting: Setting, unit: str, written_as: str) -> Callable[[str], int]:
    low, high = RANGES[setting]

    def read_number(text: str) -> int:
        number = re.sub(rf"\s*{written_as}\.?$", "", text.casefold())
        if not re.fullmatch(r"[0-9]{1,5}", number) or not low <= int(number) <= high:
            raise Unusable(_advice(setting, unit))
        return int(number)

    return read_number


def _advice(setting: Setting, unit: str) -> str:
    low, high = RANGES[setting]
    return f"Write a whole number of {unit} from {low} to {high:,}, such as {_EXAMPLES[setting]}."


_EXAMPLES = {
    Setting.REMIND: 24,
    Setting.EXPIRE: 48,
    Setting.LINK: 12,
    Setting.NUDGE: 12,
    Setting.ESCALATE: 48,
    Setting.RETAIN: 180,
    Setting.QUIET: 90,
}


def colour(text: str) -> str:
    """``#rrggbb`` that can be read by; empty means ours."""
    code = text.casefold() if text.startswith("#") else f"#{text.casefold()}"
    if not is_colour(code):
        raise Unusable("Write a colour as #rrggbb, such as #1f4d4a.")
    if not readable(code):
        raise Unusable(
            f"White writing on it, or it on white, would be hard to read. {darker(code)} is near it, and works."
        )
    return code


def zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unusable("is no time zone that is known here. Choose one of the list.", text) from error


def name(text: str) -> str:
    clean = one_line(80)(text)
    if not any(letter.isalpha() for letter in clean):
        raise Unusable("Write the name with letters, in any script.")
    return clean


def _channel(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise Unusable("Choose a channel of this workspace.")
    return text


def _announce(text: str) -> bool:
    if text not in (YES, NO):
        raise Unusable("Choose one of the two.")
    return text == YES


def _digest(text: str) -> int | None:
    if text == OFF:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > 23:
        raise Unusable("Choose an hour of the day, or none.")
    return int(text)


def _needed(setting: Setting) -> str:
    if setting in RANGES:
        return _advice(setting, "hours" if setting in WINDOWS else "days")
    return _REQUIRED.get(setting, "")


_READERS: dict[Setting, Callable[[str], Any]] = {
    **{setting: hours(setting) for setting in WINDOWS},
    Setting.CHANNEL: _channel,
    Setting.ANNOUNCE: _announce,
    Setting.PHONE: phone,
    Setting.EMAIL: email,
    Setting.HOURS: one_line(80),
    Setting.DOMAINS: domains,
    Setting.NAME: name,
    Setting.ZONE: zone,
    Setting.COLOUR: colour,
    Setting.LINE: one_line(160),
    Setting.RETAIN: days(Setting.RETAIN),
    Setting.QUIET: days(Setting.QUIET),
    Setting.DIGEST: _digest,
}
