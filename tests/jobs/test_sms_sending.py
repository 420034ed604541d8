"""Sending by Twilio's API, against a real HTTP server that answers as Twilio does, or does not."""

import asyncio
import json
import logging
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from jobs.errors import DeliveryError, FailureKind
from jobs.sms import OPTED_OUT, TWILIO_API_URL, Texter

TO, BODY = "+12125550177", "Juniper Grove: a referral is waiting for you."
CANARIES = (TO, "5550177", "referral is waiting", "t0ken", "ACdesk")
RETRY, PERMANENT, UNKNOWN = FailureKind.RETRY, FailureKind.PERMANENT, FailureKind.UNKNOWN


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Twilio:
    status: int = 201
    body: Any = field(default_factory=lambda: {"sid": "SM1", "status": "queued"})
    headers: dict[str, str] = field(default_factory=dict)
    deed: str = ""
    seen: list[tuple[web.Request, dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request, dict(await request.post())))
        if self.deed == "hang":
            await self.done.wait()
        if self.deed == "drop" and request.transport:
            request.transport.close()
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return web.Response(status=self.status, text=text, headers=self.headers)


@asynccontextmanager
async def talking(twilio: Twilio, **more: Any) -> AsyncIterator[Texter]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", twilio.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    twilio.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession() as session:
            yield texter(session, twilio.url, **more)
    finally:
        twilio.done.set()
        await runner.cleanup()


def texter(session: aiohttp.ClientSession, url: str, sender: str = "+12125550199", timeout: float = 5) -> Texter:
    return Texter(session, account_sid="ACdesk", auth_token="t0ken", sender=sender, api_url=url, timeout=timeout)


async def failing(sender: Texter) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await sender.send(TO, BODY)
    return caught.value


async def test_it_posts_twilios_form_once() -> None:
    twilio = Twilio()
    async with talking(twilio) as sender:
        assert await sender.send(TO, BODY, status_callback="https://desk.example.com/sms/status") == "SM1"
    ((request, form),) = twilio.seen
    assert request.method == "POST" and request.path == "/2010-04-01/Accounts/ACdesk/Messages.json"
    assert request.headers["Authorization"] == "Basic " + b64encode(b"ACdesk:t0ken").decode()
    assert request.content_type == "application/x-www-form-urlencoded"
    callback = "https://desk.example.com/sms/status"
    assert form == {"From": "+12125550199", "To": TO, "Body": BODY, "StatusCallback": callback}


async def test_a_messaging_service_sends_without_a_number() -> None:
    twilio = Twilio()
    async with talking(twilio, sender="MG0123") as sender:
        await sender.send(TO, BODY)
    assert twilio.seen[0][1] == {"MessagingServiceSid": "MG0123", "To": TO, "Body": BODY}


def refusal(status: int, code: int) -> dict[str, Any]:
    return {"status": status, "body": {"code": code, "message": f"refused {TO}", "status": status}}


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        (refusal(400, 21610), OPTED_OUT, PERMANENT),
        (refusal(400, 21211), "twilio_21211", PERMANENT),
        (refusal(400, 21614), "twilio_21614", PERMANENT),
        (refusal(400, 21635), "twilio_21635", PERMANENT),
        (refusal(400, 30006), "twilio_30006", PERMANENT),
        (refusal(400, 21602), "twilio_21602", PERMANENT),
        (refusal(404, 20404), "twilio_20404", PERMANENT),
        (refusal(401, 20003), "twilio_20003", RETRY),
        (refusal(429, 20429), "twilio_20429", RETRY),
        ({"status": 429, "body": "slow down"}, "twilio_http_429", RETRY),
        (refusal(500, 20500), "twilio_20500", UNKNOWN),
        ({"status": 502, "body": "<html>Bad gateway"}, "twilio_http_502", UNKNOWN),
        ({"status": 503, "body": ""}, "twilio_http_503", UNKNOWN),
        ({"status": 302, "body": "", "headers": {"Location": "/elsewhere"}}, "twilio_http_302", UNKNOWN),
        ({"status": 201, "body": "queued"}, "twilio_no_sid", UNKNOWN),
        ({"status": 201, "body": {"sid": None}}, "twilio_no_sid", UNKNOWN),
        ({"status": 201, "body": []}, "twilio_no_sid", UNKNOWN),
        ({"deed": "drop"}, "twilio_dropped", UNKNOWN),
    ],
)
async def test_each_failure_is_told_for_what_it_is(
    answer: dict[str, Any], code: str, kind: FailureKind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="jobs")
    twilio = Twilio(**answer)
    async with talking(twilio) as sender:
        error = await failing(sender)
    assert (error.code, error.kind) == (code, kind)
    assert len(twilio.seen) == 1, "creating a message is not idempotent: never twice"
    assert error.__cause__ is None and error.__context__ is None
    logged = "".join(record.getMessage() for record in caplog.records if record.name.startswith("jobs"))
    for canary in CANARIES:
        assert canary not in repr(error) and canary not in logged


async def test_it_waits_as_long_as_it_is_asked_to() -> None:
    async with talking(Twilio(**refusal(429, 20429), headers={"Retry-After": "7"})) as sender:
        assert (await failing(sender)).retry_after == timedelta(seconds=7)
    async with talking(Twilio(**refusal(429, 20429), headers={"Retry-After": "soon"})) as sender:
        assert (await failing(sender)).retry_after is None


async def test_no_answer_is_unknown() -> None:
    async with talking(Twilio(deed="hang"), timeout=0.3) as sender:
        error = await failing(sender)
    assert (error.code, error.kind) == ("twilio_timeout", UNKNOWN)


async def test_nobody_there_is_tried_again() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        async with aiohttp.ClientSession() as session:
            error = await failing(texter(session, f"http://127.0.0.1:{held.getsockname()[1]}"))
    assert (error.code, error.kind) == ("twilio_unreachable", RETRY)


async def test_no_connection_is_kept_to_go_stale() -> None:
    twilio = Twilio()
    async with talking(twilio) as sender:
        await sender.send(TO, BODY)
        await sender.send(TO, BODY)
    assert all(request.headers["Connection"].casefold() == "close" for request, _ in twilio.seen)


async def test_twilio_itself_is_the_default() -> None:
    async with aiohttp.ClientSession() as session:
        sender = Texter(session, account_sid="ACdesk", auth_token="t0ken", sender="MG1")
    assert sender._url == f"{TWILIO_API_URL}/2010-04-01/Accounts/ACdesk/Messages.json"
