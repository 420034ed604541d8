"""chat.postMessage, update, delete, postEphemeral, getPermalink."""

from __future__ import annotations

from typing import Any

from sandbox.content import MOST_UPDATED_TEXT, read_content
from sandbox.message_json import message_json
from sandbox.methods.call import Call, Method
from sandbox.slack_error import SlackError
from sandbox.workspace import Channel, Message


def _destination(call: Call) -> Channel:
    """A conversation id, a channel's name, or a user id (which opens the direct message)."""
    workspace, given = call.sandbox.workspace, call.text("channel")
    if not given:
        raise SlackError("channel_not_found")
    channel = workspace.channels.get(given) or workspace.channel_named(given)
    if channel is None and given in workspace.users:
        user = workspace.users[given]
        if user.is_bot or user.deleted:
            raise SlackError("cannot_dm_bot" if user.is_bot else "channel_not_found")
        channel, _ = workspace.open_dm(given, call.bot)
    if channel is None or (channel.is_private and call.bot not in channel.members):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = channel.by_ts.get(thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


async def post_message(call: Call) -> dict[str, Any]:
    channel = _destination(call)
    thread_ts = _thread(call, channel)
    content = read_content(call.args)
    message = call.sandbox.posts.add(
        channel,
        content,
        thread_ts=thread_ts,
        reply_broadcast=bool(thread_ts) and call.flag("reply_broadcast"),
        unfurl={name: call.flag(name) for name in ("unfurl_links", "unfurl_media") if name in call.args},
    )
    shown = message_json(message, call.sandbox, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _own_message(call: Call, error: str) -> tuple[Channel, Message]:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    message = channel.by_ts.get(call.required("ts"))
    if message is None or message.deleted:
        raise SlackError("message_not_found")
    if message.user != call.bot:
        raise SlackError(error)
    return channel, message


async def update(call: Call) -> dict[str, Any]:
    """Text without blocks removes the blocks. An edit alerts nobody."""
    channel, message = _own_message(call, "cant_update_message")
    content = read_content(call.args, MOST_UPDATED_TEXT)
    call.sandbox.posts.edit(message, content)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(message, call.sandbox, metadata=True),
    }


async def delete(call: Call) -> dict[str, Any]:
    channel, message = _own_message(call, "cant_delete_message")
    call.sandbox.workspace.remove(message)
    return {"channel": channel.id, "ts": message.ts}


async def post_ephemeral(call: Call) -> dict[str, Any]:
    """Shown to one person of the conversation, never stored: history does not have it."""
    user = call.required("user")
    channel = _destination(call)
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = call.text("thread_ts") or None
    message = call.sandbox.posts.show(channel, user, read_content(call.args), thread_ts=thread_ts)
    return {"message_ts": message.ts}


async def get_permalink(call: Call) -> dict[str, Any]:
    channel = call.channel()
    message = channel.by_ts.get(call.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": call.sandbox.posts.permalink(message)}


METHODS = (
    Method("chat.postMessage", post_message, scopes=("chat:write",), tier="post"),
    Method("chat.update", update, scopes=("chat:write",)),
    Method("chat.delete", delete, scopes=("chat:write",)),
    Method("chat.postEphemeral", post_ephemeral, scopes=("chat:write",), tier="tier4"),
    Method("chat.getPermalink", get_permalink, tier="special", json=False),
)
