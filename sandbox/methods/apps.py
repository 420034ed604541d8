"""auth.test and apps.connections.open."""

from __future__ import annotations

from typing import Any

from sandbox.methods.call import Call, Method


async def auth_test(call: Call) -> dict[str, Any]:
    config, workspace = call.sandbox.config, call.sandbox.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.users[config.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": config.bot_user_id,
        "bot_id": config.bot_id,
        "is_enterprise_install": False,
    }


async def connections_open(call: Call) -> dict[str, Any]:
    return {"url": call.sandbox.sockets.ticket_url()}


METHODS = (
    Method("auth.test", auth_test, tier="special"),
    Method("apps.connections.open", connections_open, tier="tier1", for_app=True, json=False),
)
