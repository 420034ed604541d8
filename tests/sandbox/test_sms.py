"""The SMS stand-in, spoken to as Twilio is: form in, JSON out, signed callbacks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from sandbox import Sandbox

pytestmark = pytest.mark.anyio
MOBILE = "+15555550142"


async def send(box: Sandbox, **form: str) -> tuple[int, dict[str, Any]]:
    config = box.config
    url = f"{box.base_url}/2010-04-01/Accounts/{config.twilio_sid}/Messages.json"
    body = {"To": MOBILE, "From": "+15555550100", "Body": "A referral is waiting", **form}
    headers = {"Authorization": aiohttp.encode_basic_auth(config.twilio_sid, config.twilio_token)}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, data=body) as answer:
        return answer.status, await answer.json()


@pytest.fixture
async def hook(box: Sandbox) -> AsyncIterator[list[dict[str, str]]]:
    """Where callbacks and answers arrive; keeps only those whose signature Twilio's own library accepts."""
    kept: list[dict[str, str]] = []

    async def receive(request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        if not RequestValidator(box.config.twilio_token).validate(str(request.url), form, signature):
            return web.Response(status=403)
        kept.append(form)
        box.changes.mark()
        return web.Response()

    runner = web.AppRunner(web.Application(), access_log=None)
    runner.app.router.add_post("/sms", receive)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    box.config.sms_inbound_url = f"http://127.0.0.1:{runner.addresses[0][1]}/sms"
    yield kept
    await runner.cleanup()


async def test_accepted_and_reported(box: Sandbox, hook: list[dict[str, str]]) -> None:
    status, body = await send(box, StatusCallback=box.config.sms_inbound_url)
    assert (status, body["status"], body["error_code"]) == (201, "queued", None)
    assert body["sid"].startswith("SM")
    await box.until(lambda: len(hook) == 3, 20)
    assert [form["MessageStatus"] for form in hook] == ["queued", "sent", "delivered"]
    assert {form["MessageSid"] for form in hook} == {body["sid"]}
    [message] = box.sms.to(MOBILE)
    assert message.history == ["queued", "sent", "delivered"]
    assert message.callback_trouble == ""
    # A forged report is told apart by its signature, and what the app makes of it is shown.
    assert await box.sms.report(message, "failed", signature="forged") == 403
    assert message.callback_trouble == "11200: HTTP 403"
    assert box.traffic.log[-1]["note"] == "11200: HTTP 403" and not box.traffic.log[-1]["ok"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "555"}, 21211),
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "+15555550199"}, 21614),
        ({"StatusCallback": "/twilio/status"}, 21609),
        ({"StatusCallback": "ftp://desk.example.com/x"}, 21609),
    ],
)
async def test_refused(box: Sandbox, form: dict[str, str], code: int) -> None:
    box.sms.landlines.add("+15555550199")
    status, body = await send(box, **form)
    assert (status, body["code"]) == (400, code)
    assert not box.sms.messages


@pytest.mark.parametrize(
    ("kind", "status", "code", "stored"),
    [
        ("twilio_500", 500, 20500, 0),
        ("twilio_500_after", 500, 20500, 1),
        ("twilio_20429", 429, 20429, 0),
        ("twilio_20003", 401, 20003, 0),
        ("twilio_21610", 400, 21610, 0),
    ],
)
async def test_faults(box: Sandbox, kind: str, status: int, code: int, stored: int) -> None:
    box.fault(kind)
    got, body = await send(box)
    assert (got, body["code"], len(box.sms.messages)) == (status, code, stored)


async def test_wrong_credentials(box: Sandbox) -> None:
    url = f"{box.base_url}/2010-04-01/Accounts/{box.config.twilio_sid}/Messages.json"
    async with aiohttp.ClientSession() as session, session.post(url, data={"To": MOBILE}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, 20003)


async def test_stop_and_start(box: Sandbox, hook: list[dict[str, str]]) -> None:
    assert await box.sms.answer(MOBILE, " Stop ") == 200
    assert (await send(box))[1]["code"] == 21610
    await box.sms.answer(MOBILE, "START")
    assert (await send(box))[0] == 201
    assert [form.get("OptOutType") for form in hook] == ["STOP", "START"]
    assert hook[0]["From"] == MOBILE


async def test_an_answer_goes_back_to_whoever_wrote(box: Sandbox, hook: list[dict[str, str]]) -> None:
    await send(box, From="+15555550111")
    await box.sms.answer(MOBILE, "thanks")
    assert (hook[-1]["To"], hook[-1]["Body"], hook[-1].get("OptOutType")) == ("+15555550111", "thanks", None)
    assert await box.sms.answer(MOBILE, "STOP", signature="forged") == 403


async def test_a_text_can_be_lost_on_its_way(box: Sandbox, hook: list[dict[str, str]]) -> None:
    box.fault("sms_undelivered_30006")
    await send(box, StatusCallback=box.config.sms_inbound_url)
    await box.until(lambda: len(hook) == 3, 20)
    assert [(form["MessageStatus"], form.get("ErrorCode")) for form in hook] == [
        ("queued", None),
        ("sent", None),
        ("undelivered", "30006"),
    ]
    [message] = box.sms.to(MOBILE)
    assert (message.status, message.error_code) == ("undelivered", "30006")
    await send(box, StatusCallback=box.config.sms_inbound_url)
    await box.until(lambda: box.sms.to(MOBILE)[-1].status == "delivered", 20)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (web.Response(status=204), ""),
        (web.Response(), ""),
        (web.Response(text="<Response/>", content_type="text/xml"), ""),
        (web.Response(text="ok"), "12300: invalid Content-Type"),
        (web.Response(text="<Response>", content_type="text/xml"), "12100: document parse failure"),
        (web.Response(text="<html/>", content_type="text/xml"), "12200: no TwiML"),
        (web.Response(status=500), "11200: HTTP 500"),
    ],
)
async def test_it_is_as_strict_as_twilio_about_what_it_is_answered(
    box: Sandbox, answer: web.Response, trouble: str
) -> None:
    runner = web.AppRunner(web.Application(), access_log=None)

    async def receive(_request: web.Request) -> web.Response:
        return answer

    runner.app.router.add_post("/sms", receive)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    box.config.sms_inbound_url = f"http://127.0.0.1:{runner.addresses[0][1]}/sms"
    assert await box.sms.answer(MOBILE, "STOP") == answer.status
    assert box.sms.messages[-1].callback_trouble == trouble
    await runner.cleanup()
    await box.sms.answer(MOBILE, "STOP")
    assert box.sms.messages[-1].callback_trouble == "11205: HTTP connection failure"


async def test_the_account_tells_its_status_to_whoever_has_its_token(box: Sandbox) -> None:
    sid, token = box.config.twilio_sid, box.config.twilio_token

    async def account(of: str, *credentials: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": aiohttp.encode_basic_auth(*credentials)}
        async with aiohttp.ClientSession(headers=headers) as session:
            async with session.get(f"{box.base_url}/2010-04-01/Accounts/{of}.json") as answer:
                return answer.status, await answer.json()

    status, body = await account(sid, sid, token)
    assert (status, body["sid"], body["status"]) == (200, sid, "active")
    assert (await account(sid, sid, "wrong"))[1]["code"] == 20003
    assert (await account("ACother", sid, token))[1]["code"] == 20404
    assert not box.sms.messages
