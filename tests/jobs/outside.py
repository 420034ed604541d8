"""What jobs talk to, standing in memory: counts what it is asked for, and fails when it is told to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from jobs.deps import JobDeps
from referrals.letters import Letter
from tests.desk import Office


async def _nothing(*_: Any) -> None:
    """Happens while a call is under way."""


@dataclass
class Outside:
    """``error`` breaks everything, ``error_on`` one call: post, dm, update, find, check, mail, text.

    ``posts`` and ``threads``: the channel and the thread of each attempt to post; direct messages are counted apart.
    """

    posts: list[str] = field(default_factory=list)
    threads: list[str | None] = field(default_factory=list)
    dms: int = 0
    updates: int = 0
    links: int = 0
    checks: int = 0
    mails: list[str] = field(default_factory=list)
    texts: int = 0
    looks: list[float] = field(default_factory=list)
    during: Callable[..., Any] = _nothing
    error: Exception | None = None
    error_on: dict[str, Exception] = field(default_factory=dict)
    link_error: Exception | None = None
    found: str | None = None

    async def _call(self, *given: Any) -> None:
        await self.during(*given)
        if error := self.error_on.get(given[0]) or self.error:
            raise error

    async def post(self, channel: str, _message: object, *, thread_ts: str | None = None, **_: Any) -> tuple[str, str]:
        ts = f"1763161200.{len(self.posts) + self.dms + 1:06d}"
        if channel.startswith("D"):
            self.dms += 1
            await self._call("dm")
        else:
            self.posts.append(channel)
            self.threads.append(thread_ts)
            await self._call("post")
        return channel, ts

    async def update(self, *_: Any) -> None:
        self.updates += 1
        await self._call("update")

    async def permalink(self, *_: Any) -> str:
        self.links += 1
        await self.during("permalink")
        if self.link_error:
            raise self.link_error
        return "https://slack.example.com/archives/C0/p1"

    async def may_probe(self, *_: Any) -> bool:
        return True

    async def check_token(self) -> None:
        self.checks += 1
        await self._call("check")

    async def is_open(self, _channel: str) -> bool:
        self.checks += 1
        return "post" not in self.error_on

    async def open_dm(self, user: str) -> str:
        return f"D{user}"

    async def find_posted(self, *_: Any, oldest: float, **__: Any) -> str | None:
        self.looks.append(oldest)
        if "find" in self.error_on:
            raise self.error_on["find"]
        return self.found

    async def send_mail(self, _letter: Letter, delivery_id: str) -> str:
        self.mails.append(delivery_id)
        await self._call("mail")
        return f"<{delivery_id}@practice.example.org>"

    async def send_text(self, _letter: Letter, _delivery_id: str) -> str:
        self.texts += 1
        await self._call("text")
        return "SM1"

    def deps(self, office: Office, **more: Any) -> JobDeps:
        async def email(_user: str) -> str | None:
            return "cora@practice.example.org"

        deps = JobDeps(office.desk, self, self.send_mail, self.send_text, email)  # type: ignore[arg-type]
        return replace(deps, **more)
