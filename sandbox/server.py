"""The whole stand-in: wires the parts, starts and stops them, and offers the Python API for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import fields
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.cast import DEFAULT_PEOPLE
from sandbox.changes import Changes
from sandbox.config import SandboxConfig
from sandbox.content import FALLBACK, Content
from sandbox.delivery import Delivery
from sandbox.faults import Fault, Faults
from sandbox.interactions import Interactions
from sandbox.limits import Limiter
from sandbox.live import Live
from sandbox.mailbox import Mailbox
from sandbox.mentions import alerted_by
from sandbox.modals import Modals
from sandbox.people import Person
from sandbox.response_urls import ResponseUrls
from sandbox.routes import routes
from sandbox.signing import slack_headers
from sandbox.sms import SmsDesk
from sandbox.sockets import Sockets
from sandbox.traffic import Traffic
from sandbox.user_json import user_json
from sandbox.views import Views
from sandbox.web_api import WebApi
from sandbox.workspace import Channel, Message, User, Workspace


class Sandbox:
    """`await start()`, then `base_url`, `api_url` and `mailbox.port` say where things are; `await stop()`."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.changes = Changes(self.describe)
        self.workspace = Workspace(self.config.team_id, self.config.team_name, self.config.team_domain, self.changes)
        self.scopes = list(self.config.manifest.scopes)
        self.old_tokens: set[str] = set()
        self.auth_error: str | None = None
        self.views = Views(self.config.team_id, self.config.app_id, self.config.bot_id)
        self.limiter = Limiter(self.config.limits)
        self.faults = Faults()
        self.traffic = Traffic()
        self.response_urls = ResponseUrls(self)
        self.sockets = Sockets(self)
        self.delivery = Delivery(self)
        self.live = Live(self)
        self.modals = Modals(self)
        self.interactions = Interactions(self)
        self.mailbox = Mailbox(self)
        self.sms = SmsDesk(self)
        self.web_api = WebApi(self)
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._port = 0
        self.changes.listeners.append(self.live.changed)
        self._populate()

    def _populate(self) -> None:
        config, workspace = self.config, self.workspace
        bot = User(config.bot_user_id, "referral_desk", config.manifest.name, config.manifest.name, is_bot=True)
        bot.team_id = config.team_id
        workspace.add_user(bot)
        for person in DEFAULT_PEOPLE if config.people is None else config.people:
            workspace.add_user(User.build(person, config.team_id))
        people = {user.id for user in workspace.users.values() if not user.is_bot}
        topic = "New client referrals. Accept means: I will contact the client."
        workspace.add_channel(
            Channel("C0REFERRALS", "referrals", config.referrals_private, topic=topic, members={*people, bot.id})
        )
        workspace.add_channel(Channel("C0GENERAL", "general", members=set(people)))

    # Starting and stopping

    @property
    def base_url(self) -> str:
        return f"http://{self.config.host}:{self._port}"

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` (slack_sdk's base_url) must be; ends in a slash as the SDK wants it."""
        return f"{self.base_url}/api/"

    async def start(self) -> Sandbox:
        app = web.Application(client_max_size=2**21)
        app.add_routes(routes(self))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.config.host, self.config.port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        await self.delivery.start()
        await self.mailbox.start(self.config.host, self.config.smtp_port)
        return self

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.close()
        await self.live.stop()
        await self.mailbox.stop()
        await self.delivery.stop()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something that nobody waits for; cancelled at stop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Finding

    def person(self, user: str) -> Person:
        """By id or by name (U0MAYA or maya)."""
        found = self.workspace.users.get(user) or next(
            (u for u in self.workspace.users.values() if u.name == user), None
        )
        if found is None:
            raise LookupError(f"nobody is called {user!r}")
        return Person(self, found)

    def channel(self, name: str) -> Channel:
        """By name (with or without #) or id."""
        found = self.workspace.channels.get(name) or self.workspace.channel_named(name)
        if found is None:
            raise LookupError(f"no channel {name!r}")
        return found

    def dm(self, user: str) -> Channel:
        """The direct message between this person and the app; opened when it was not."""
        return self.workspace.open_dm(self.person(user).id, self.config.bot_user_id)[0]

    def message(self, ts: str, user: str = "") -> Message:
        """By timestamp, in any conversation; also an ephemeral one that this user was shown."""
        for channel in self.workspace.channels.values():
            if ts in channel.by_ts:
                return channel.by_ts[ts]
        found = self.workspace.find_ephemeral(user, ts)
        if found is None:
            raise LookupError(f"no message {ts}")
        return found

    def ephemerals_since(self, user: str, ts: str) -> list[Message]:
        channels = self.workspace.channels.values()
        found = [m for channel in channels for m in channel.ephemerals.get(user, ()) if m.ts > ts]
        return sorted(found, key=lambda message: message.ts)

    def permalink(self, message: Message) -> str:
        """An address on this stand-in (not on slack.com), so that a link in a mail opens the page here."""
        url = f"{self.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
        return f"{url}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else url

    async def until(self, predicate: Callable[[], Any | Awaitable[Any]], timeout: float = 5.0, what: str = "") -> Any:
        """Wait until the predicate is truthy, looked at after every change here; its result. NotReached if not."""
        return await self.changes.until(predicate, timeout, what)

    # Changing

    def post(
        self,
        channel: Channel,
        content: Content,
        user: str = "",
        thread_ts: str | None = None,
        reply_broadcast: bool = False,
        unfurl: dict[str, bool] | None = None,
    ) -> Message:
        """Store a message and note whom it alerts."""
        author = user or self.config.bot_user_id
        message = Message(
            ts=self.workspace.clock.next_ts(),
            channel=channel.id,
            user=author,
            text=content.text or FALLBACK,
            blocks=content.blocks or [],
            metadata=content.metadata or None,
            thread_ts=thread_ts,
            reply_broadcast=reply_broadcast,
            bot_id=self.config.bot_id if author == self.config.bot_user_id else None,
            unfurl=unfurl or {},
        )
        message.alerted = alerted_by(message, channel, self.workspace.users)
        return self.workspace.store(message)

    def show_ephemeral(self, channel: Channel, user: str, content: Content, thread_ts: str | None = None) -> Message:
        message = Message(
            ts=self.workspace.clock.next_ts(),
            channel=channel.id,
            user=self.config.bot_user_id,
            text=content.text or FALLBACK,
            blocks=content.blocks or [],
            thread_ts=thread_ts,
            bot_id=self.config.bot_id,
            ephemeral_for=user,
        )
        return self.workspace.store_ephemeral(message)

    def edit(self, message: Message, content: Content) -> None:
        """Text alone takes the blocks away; blocks alone keep no old text. Nobody is alerted."""
        message.text = content.text or FALLBACK
        message.blocks = content.blocks or []
        if content.metadata is not None:
            message.metadata = content.metadata or None
        message.edits += 1
        if not content.blocks:
            # Slack shows "(edited)" only where text alone was changed.
            message.edited = {"user": message.user, "ts": self.workspace.clock.next_ts()}
        self.changes.mark()

    async def change_person(self, user: str, values: dict[str, Any]) -> User:
        """Set fields of a person and send user_change. LookupError or ValueError for what does not exist."""
        found = self.person(user).user
        known = {f.name for f in fields(User)} - {"id"}
        unknown = set(values) - known
        if unknown:
            raise ValueError(f"a person has no {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(found, name, value)
        now = self.workspace.clock.now()
        found.updated = int(now)
        self.changes.mark()
        await self.delivery.event(
            {"type": "user_change", "user": user_json(found, self), "cache_ts": int(now), "event_ts": f"{now:.6f}"}
        )
        return found

    async def advance(self, seconds: float) -> bool:
        """Turn the workspace clock forward and tell the desk's `clock_url`; whether the desk said yes."""
        self.workspace.clock.advance(seconds)
        self.changes.mark()
        if not self.config.clock_url:
            return False
        body = json.dumps({"offset_seconds": self.workspace.clock.offset_seconds}).encode()
        headers = {"Content-Type": "application/json"} | slack_headers(self.config.signing_secret, body)
        try:
            async with self.delivery.session.post(self.config.clock_url, data=body, headers=headers) as response:
                ok = response.status < 300
        except aiohttp.ClientError:
            ok = False
        self.traffic.note(self.workspace.clock.now(), f"→ clock +{seconds:g} s", ok, 0)
        return ok

    async def revoke_tokens(self) -> None:
        """Every call answers token_revoked from now on; the app hears tokens_revoked first."""
        self.auth_error = "token_revoked"
        await self.delivery.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.config.bot_user_id]}})

    async def uninstall(self) -> None:
        self.auth_error = "account_inactive"
        await self.delivery.event({"type": "app_uninstalled"})

    def reinstall(self, bot_token: str = "") -> None:
        """Calls work again, with the new token where one is given."""
        self.auth_error = None
        if bot_token:
            self.old_tokens.add(self.config.bot_token)
            self.config.bot_token = bot_token

    def fault(
        self, kind: str, method: str | None = None, times: int = 1, seconds: float | None = None, skip: int = 0
    ) -> Fault:
        return self.faults.add(kind, method, times, seconds, skip)

    @property
    def rate_limited(self) -> int:
        """How many calls were answered with 429 so far (`limiter.refused` counts them by method)."""
        return sum(self.limiter.refused.values())

    def describe(self) -> str:
        """The last of everything, for a failed wait."""
        lines = [f"log: {item['what']} ok={item['ok']} {item['note']}" for item in list(self.traffic.log)[-12:]]
        for channel in self.workspace.channels.values():
            lines += [f"{channel.name or channel.id}: {m.ts} {m.all_text[:100]!r}" for m in channel.messages[-3:]]
        lines += [f"mail: {mail.to} {mail.subject!r}" for mail in self.mailbox.messages[-3:]]
        lines += [f"sms: {sms.to} {sms.body[:60]!r}" for sms in self.sms.messages[-3:]]
        return "\n".join(lines)
