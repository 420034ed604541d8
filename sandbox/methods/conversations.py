"""conversations.open, info, list, members, history, replies."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from sandbox.message_json import message_json
from sandbox.methods.call import Call, Method
from sandbox.methods.paging import page
from sandbox.slack_error import SlackError, invalid
from sandbox.workspace import Channel, Message

_KINDS = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


async def open_conversation(call: Call) -> dict[str, Any]:
    """Opens (or finds) the direct message with one person."""
    workspace = call.sandbox.workspace
    users = [user for user in call.text("users").replace(" ", "").split(",") if user]
    if not users:
        if not call.text("channel"):
            raise SlackError("users_list_not_supplied")
        channel, known = call.channel(), True
    else:
        if len(users) > 1:
            call.need_scope("mpim:write")
        user = workspace.users.get(users[0])
        if user is None:
            raise SlackError("user_not_found")
        if user.is_bot:
            raise SlackError("cannot_dm_bot")
        if user.deleted:
            raise SlackError("user_disabled")
        channel, known = workspace.open_dm(user.id, call.bot)
    body: dict[str, Any] = {"channel": {"id": channel.id}}
    if call.flag("return_im"):
        body["channel"] = channel_json(channel, call)
    return body | ({"no_op": True, "already_open": True} if known else {})


async def info(call: Call) -> dict[str, Any]:
    channel = call.channel()
    call.need_family("read", channel)
    return {"channel": channel_json(channel, call, members=call.flag("include_num_members"))}


async def list_channels(call: Call) -> dict[str, Any]:
    kinds = [kind.strip() for kind in call.text("types", "public_channel").split(",")]
    for kind in kinds:
        if kind not in _KINDS:
            raise SlackError("invalid_types")
        call.need_scope(_KINDS[kind])
    found = [
        channel
        for channel in call.sandbox.workspace.channels.values()
        if _kind(channel) in kinds
        and not (channel.is_archived and call.flag("exclude_archived"))
        and not (channel.is_private and call.bot not in channel.members)
    ]
    shown, after = page(call, sorted(found, key=lambda c: c.id), default=100, most=1000)
    return {
        "channels": [channel_json(channel, call, members=True) for channel in shown],
        "response_metadata": {"next_cursor": after},
    }


async def members(call: Call) -> dict[str, Any]:
    channel = call.channel()
    call.need_family("read", channel)
    shown, after = page(call, sorted(channel.members), default=100, most=1000)
    return {"members": shown, "response_metadata": {"next_cursor": after}}


async def history(call: Call) -> dict[str, Any]:
    """Newest first; thread replies only when broadcast. The bot must be a member."""
    channel = call.channel()
    call.need_family("history", channel)
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    window = _window(call, channel.messages)
    return _messages(call, window[::-1], default=100)


async def replies(call: Call) -> dict[str, Any]:
    """The parent first, then its replies, oldest first."""
    channel = call.channel()
    call.need_family("history", channel)
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    parent = channel.by_ts.get(call.required("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        return _messages(call, [parent], default=1000)
    return _messages(call, [parent, *_window(call, parent.replies)], default=1000)


def _messages(call: Call, found: list[Message], default: int) -> dict[str, Any]:
    shown, after = page(call, found, default=default, most=999 if default < 1000 else 1000)
    everything = call.flag("include_all_metadata")
    return {
        "messages": [message_json(message, call.sandbox, metadata=everything) for message in shown],
        "has_more": bool(after),
        "response_metadata": {"next_cursor": after},
    }


def _window(call: Call, messages: list[Message]) -> list[Message]:
    """The messages between oldest and latest; the bounds themselves only when `inclusive`."""
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.flag("inclusive")
    low, high = 0, len(messages)
    if oldest:
        find = bisect_left if inclusive else bisect_right
        low = find(messages, oldest, key=lambda message: float(message.ts))
    if latest:
        find = bisect_right if inclusive else bisect_left
        high = find(messages, latest, key=lambda message: float(message.ts))
    return messages[low:high]


def _bound(call: Call, name: str) -> float | None:
    given = call.text(name)
    if given in {"", "now"}:
        return None
    try:
        return float(given)
    except ValueError:
        raise invalid(f"invalid_ts_{name}", [f"not a timestamp: {name}"]) from None


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def channel_json(channel: Channel, call: Call, members: bool = False) -> dict[str, Any]:
    if channel.is_im:
        return {"id": channel.id, "created": channel.created, "is_im": True, "user": channel.dm_user}
    body: dict[str, Any] = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_member": call.bot in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "created": channel.created,
        "context_team_id": call.sandbox.workspace.team_id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return body | ({"num_members": len(channel.members)} if members else {})


METHODS = (
    Method("conversations.open", open_conversation, scopes=("im:write",)),
    Method("conversations.info", info, json=False),
    Method("conversations.list", list_channels, tier="tier2", json=False),
    Method("conversations.members", members, tier="tier4", json=False),
    Method("conversations.history", history, json=False),
    Method("conversations.replies", replies, json=False),
)
