"""users.info, users.list, users.lookupByEmail."""

from __future__ import annotations

from typing import Any

from sandbox.methods.call import Call, Method
from sandbox.methods.paging import page
from sandbox.slack_error import SlackError
from sandbox.user_json import user_json


async def info(call: Call) -> dict[str, Any]:
    return {"user": user_json(call.user(), call.sandbox)}


async def list_users(call: Call) -> dict[str, Any]:
    members = sorted(call.sandbox.workspace.users.values(), key=lambda user: user.id)
    shown, after = page(call, members, default=1000, most=1000)
    return {
        "members": [user_json(user, call.sandbox) for user in shown],
        "cache_ts": int(call.sandbox.workspace.clock.now()),
        "response_metadata": {"next_cursor": after},
    }


async def lookup_by_email(call: Call) -> dict[str, Any]:
    """Finds members and guests of this team by address, whatever its case; nobody who has left."""
    wanted, team = call.required("email").casefold(), call.sandbox.workspace.team_id
    for user in call.sandbox.workspace.users.values():
        if user.email.casefold() == wanted and not user.deleted and user.team_id == team:
            return {"user": user_json(user, call.sandbox)}
    raise SlackError("users_not_found")


METHODS = (
    Method("users.info", info, scopes=("users:read",), tier="tier4", json=False),
    Method("users.list", list_users, scopes=("users:read",), tier="tier2", json=False),
    Method("users.lookupByEmail", lookup_by_email, scopes=("users:read.email",), json=False),
)
