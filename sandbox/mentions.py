"""Who is alerted by a message: mentions in mrkdwn and rich text. Plain text elements mention nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.workspace import Channel, Message, User

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_BROADCAST = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")


def alerted_by(message: Message, channel: Channel, users: dict[str, User]) -> list[str]:
    """User ids, sorted. In a direct message its person; in a thread a broadcast mention alerts nobody.

    With blocks the fallback text is not rendered, so a mention that stands only there alerts nobody.
    """
    people = {u for u in channel.members if u in users and not users[u].is_bot and not users[u].deleted}
    people.discard(message.user)
    if message.ephemeral_for:
        return []
    if channel.is_im:
        return sorted(people)
    named: set[str] = set()
    everyone = False
    texts = _rendered(message.blocks) if message.blocks else iter([("mrkdwn", message.text)])
    for kind, text in texts:
        if kind == "user":
            named.add(text)
        elif kind == "broadcast":
            everyone = True
        else:
            visible = _CODE.sub("", text)
            named.update(_USER.findall(visible))
            everyone = everyone or bool(_BROADCAST.search(visible))
    if everyone and (not message.is_reply or message.reply_broadcast):
        return sorted(people)
    return sorted(named & people)


def mentions(message: Message, user: str) -> bool:
    return user in message.alerted


def _rendered(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _rendered(item)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind == "user" and "user_id" in node:
            yield "user", str(node["user_id"])
        elif kind == "broadcast":
            yield "broadcast", str(node.get("range", ""))
        elif kind in {"mrkdwn", "markdown"} and isinstance(node.get("text"), str):
            yield "mrkdwn", node["text"]
        elif kind not in {"plain_text", "text", "option"}:
            for value in node.values():
                if isinstance(value, dict | list):
                    yield from _rendered(value)
