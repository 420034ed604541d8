"""Settings that each could be but not together, as one table: whose fault it is, and the reason in a sentence. Pure."""

from collections.abc import Mapping
from typing import Any

from ..intake.fields import FieldError
from .names import Setting

_HOUR = 3600


def contradictions(values: Mapping[Setting, Any], changed: frozenset[Setting]) -> list[FieldError]:
    """``values``: all of them as they would stand; told of are those only that somebody has just changed.

    Each complaint stands beside the setting that was changed; of two that were, beside the first of the pair.
    """
    found = []
    for one, other, wrong, reason in _PAIRS:
        if wrong(values[one], values[other]) and (beside := next((x for x in (one, other) if x in changed), None)):
            found.append(FieldError(beside, reason.format(one=_told(values[one]), other=_told(values[other]))))
    return found


def _told(value: Any) -> str:
    if not isinstance(value, int):
        return ""
    count = f"{value / _HOUR:g}"
    return f"{count} hour{'' if count == '1' else 's'}"


_PAIRS = (
    (
        Setting.REMIND,
        Setting.EXPIRE,
        lambda remind, expire: remind >= expire,
        "A reminder after {one} would come when the offer has ended, after {other}. Remind earlier.",
    ),
    (
        Setting.LINK,
        Setting.EXPIRE,
        lambda link, expire: link > expire,
        "The link would work for {one}, longer than the offer is open, {other}. The link may last at most as long.",
    ),
    (
        Setting.NUDGE,
        Setting.ESCALATE,
        lambda nudge, escalate: nudge >= escalate,
        "The provider would be asked after {one}, when you have been told already, after {other}. Ask them first.",
    ),
    (
        Setting.PHONE,
        Setting.EMAIL,
        lambda phone, email: not phone and not email,
        "Clients need a way to reach you: keep a phone number or an email address.",
    ),
)
