"""Slack's cursors: opaque, and good for the next page only."""

from __future__ import annotations

import base64
from typing import TypeVar

from sandbox.methods.call import Call
from sandbox.slack_error import SlackError

T = TypeVar("T")


def page(call: Call, items: list[T], default: int, most: int) -> tuple[list[T], str]:
    """The asked-for page of the items, and the next cursor ("" at the end)."""
    limit = call.number("limit", default, most)
    start = _decode(call.text("cursor"))
    following = start + limit
    return items[start:following], _encode(following) if following < len(items) else ""


def _encode(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _decode(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if kind != "next":
            raise ValueError(cursor)
        return int(position)
    except ValueError:
        raise SlackError("invalid_cursor") from None
