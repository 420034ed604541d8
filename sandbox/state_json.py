"""The state as the page reads it at /ui/state. Shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.mailbox import Mail
from sandbox.mentions import mentions
from sandbox.sms import Sms
from sandbox.workspace import Channel, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MOST_MESSAGES = 200


def state_json(box: Sandbox, me: str) -> dict[str, Any]:
    """Everything that the page needs to show the workspace to one person; the last 200 messages a channel."""
    workspace, config = box.workspace, box.config
    channels = [c for c in workspace.channels.values() if not c.is_im and (not c.is_private or me in c.members)]
    dms = [c for c in workspace.channels.values() if c.dm_user == me]
    return {
        "now": workspace.clock.now(),
        "offset_seconds": workspace.clock.offset_seconds,
        "me": me,
        "team": {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain},
        "bot": {
            "user_id": config.bot_user_id,
            "name": config.manifest.name,
            "messages_read_only": config.manifest.messages_tab_read_only,
        },
        "links": [dict(link) for link in config.links],
        "commands": [command.name for command in config.manifest.commands],
        "people": [_person(user) for user in workspace.users.values()],
        "channels": [_channel(channel, me) for channel in channels],
        "dms": [_channel(dm, me) | {"user": dm.dm_user} for dm in dms],
        "home": box.views.homes.get(me),
        "modals": box.views.stack(me),
        "notices": [text for user, text in box.live.notices[-20:] if user == me],
        "mail": [_mail(mail) for mail in box.mailbox.messages[-MOST_MESSAGES:]],
        "sms": [_sms(sms) for sms in box.sms.messages[-MOST_MESSAGES:]],
        "faults": [fault.as_json() for fault in box.faults.active],
        "log": list(box.traffic.log),
        "rate_limited": box.rate_limited,
        "auth_error": box.auth_error,
        "deliveries": {"mode": config.mode, "connected": len(box.sockets.connections)},
    }


def _person(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "email": user.email,
        "title": user.title,
        "tz": user.tz,
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "team_id": user.team_id,
        "color": user.color,
    }


def _channel(channel: Channel, me: str) -> dict[str, Any]:
    shown = [*channel.messages[-MOST_MESSAGES:], *channel.ephemerals.get(me, [])[-20:]]
    shown.sort(key=lambda message: message.ts)
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "topic": channel.topic,
        "is_member": me in channel.members,
        "members": sorted(channel.members),
        "unread": channel.unread_of(me),
        "messages": [message_state(message, me) for message in shown],
    }


def message_state(message: Message, me: str) -> dict[str, Any]:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "metadata": message.metadata,
        "thread_ts": message.thread_ts,
        "reply_broadcast": message.reply_broadcast,
        "edited": message.edited,
        "edits": message.edits,
        "reply_count": len(message.replies),
        "replies": [message_state(reply, me) for reply in message.replies],
        "ephemeral": message.ephemeral_for is not None,
        "mentions_me": mentions(message, me),
        "alerted": message.alerted,
        "is_bot": message.bot_id is not None,
        "unfurl": message.unfurl,
    }


def _mail(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "at": mail.at,
        "from": mail.sender,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": mail.headers,
        "raw_size": len(mail.raw),
    }


def _sms(sms: Sms) -> dict[str, Any]:
    return {
        "id": sms.sid,
        "at": sms.at,
        "to": sms.to,
        "from": sms.sender,
        "body": sms.body,
        "status": sms.status,
        "direction": sms.direction,
        "error_code": sms.error_code,
        "callback_trouble": sms.callback_trouble,
    }
