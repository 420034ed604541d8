"""The desk under fire: sends requests straight into its HTTP side, and looks at every answer and at every log line.

Between the test and the routes stands everything that stands there in production, but for uvicorn's own parser: that
is under fire in ``test_sockets.py``.
"""

import asyncio
import logging
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import select

from bot.run import slack_app
from bot.web_server import site
from jobs.members import refresh_members
from sandbox.signing import slack_headers
from store.tables import (
    Attention,
    Client,
    ClientName,
    Delivery,
    History,
    Link,
    Offer,
    Pass,
    Practice,
    Provider,
    Referral,
    Source,
)
from tests.canary import Watch, found_in
from tests.loop.at_work import Running
from web.nonces import Nonces

#: Of what the database holds, all that requests could change.
TABLES = (Referral, Offer, Pass, Client, ClientName, Provider, Source, Delivery, Attention, History, Practice, Link)
#: A desk's inside, which no answer shows. The bodies of the tests hold none of these.
_INSIDE = re.compile(r"Traceback|File \"/|sqlalchemy|sqlite3|asyncpg|sandbox-signing-secret|xoxb-|site-packages")
#: A stand-in for something that is known only once the desk runs, within any encoding.
_PLACE = re.compile(rb"Q(OFFER|REFERRAL|ITEM|PROVIDER|NONCE|TOKEN)(\d\d)Q")
_WHOLE_ANSWER_SECONDS = 60
#: Bolt says of every other workspace that the app is not installed there, and tells its people over the response_url
#: itself: where that is no address, the desk's error listener answers.
_EXPECTED = re.compile(
    r"Although the app should be installed into this workspace|error \w+ in \w+: (InvalidUrl|NonHttpUrl|ClientConn)"
)
_LATE = re.compile(r"error \w+ in \w+: TimeoutError")


@dataclass(frozen=True)
class Ask:
    """One request. ``signed``: None, or how many seconds before now the signature says it was made."""

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    signed: int | None = None
    what: str = ""
    echoes: bool = False  # the answer is for whoever typed it, and may repeat it
    caller: str = "198.51.100.7"

    def __repr__(self) -> str:
        body = self.body if len(self.body) < 3000 else self.body[:3000] + b"..."
        parts = f"{self.method} {self.path[:300]!r}?{self.query[:300]!r} {self.headers!r:.800} signed={self.signed}"
        return f"<{self.what}: {parts} {body!r}>"


