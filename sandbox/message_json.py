"""A message as the Web API and the interaction payloads show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.workspace import Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def message_json(message: Message, sandbox: Sandbox, metadata: bool = False) -> dict[str, Any]:
    """Without `metadata` only its event type is shown, as conversations.history does by default."""
    config = sandbox.config
    body: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": sandbox.workspace.team_id,
    }
    if message.bot_id:
        body |= {
            "bot_id": message.bot_id,
            "app_id": config.app_id,
            "bot_profile": {
                "id": message.bot_id,
                "app_id": config.app_id,
                "name": config.manifest.name,
                "team_id": config.team_id,
                "deleted": False,
            },
        }
    if message.blocks:
        body["blocks"] = message.blocks
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
        if message.is_reply:
            parent = sandbox.workspace.channels[message.channel].by_ts.get(message.thread_ts)
            body["parent_user_id"] = parent.user if parent else message.user
    if message.reply_broadcast:
        body["subtype"] = "thread_broadcast"
    if message.deleted:
        body |= {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
    if message.replies:
        body |= {
            "thread_ts": message.ts,
            "reply_count": len(message.replies),
            "reply_users": sorted({reply.user for reply in message.replies}),
            "latest_reply": message.replies[-1].ts,
        }
    if message.edited:
        body["edited"] = message.edited
    if message.metadata:
        body["metadata"] = message.metadata if metadata else {"event_type": message.metadata["event_type"]}
    return body
