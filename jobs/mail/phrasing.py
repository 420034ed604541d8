"""How single values are written in a mail: instants, time left, telephone numbers, names. Pure."""

import re
import unicodedata
from datetime import datetime, timedelta

from blocks.moments import moment as moment  # in mails and on pages alike

#: Marks that reorder what stands around them: a name could make a line read backwards.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_US_NUMBER = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")
#: What mail programs turn into links by themselves: "example.com", "www.", "https://", "a@b".
_LINKLIKE = re.compile(r"[/@:\\]|\w\.\w{2,}")


def line(text: str | None, limit: int) -> str:
    """One clean line of at most ``limit`` characters: no controls, no line breaks, no reordering marks."""
    kept = "".join(letter if _printable(letter) else " " for letter in text or "" if letter not in _BIDI_CONTROLS)
    return shortened(" ".join(kept.split()), limit)


def paragraphs(text: str | None, limit: int) -> tuple[str, ...]:
    """Free text as clean lines, the empty ones left out; at most ``limit`` characters in all."""
    lines = (line(one, limit) for one in shortened(text or "", limit).splitlines())
    return tuple(one for one in lines if one)


def greeting_name(text: str | None) -> str | None:
    """The name to greet by, or None.

    Anyone can type a name and somebody else's address into the public form: a "name" that a mail program would turn
    into a link is left out, so that the practice's mail carries nobody's advertising.
    """
    name = line(text, 60)
    return None if not name or _LINKLIKE.search(name) else name


def time_left(until: datetime, now: datetime) -> str:
    """To the nearest hour, since a reminder is always a moment late, and as in Slack; minutes in the last hour.

    The deadline itself stands beside it.
    """
    left = max(until - now, timedelta())
    hours, minutes = round(left.total_seconds() / 3600), int(left.total_seconds() // 60)
    if minutes >= 60:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}" if minutes else "less than a minute"


def hours(window: timedelta) -> str:
    """A window as a setting gives it: ``12 hours``."""
    count = f"{window.total_seconds() / 3600:g}"
    return f"{count} hour{'' if count == '1' else 's'}"


def telephone(number: str | None) -> str:
    """An E.164 number as people write it, if it is North American; anything else as it came."""
    match = _US_NUMBER.fullmatch(number or "")
    return "({}) {}-{}".format(*match.groups()) if match else line(number, 40)


def telephone_link(number: str | None) -> str:
    """A ``tel:`` address, or nothing when there are not enough digits to dial."""
    digits = "".join(letter for letter in number or "" if letter in "0123456789")
    if not 7 <= len(digits) <= 15:
        return ""
    if (number or "").lstrip().startswith("+"):
        return f"tel:+{digits}"
    return f"tel:+1{digits}" if len(digits) == 10 else f"tel:{digits}"


def web_link(url: str | None) -> str:
    """The address if it is one of the web's, else nothing."""
    clean = line(url, 2000)
    return clean if clean.startswith(("https://", "http://")) and " " not in clean else ""


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _printable(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp")
