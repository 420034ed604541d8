"""Slash command text as Slack sends it when the manifest says `should_escape`. Pure.

Source: https://docs.slack.dev/interactivity/implementing-slash-commands (escaping users, channels, and links).
"""

from __future__ import annotations

import re

from sandbox.workspace import Workspace


def escape(text: str) -> str:
    """The three characters that Slack writes as entities, in any text a person types."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_command(text: str, workspace: Workspace) -> str:
    """Entities, and names of people and channels as ids."""
    by_name = {user.name: user for user in workspace.users.values()}

    def user(match: re.Match[str]) -> str:
        found = by_name.get(match[1])
        return f"<@{found.id}|{found.name}>" if found else match[0]

    def channel(match: re.Match[str]) -> str:
        found = workspace.channel_named(match[1])
        return f"<#{found.id}|{found.name}>" if found else match[0]

    text = re.sub(r"(?<![\w<])@([\w.-]+)", user, escape(text))
    text = re.sub(r"(?<![\w<])#([\w-]+)", channel, text)
    return re.sub(r"(?<![\w<!])@(channel|here|everyone)\b", r"<!\1>", text)
