"""The whole stand-in: wires the parts, starts and stops them, and offers the Python API for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from aiohttp import web

from sandbox.administration import Administration
from sandbox.cast import DEFAULT_PEOPLE
from sandbox.changes import Changes
from sandbox.config import SandboxConfig
from sandbox.delivery import Delivery
from sandbox.faults import Fault, Faults
from sandbox.interactions import Interactions
from sandbox.limits import Limiter
from sandbox.live import Live
from sandbox.mailbox import Mailbox
from sandbox.modals import Modals
from sandbox.people import Person
from sandbox.posts import Posts
from sandbox.response_urls import ResponseUrls
from sandbox.routes import routes
from sandbox.sms import SmsDesk
from sandbox.sockets import Sockets
from sandbox.traffic import Traffic
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
        self.posts = Posts(self)
        self.administration = Administration(self)
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
        return self.workspace.shown_since(user, ts)

    async def until(self, predicate: Callable[[], Any | Awaitable[Any]], timeout: float = 5.0, what: str = "") -> Any:
        """Wait until the predicate is truthy, looked at after every change here; its result. NotReached if not."""
        return await self.changes.until(predicate, timeout, what)

    # Changing

    async def change_person(self, user: str, values: dict[str, Any]) -> User:
        return await self.administration.change_person(user, values)

    async def advance(self, seconds: float) -> bool:
        """Turn the clock forward; whether the desk's `clock_url` said yes."""
        return await self.administration.advance(seconds)

    async def revoke_tokens(self) -> None:
        await self.administration.revoke_tokens()

    async def uninstall(self) -> None:
        await self.administration.uninstall()

    def reinstall(self, bot_token: str = "") -> None:
        self.administration.reinstall(bot_token)

    def archive(self, channel: str) -> None:
        self.administration.change_channel(self.channel(channel), "archive")

    def remove_bot(self, channel: str) -> None:
        self.administration.change_channel(self.channel(channel), "remove_bot")

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
