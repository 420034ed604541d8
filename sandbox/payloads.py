"""The payloads that Slack sends for what a person does. Shapes only; nothing is sent from here.

Source: https://docs.slack.dev/reference/interaction-payloads and /interactivity/implementing-slash-commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.message_json import message_json
from sandbox.workspace import Channel, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def common(box: Sandbox, user: User, kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": box.config.app_id,
        "token": box.config.verification_token,
        "team": {"id": box.workspace.team_id, "domain": box.workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    return "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name


def message_action(
    box: Sandbox, user: User, message: Message, action: dict[str, Any], values: dict[str, Any], trigger: str
) -> dict[str, Any]:
    """A click on a message. An ephemeral one is not included, for Slack does not keep it."""
    channel = box.workspace.channels[message.channel]
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = common(box, user, "block_actions") | {
        "container": container,
        "trigger_id": trigger,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": values},
        "response_url": box.response_urls.make(channel.id, user.id, message),
        "actions": [action],
    }
    if message.ephemeral_for is None:
        payload["message"] = message_json(message, box, metadata=True)
    return payload


def view_action(
    box: Sandbox, user: User, view: dict[str, Any], action: dict[str, Any], values: dict[str, Any], trigger: str
) -> dict[str, Any]:
    """A click in a modal or on Home."""
    shown = view | {"state": {"values": values}}
    return common(box, user, "block_actions") | {
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": trigger,
        "view": shown,
        "actions": [action],
    }


def submission(box: Sandbox, user: User, view: dict[str, Any], values: dict[str, Any], trigger: str) -> dict[str, Any]:
    return common(box, user, "view_submission") | {
        "trigger_id": trigger,
        "view": view | {"state": {"values": values}},
        "response_urls": [],
    }


def closed(box: Sandbox, user: User, view: dict[str, Any], cleared: bool) -> dict[str, Any]:
    return common(box, user, "view_closed") | {"view": view, "is_cleared": cleared}


def suggestion(
    box: Sandbox,
    user: User,
    block_id: str,
    action_id: str,
    typed: str,
    *,
    view: dict[str, Any] | None = None,
    message: Message | None = None,
) -> dict[str, Any]:
    """A request for the options of an external select, of a view or of a message."""
    payload = common(box, user, "block_suggestion") | {
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
    }
    if view is not None:
        return payload | {"view": view, "container": {"type": "view", "view_id": view["id"]}}
    if message is not None:
        channel = box.workspace.channels[message.channel]
        payload |= {
            "container": {"type": "message", "message_ts": message.ts, "channel_id": channel.id},
            "channel": {"id": channel.id, "name": channel_name(channel)},
            "message": message_json(message, box),
        }
    return payload


def command_form(box: Sandbox, user: User, channel: Channel, command: str, text: str) -> dict[str, str]:
    return {
        "token": box.config.verification_token,
        "team_id": box.workspace.team_id,
        "team_domain": box.workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": box.config.app_id,
        "is_enterprise_install": "false",
        "response_url": box.response_urls.make(channel.id, user.id, None),
        "trigger_id": box.views.trigger(user.id),
    }
