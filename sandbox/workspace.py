"""The state of the workspace: people, conversations, messages. Holds and finds; checks no permission."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.changes import Changes
from sandbox.clock import WorkspaceClock

Block = dict[str, Any]

#: How many of a message's earlier looks are kept, for clicks that cross an edit.
_FORMER = 5


@dataclass(slots=True)
class User:
    """A person (or the bot) as Slack knows them. `team_id` differs for people of Slack Connect."""

    id: str
    name: str
    real_name: str = ""
    display_name: str = ""
    email: str = ""
    title: str = ""
    tz: str = "America/New_York"
    color: str = "4b7f2c"
    team_id: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    is_bot: bool = False
    updated: int = 0

    @classmethod
    def build(cls, values: Mapping[str, Any], team_id: str) -> User:
        known = {f.name for f in fields(cls)}
        user = cls(**{key: value for key, value in values.items() if key in known})
        user.real_name = user.real_name or user.name
        user.display_name = user.display_name or user.real_name
        user.team_id = user.team_id or team_id
        return user

    def zone_at(self, epoch: float) -> tuple[int, str]:
        """Seconds east of UTC and the zone's name at that moment."""
        moment = datetime.fromtimestamp(epoch, ZoneInfo(self.tz))
        offset = moment.utcoffset()
        return (int(offset.total_seconds()) if offset else 0, moment.tzname() or self.tz)


@dataclass(slots=True)
class Message:
    """`alerted` holds who was notified when it was posted; `edits` counts later updates, `former` their last blocks."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    bot_id: str | None = None
    edited: dict[str, str] | None = None
    edits: int = 0
    replies: list[Message] = field(default_factory=list)
    alerted: list[str] = field(default_factory=list)
    ephemeral_for: str | None = None
    deleted: bool = False
    unfurl: dict[str, bool] = field(default_factory=dict)
    former: list[list[Block]] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def all_text(self) -> str:
        """Every text that a person would read, blocks first, then the fallback."""
        return "\n".join([*texts_in(self.blocks), self.text])

    @property
    def elements(self) -> list[Block]:
        """Everything that can be clicked, in order, each with its block_id."""
        return [{**element, "block_id": block_id} for block_id, element in interactive(self.blocks)]

    @property
    def action_ids(self) -> list[str]:
        return [element["action_id"] for element in self.elements]

    def snapshot(self) -> Message:
        """The message as it looks now, for a person whose screen lags behind."""
        return copy.deepcopy(self)

    def edit(self, text: str, blocks: list[Block]) -> None:
        self.former = [*self.former[-_FORMER + 1 :], self.blocks]
        self.text, self.blocks, self.edits = text, blocks, self.edits + 1


@dataclass(slots=True)
class Channel:
    """A channel, or a direct message (`dm_user` set) between the bot and one person."""

    id: str
    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False  # with another organisation, through Slack Connect
    topic: str = ""
    members: set[str] = field(default_factory=set)
    dm_user: str | None = None
    created: int = 0
    messages: list[Message] = field(default_factory=list)
    by_ts: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, list[Message]] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)

    @property
    def is_im(self) -> bool:
        return self.dm_user is not None

    def unread_of(self, user: str) -> int:
        last = self.read.get(user, "")
        return sum(1 for m in self.messages[-200:] if m.ts > last and m.user != user)


class Workspace:
    """All of one team. Mutations go through methods, so that each marks a change."""

    def __init__(self, team_id: str, name: str, domain: str, changes: Changes) -> None:
        self.team_id, self.name, self.domain = team_id, name, domain
        self.changes = changes
        self.clock = WorkspaceClock()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.dm_of: dict[str, str] = {}
        #: Every ephemeral message each person was shown, in order, whatever the channel.
        self.shown: dict[str, list[Message]] = {}

    def add_user(self, user: User) -> User:
        user.updated = user.updated or int(self.clock.now())
        self.users[user.id] = user
        self.changes.mark()
        return user

    def add_channel(self, channel: Channel) -> Channel:
        channel.created = int(self.clock.now())
        self.channels[channel.id] = channel
        if channel.dm_user:
            self.dm_of[channel.dm_user] = channel.id
        self.changes.mark()
        return channel

    def channel_named(self, name: str) -> Channel | None:
        bare = name.removeprefix("#")
        return next((c for c in self.channels.values() if not c.is_im and c.name == bare), None)

    def open_dm(self, user: str, bot: str) -> tuple[Channel, bool]:
        """The direct message with this person, and whether it existed before."""
        if user in self.dm_of:
            return self.channels[self.dm_of[user]], True
        channel_id = "D0" + user.removeprefix("U0")
        return self.add_channel(Channel(channel_id, dm_user=user, members={user, bot})), False

    def store(self, message: Message) -> Message:
        channel = self.channels[message.channel]
        channel.by_ts[message.ts] = message
        if message.is_reply and message.thread_ts in channel.by_ts:
            channel.by_ts[message.thread_ts].replies.append(message)
        if not message.is_reply or message.reply_broadcast:
            channel.messages.append(message)
        self.changes.mark()
        return message

    def store_ephemeral(self, message: Message) -> Message:
        channel = self.channels[message.channel]
        user = message.ephemeral_for or ""
        channel.ephemerals.setdefault(user, []).append(message)
        self.shown.setdefault(user, []).append(message)
        self.changes.mark()
        return message

    def remove(self, message: Message) -> None:
        """Delete; a message with replies stays as a tombstone, so that its thread can still be read."""
        channel = self.channels[message.channel]
        message.deleted = True
        if message.replies:
            message.text, message.blocks, message.metadata = "This message was deleted.", [], None
            self.changes.mark()
            return
        if message.ephemeral_for:
            for private in (channel.ephemerals[message.ephemeral_for], self.shown[message.ephemeral_for]):
                private.remove(message)
        elif not message.is_reply or message.reply_broadcast:
            channel.messages.remove(message)
        if channel.by_ts.pop(message.ts, None) and message.is_reply:
            parent = channel.by_ts.get(message.thread_ts or "")
            if parent and message in parent.replies:
                parent.replies.remove(message)
        self.changes.mark()

    def shown_since(self, user: str, ts: str) -> list[Message]:
        """The ephemeral messages this person was shown after that timestamp, oldest first."""
        shown = self.shown.get(user, [])
        return shown[bisect_right(shown, ts, key=lambda message: message.ts) :]

    def find_ephemeral(self, user: str, ts: str) -> Message | None:
        return next((message for message in self.shown.get(user, []) if message.ts == ts), None)


def interactive(blocks: list[Block]) -> Iterator[tuple[str, Block]]:
    """(block_id, element) for every element with an action_id."""
    for block in blocks:
        block_id = block.get("block_id", "")
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and "action_id" in element:
                yield block_id, element


def find_element(blocks: list[Block], action_id: str, block_id: str = "", value: Any = None) -> tuple[str, Block]:
    """(block_id, element); LookupError when it is not there, as nobody can click what is not shown.

    `value` tells several buttons with one action_id apart.
    """
    found = [(b, e) for b, e in interactive(blocks) if e["action_id"] == action_id and block_id in ("", b)]
    if value is not None and len(found) > 1:
        found = [(b, e) for b, e in found if e.get("value") == value] or found
    if not found:
        raise LookupError(f"no element {action_id!r}; there are {[e['action_id'] for _, e in interactive(blocks)]}")
    return found[0]


def texts_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"text", "alt_text", "caption"} and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from texts_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from texts_in(item)
