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
    posts: list[str] = field(default_factory=list)
    updates: int = 0
    mails: list[str] = field(default_factory=list)
    texts: int = 0
    looks: list[float] = field(default_factory=list)
    during: Callable[..., Any] = _nothing
    error: Exception | None = None
    link_error: Exception | None = None

    async def _call(self, *given: Any) -> None:
        await self.during(*given)
        if self.error:
            raise self.error

    async def post(self, channel: str, _message: object, **_: Any) -> tuple[str, str]:
        self.posts.append(channel)
        await self._call("post")
        return channel, f"1763161200.{len(self.posts):06d}"

    async def update(self, *_: Any) -> None:
        self.updates += 1
        await self._call("update")

    async def permalink(self, *_: Any) -> str:
        await self.during("permalink")
        if self.link_error:
            raise self.link_error
        return "https://slack.example.com/archives/C0/p1"

    async def open_dm(self, user: str) -> str:
        return f"D{user}"

    async def find_posted(self, *_: Any, oldest: float, **__: Any) -> None:
        self.looks.append(oldest)

    async def send_mail(self, _letter: Letter, delivery_id: str) -> str:
        self.mails.append(delivery_id)
        await self._call("mail")
        return f"<{delivery_id}@practice.example.org>"

    async def send_text(self, _letter: Letter) -> str:
        self.texts += 1
        await self._call("text")
        return "SM1"

    def deps(self, office: Office, **more: Any) -> JobDeps:
        async def email(_user: str) -> str | None:
            return "cora@practice.example.org"

        deps = JobDeps(office.desk, self, self.send_mail, self.send_text, email)  # type: ignore[arg-type]
        return replace(deps, **more)
