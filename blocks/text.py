"""The one place where text is escaped and truncated on its way to Slack.

Nothing that a person typed reaches Slack but through ``plain``; everything else here builds Slack's own sequences.
"""

import re
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

ELLIPSIS = "…"
#: A name longer than this helps nobody on a phone.
NAME_LENGTH = 60

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{1,20}")
#: Control characters, and the ones that turn the reading direction around or hide text.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_HARMLESS = str.maketrans("<>", "‹›")


class Named(Protocol):
    """A person to name: ``outcomes.Person``, ``letters.Colleague`` and their like."""

    @property
    def name(self) -> str: ...
    @property
    def slack_user(self) -> str | None: ...


def escape(text: str) -> str:
    """Slack's three special characters: after this nothing in ``text`` can mention or link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def truncate(text: str, limit: int) -> str:
    """At most ``limit`` characters. For text that is not escaped yet: a cut through ``&amp;`` would show."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def clean(text: str, limit: int = NAME_LENGTH) -> str:
    """One line without invisible characters, truncated. Not escaped: see ``plain`` and ``label``."""
    return truncate(" ".join(_INVISIBLE.sub(" ", text).split()), limit)


def label(text: str, limit: int) -> str:
    """For plain_text and screen readers. Slack parses neither; still nothing in them shall look like a mention."""
    return clean(text, limit).translate(_HARMLESS)


def plain(text: str, limit: int = NAME_LENGTH) -> str:
    """One line, truncated and escaped: for mrkdwn and for a message's ``text``."""
    return escape(clean(text, limit))


def slack_date(moment: datetime, *, relative: bool = True) -> str:
    """An aware instant, in the reader's time zone; where it cannot be shown so, in UTC and saying so.

    ``relative``: "today" and "tomorrow" instead of those dates; without it a column of them has one format.
    https://docs.slack.dev/messaging/formatting-message-text
    """
    utc = moment.astimezone(UTC)
    day = "{date_short_pretty}" if relative else "{date_short}"
    return f"<!date^{int(utc.timestamp())}^{day} at {{time}}^{utc:%b %-d, %Y, %H:%M} UTC>"


def mention(person: Named) -> str:
    """``<@U…>``, or the name in plain text for somebody who is not in Slack."""
    if person.slack_user and _SLACK_USER.fullmatch(person.slack_user):
        return f"<@{person.slack_user}>"
    return plain(person.name) or "somebody"


def mention_user(slack_user: str) -> str:
    return f"<@{slack_user}>" if _SLACK_USER.fullmatch(slack_user) else "somebody"


def link(url: str | None, label: str) -> str:
    """A link, or the label alone when there is no usable address. The label must be escaped already."""
    parts = urlsplit(url or "")
    if url is None or parts.scheme not in ("http", "https") or re.search(r"[\s<>|]", url):
        return label
    return f"<{url}|{label}>"


def listed(items: list[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def sentence(text: str) -> str:
    """The text with a capital at its start, mentions left alone."""
    return text[:1].upper() + text[1:]
