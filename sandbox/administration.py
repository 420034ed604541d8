"""What an administrator does to the workspace: people, channels, the installation, the clock."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.signing import slack_headers
from sandbox.user_json import user_json
from sandbox.workspace import Channel, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_CLOCK_SECONDS = 10.0


class Administration:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def change_person(self, user: str, values: dict[str, Any]) -> User:
        """Set fields of a person and send user_change. LookupError or ValueError for what does not exist."""
        box = self.sandbox
        found = box.person(user).user
        unknown = set(values) - ({f.name for f in fields(User)} - {"id"})
        if unknown:
            raise ValueError(f"a person has no {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(found, name, value)
        now = box.workspace.clock.now()
        found.updated = int(now)
        box.changes.mark()
        event = {"type": "user_change", "user": user_json(found, box), "cache_ts": int(now), "event_ts": f"{now:.6f}"}
        await box.delivery.event(event)
        return found

    def change_channel(self, channel: Channel, do: str) -> None:
        """archive, unarchive, remove_bot or add_bot; ValueError for anything else."""
        bot = self.sandbox.config.bot_user_id
        if do in {"archive", "unarchive"}:
            channel.is_archived = do == "archive"
        elif do == "remove_bot":
            channel.members.discard(bot)
        elif do == "add_bot":
            channel.members.add(bot)
        else:
            raise ValueError(f"unknown: {do}")
        self.sandbox.changes.mark()

    async def revoke_tokens(self) -> None:
        """Every call answers token_revoked from now on; the app is told by tokens_revoked."""
        box = self.sandbox
        box.auth_error = "token_revoked"
        box.changes.mark()
        await box.delivery.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [box.config.bot_user_id]}})

    async def uninstall(self) -> None:
        """Every call answers account_inactive from now on; the app is told by app_uninstalled."""
        self.sandbox.auth_error = "account_inactive"
        self.sandbox.changes.mark()
        await self.sandbox.delivery.event({"type": "app_uninstalled"})

    def reinstall(self, bot_token: str = "") -> None:
        """Calls work again, with the new token where one is given (the old one is then revoked)."""
        config = self.sandbox.config
        self.sandbox.auth_error = None
        if bot_token:
            self.sandbox.old_tokens.add(config.bot_token)
            config.bot_token = bot_token
        self.sandbox.changes.mark()

    async def advance(self, seconds: float) -> bool:
        """Turn the workspace clock forward and tell the desk's `clock_url`; whether the desk said yes."""
        box = self.sandbox
        box.workspace.clock.advance(seconds)
        box.changes.mark()
        if not box.config.clock_url:
            return False
        body = json.dumps({"offset_seconds": box.workspace.clock.offset_seconds}).encode()
        headers = {"Content-Type": "application/json"} | slack_headers(box.config.signing_secret, body)
        limit = aiohttp.ClientTimeout(total=_CLOCK_SECONDS)
        try:
            async with box.delivery.session.post(
                box.config.clock_url, data=body, headers=headers, timeout=limit
            ) as response:
                ok = response.status < 300
        except (aiohttp.ClientError, TimeoutError):
            ok = False
        box.traffic.note(box.workspace.clock.now(), f"→ clock +{seconds:g} s", ok, 0)
        return ok
