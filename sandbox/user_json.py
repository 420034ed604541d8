"""A person as users.info, users.list and user_change show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.workspace import User

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def user_json(user: User, sandbox: Sandbox) -> dict[str, Any]:
    """The address appears only with the scope users:read.email."""
    offset, label = user.zone_at(sandbox.workspace.clock.now())
    profile: dict[str, Any] = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "team": user.team_id,
    }
    if "users:read.email" in sandbox.scopes and user.email and not user.is_bot:
        profile["email"] = user.email
    body: dict[str, Any] = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        # Slack leaves zones and roles out of deactivated accounts.
        return body
    stranger = user.team_id != sandbox.workspace.team_id
    return body | {
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": label,
        "tz_offset": offset,
        "is_admin": user.is_admin and not stranger,
        "is_owner": user.is_owner and not stranger,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": stranger,
    }