@dataclass
class Answer:
    status: int = 0
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class Alarm(logging.Handler):
    """Keeps what a log may not hold: errors and tracebacks.

    ``late`` counts what was given up to answer within Slack's three seconds: on a busy machine that is right.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.late = 0

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if _EXPECTED.search(text) and not record.exc_info:
            return
        if _LATE.search(text) and not record.exc_info:
            self.late += 1
            return
        if record.levelno >= logging.ERROR or record.exc_info or "Traceback" in text:
            self.lines.append(f"{record.levelname} {record.name} {text} {record.exc_info!r}")


@dataclass
class Target:
    desk: Running
    runner: asyncio.Runner
    watch: Watch
    app: Any
    alarm: Alarm = field(default_factory=Alarm)
    places: dict[bytes, list[str]] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: float = 0.0

    def send(self, asks: Sequence[Ask]) -> None:
        """All at once; fails with the request that got a bad answer."""
        self.runner.run(self._send(asks))

    async def _send(self, asks: Sequence[Ask]) -> None:
        async with asyncio.timeout(_WHOLE_ANSWER_SECONDS):
            answers = await asyncio.gather(*(self._one(ask) for ask in asks))
        for ask, answer in zip(asks, answers, strict=True):
            self.statuses[ask.what][answer.status] += 1
            assert 200 <= answer.status < 500, f"{answer.status} to {ask!r}"
            text = answer.body.decode("utf-8", "replace") + repr(answer.headers)
            assert not (found := _INSIDE.search(text)), f"{found} in the answer to {ask!r}"
            if not ask.echoes:
                assert not list(found_in("answer", text)), f"the answer tells who: {text[:500]} to {ask!r}"
        assert not self.alarm.lines, "\n".join([*self.alarm.lines[:5], "after", *map(repr, asks)])

    async def _one(self, ask: Ask) -> Answer:
        body = _PLACE.sub(self._found, ask.body)
        headers = [*ask.headers]
        if ask.signed is not None:
            made = slack_headers(self.desk.slack.config.signing_secret, body, int(time.time()) - ask.signed)
            headers += [(name.lower().encode(), value.encode()) for name, value in made.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": ask.method,
            "scheme": "http",
            "path": _PLACE.sub(self._found, ask.path).decode("utf-8", "replace"),
            "raw_path": ask.path,
            "query_string": ask.query,
            "root_path": "",
            "headers": headers,
            "client": (ask.caller, 40000),
            "server": ("127.0.0.1", 80),
        }
        pieces = [body[at : at + 65536] for at in range(0, len(body), 65536)] or [b""]
        left = iter([*pieces[:-1]])
        last = [pieces[-1]]
        answer = Answer()

        async def receive() -> dict[str, Any]:
            for piece in left:
                return {"type": "http.request", "body": piece, "more_body": True}
            if last:
                return {"type": "http.request", "body": last.pop(), "more_body": False}
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.headers = message["status"], list(message["headers"])
            else:
                answer.body += message.get("body", b"")

        started = time.monotonic()
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} instead of an answer to {ask!r}") from error
        self.slowest = max(self.slowest, time.monotonic() - started)
        return answer

    def _found(self, place: "re.Match[bytes]") -> bytes:
        if place[1] == b"NONCE":
            return self._nonce(int(place[2])).encode()
        known = self.places[place[1]]
        return known[int(place[2]) % len(known)].encode()

    def _nonce(self, number: int) -> str:
        """A fresh one; those of low numbers are used again and again."""
        known = self.places.setdefault(b"NONCE", [])
        if number < 5 and len(known) > number:
            return known[number]
        known.append(Nonces("s" * 32).issue(self.desk.practice))
        return known[-1]

    def learn(self) -> None:
        """Which rows there are by now."""
        self.places |= self.runner.run(_places(self.desk))

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table, written out."""
        return {table.__name__: self.runner.run(_rows(self.desk, table)) for table in TABLES}


async def look_after(desk: Running, runner: asyncio.Runner, watch: Watch) -> Target:
    """A desk with referrals in several states, and all that stands in front of its routes."""
    for number in range(4):
        await desk.submit(preferred="maya" if number % 2 else None)
    for name in ("maya", "yuki"):
        done = await desk.submit()
        assert (await desk.person(name).click(await desk.card(done.code), "referral.accept")).ok
    await refresh_members(desk.house.desk, desk.house.slack, desk.practice)  # or it would be news in the middle
    await desk.quiet()
    target = Target(desk, runner, watch, site(desk.house, slack_app(desk.house)))
    target.places |= await _places(desk)
    return target


async def _places(desk: Running) -> dict[bytes, list[str]]:
    referrals = await desk.all(select(Referral.id, Referral.offer_id).order_by(Referral.id))
    mails = "\n".join(mail.text for mail in desk.slack.mailbox.messages)
    return {
        b"REFERRAL": [id for id, _ in referrals],
        b"OFFER": [offer for _, offer in referrals],
        b"TOKEN": re.findall(r"/offer/[a-z-]+/([\w-]{43})", mails),
        b"ITEM": await desk.all(select(Attention.id).order_by(Attention.id)) or ["none"],
        b"PROVIDER": await desk.all(select(Provider.id).order_by(Provider.id)),
    }


async def _rows(desk: Running, table: Any) -> list[str]:
    return sorted(repr(row) for row in await desk.all(select(table)))
