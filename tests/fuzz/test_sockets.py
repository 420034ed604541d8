"""The same without manners: bytes that are no HTTP to the port, and envelopes that are none over Slack's socket.

Fewer than in ``test_requests.py``: what is sent here is parsed by uvicorn, and by Slack's own client.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.audits import assert_sound

from . import from_slack
from .conftest import Plan
from .target import Target
from .values import anything, junk, mangled, weighted

#: Of all requests, the share that each of these sends.
SHARE = 50
TOGETHER = 20
_PATIENCE = 20

pytestmark = pytest.mark.timeout(1800)

_LINES = st.sampled_from(
    [
        b"GET / HTTP/1.1",
        b"GET /healthz HTTP/9.9",
        b"POST /slack/events HTTP/1.1",
        b"POST /refer/juniper-grove-therapy HTTP/1.1",
        b"GET  /  HTTP/1.1 x",
        b"PRI * HTTP/2.0",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1",
        b"SSH-2.0-x",
    ]
)
_HEADS = st.sampled_from(
    [
        b"Host: x",
        b"Content-Length: 5",
        b"Content-Length: -5",
        b"Content-Length: 5, 6",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: x",
        b"Connection: close",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x",
        b"Upgrade: h2c",
        b"Expect: 100-continue",
        b"no colon",
        b" folded: x",
        b"Nul: \x00",
        b"X: " + b"y" * 70_000,
    ]
)


@st.composite
def no_http(draw: st.DrawFn) -> bytes:
    lines = [draw(_LINES), *draw(st.lists(_HEADS, max_size=4))]
    whole = (
        b"\r\n".join(lines) + b"\r\n\r\n" + draw(st.one_of(st.binary(max_size=20), st.just(b"5\r\nhello\r\n0\r\n\r\n")))
    )
    return draw(
        weighted((6, st.just(whole)), (2, st.just(whole[: draw(st.integers(1, 60))])), (2, st.binary(max_size=80)))
    )


_kinds = st.sampled_from(["interactive", "slash_commands", "events_api", "hello", "other", ""])
_payloads = weighted(
    (3, mangled(from_slack.clicks())),
    (2, mangled(from_slack.submissions())),
    (2, mangled(from_slack.typed())),
    (2, mangled(from_slack.events())),
    (1, junk),
)


@st.composite
def envelopes(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "type": draw(_kinds),
        "envelope_id": draw(weighted((4, st.uuids().map(str)), (1, anything))),
        "payload": draw(_payloads),
        "accepts_response_payload": draw(st.booleans()),
        "retry_attempt": draw(weighted((3, st.just(0)), (1, junk))),
    }


def _written(envelope: dict[str, Any]) -> str:
    """The stand-in takes the acknowledgement of a text only; Slack's own client fails on a payload of other types."""
    if isinstance(envelope.get("envelope_id"), list | dict):
        del envelope["envelope_id"]
    if not isinstance(envelope.get("payload", ""), dict | str):
        del envelope["payload"]
    return json.dumps(envelope)


no_envelopes = weighted(
    (6, mangled(envelopes(), 1).map(_written)),
    (1, junk.map(json.dumps)),
    # Of what begins like an object and is none, Slack's own client keeps a line with a traceback in its log.
    (1, anything.map(lambda text: text.encode("utf-8", "replace").decode().lstrip("{"))),
    (1, st.sampled_from(["[" * 10_000, "{}", '{"type": null}'])),
)


def fire(plan: Plan, what: st.SearchStrategy[Any], send: Callable[[list[Any]], None]) -> int:
    batches = max(1, plan.requests // SHARE // TOGETHER)

    @seed(plan.seed)
    @settings(
        max_examples=batches,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(what, min_size=TOGETHER, max_size=TOGETHER))
    def at_once(batch: list[Any]) -> None:
        send(batch)

    at_once()
    return batches * TOGETHER


def test_bytes_that_are_no_http(target: Target, plan: Plan, report: Callable[..., None]) -> None:
    port = target.desk.house.settings.port
    before, started = target.dump(), time.monotonic()

    async def one(data: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):  # it may hang up before all has been said
            writer.write(data)
            await writer.drain()
            writer.write_eof()
            answer = await asyncio.wait_for(reader.read(), _PATIENCE)
            assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")), (answer[:300], data[:500])
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def all_at_once(batch: list[bytes]) -> None:
        await asyncio.gather(*(one(data) for data in batch))
        assert not target.alarm.lines, (target.alarm.lines[:3], batch)

    async def healthy() -> int:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.status

    sent = fire(plan, no_http(), lambda batch: target.runner.run(all_at_once(batch)))
    assert target.runner.run(healthy()) == 200
    assert target.dump() == before
    report("bytes to the port", sent, started)


@pytest.mark.parametrize("target", ["socket"], indirect=True)
def test_envelopes_that_are_none(target: Target, plan: Plan, report: Callable[..., None]) -> None:
    desk, started = target.desk, time.monotonic()

    async def all_at_once(batch: list[str]) -> None:
        await desk.slack.until(lambda: desk.slack.sockets.connections, what="a connection", timeout=_PATIENCE)
        for text in batch:
            await desk.slack.sockets.connections[-1].socket.send_str(text)
        assert (await desk.person("noor").command("/referrals help")).ok, batch
        assert not target.alarm.lines, (target.alarm.lines[:3], batch)

    sent = fire(plan, no_envelopes, lambda batch: target.runner.run(all_at_once(batch)))
    target.runner.run(desk.quiet())
    target.runner.run(assert_sound(desk))
    report("envelopes", sent, started)
