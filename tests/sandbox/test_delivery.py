"""How Slack reaches the app: tickets, envelopes, signatures, retries, and what the person sees when it fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.conftest import RunApp, actions, button, http_app, modal, section, socket_app, text_input

pytestmark = pytest.mark.anyio
ROOM = "C0REFERRALS"


class Listener:
    """A request URL that answers as told and keeps what came."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.answers: list[web.Response] = []

    async def receive(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.text()))
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
async def listener(box: Sandbox) -> AsyncIterator[Listener]:
    heard = Listener()
    runner = web.AppRunner(web.Application(), access_log=None)
    runner.app.router.add_post("/slack/events", heard.receive)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    box.config.mode = "http"
    box.config.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield heard
    await runner.cleanup()


async def test_requests_are_signed(box: Sandbox, listener: Listener) -> None:
    await box.person("maya").command("/referrals open")
    [(headers, body)] = listener.requests
    assert SignatureVerifier(box.config.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert "command=%2Freferrals&text=open" in body


async def test_events_are_tried_three_more_times(box: Sandbox, listener: Listener) -> None:
    listener.answers = [web.Response(status=500) for _ in range(4)]
    await box.person("maya").change(tz="America/Denver")
    await box.until(lambda: len(listener.requests) == 4)
    assert [headers.get("x-slack-retry-num") for headers, _ in listener.requests] == [None, "1", "2", "3"]
    assert listener.requests[1][0]["x-slack-retry-reason"] == "http_error"
    bodies = {body for _, body in listener.requests}
    assert len(bodies) == 1
    event = json.loads(bodies.pop())
    assert (event["event"]["type"], event["event"]["user"]["tz"]) == ("user_change", "America/Denver")


async def test_no_retry_when_the_app_says_so(box: Sandbox, listener: Listener) -> None:
    listener.answers = [web.Response(status=500, headers={"x-slack-no-retry": "1"})]
    await box.person("maya").change(title="LCSW-S")
    await box.person("maya").change(title="LCSW")
    assert len(listener.requests) == 2


async def test_only_subscribed_events(box: Sandbox, listener: Listener) -> None:
    await box.person("maya").say("hello", "referrals")
    assert await box.delivery.event({"type": "reaction_added"}) is None
    assert not listener.requests


async def test_lost_and_doubled_events(box: Sandbox, listener: Listener) -> None:
    box.fault("event_lost")
    await box.person("maya").change(title="a")
    assert not listener.requests
    box.fault("event_twice")
    await box.person("maya").change(title="b")
    first, second = (json.loads(body)["event_id"] for _, body in listener.requests)
    assert first == second


async def test_url_verification(box: Sandbox, listener: Listener) -> None:
    assert not await box.delivery.verify_request_url()
    async with http_app(box, lambda app: None):
        assert await box.delivery.verify_request_url()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: web.Response(status=500), "dispatch_failed"),
        (lambda: web.Response(status=404, text="no"), "dispatch_failed"),
        (lambda: web.Response(text="{broken", content_type="application/json"), "invalid_response"),
        (lambda: web.json_response({"blocks": "x"}), "invalid_command_response: invalid_blocks_format"),
    ],
)
async def test_a_failed_command_is_shown(box: Sandbox, listener: Listener, answer: Any, error: str) -> None:
    listener.answers = [answer()]
    person = box.person("maya")
    result = await person.command("/referrals open")
    assert (result.ok, result.error) == (False, error)
    assert error in person.notices[-1]
    assert not person.ephemerals


async def test_nobody_listens(box: Sandbox) -> None:
    result = await box.person("maya").command("/referrals open")
    assert result.error == "dispatch_failed"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "dance"}, "invalid_response"),
        ({"response_action": "errors", "errors": {"elsewhere": "x"}}, "invalid_errors"),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_view"),
    ],
)
async def test_a_malformed_answer_to_a_form_is_shown(
    box: Sandbox, listener: Listener, answer: dict[str, Any], error: str
) -> None:
    box.modals.open("U0MAYA", modal(text_input("a", optional=True)))
    listener.answers = [web.json_response(answer)]
    maya = box.person("maya")
    result = await maya.submit()
    assert not result.ok
    assert str(result.error).startswith(error)
    assert maya.view is not None
    assert "trouble connecting" in maya.notices[-1]


async def test_forms_may_update_push_and_clear(box: Sandbox, listener: Listener) -> None:
    maya = box.person("maya")
    box.modals.open("U0MAYA", modal(callback_id="one"))
    for answer in (
        {"response_action": "update", "view": modal(callback_id="two")},
        {"response_action": "push", "view": modal(callback_id="three")},
    ):
        listener.answers = [web.json_response(answer)]
        result = await maya.submit()
        assert result.ok
        assert not result.closed
        assert result.view is not None
    assert [view["callback_id"] for view in box.views.stack("U0MAYA")] == ["two", "three"]
    listener.answers = [web.json_response({"response_action": "clear"})]
    assert (await maya.submit()).closed
    assert maya.view is None


async def test_close_is_told_when_asked_for(box: Sandbox, listener: Listener) -> None:
    maya = box.person("maya")
    box.modals.open("U0MAYA", modal())
    await maya.close()
    assert not listener.requests
    box.modals.open("U0MAYA", modal(notify_on_close=True))
    await maya.close()
    assert "view_closed" in listener.requests[0][1]


async def test_a_ticket_works_once(box: Sandbox) -> None:
    url = box.sockets.ticket_url()
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", box.config.app_id)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_envelope_unanswered_is_a_timeout(box: Sandbox) -> None:
    box.config.answer_seconds = 0.1
    async with aiohttp.ClientSession() as session, session.ws_connect(box.sockets.ticket_url()) as socket:
        await socket.receive_json()
        answer = asyncio.create_task(box.person("maya").command("/referrals open"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert envelope["payload"]["text"] == "open"
        assert (await answer).error == "operation_timeout"


async def test_payloads_go_to_any_one_of_ten_connections(box: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(box.sockets.ticket_url()) for _ in range(11)]
        kinds = [(await socket.receive_json())["type"] for socket in sockets]
        assert kinds == ["hello"] * 10 + ["disconnect"]
        commands = [asyncio.create_task(box.person("maya").command("/referrals open")) for _ in range(10)]
        for socket in sockets[:10]:
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "yes"}})
        answers = await asyncio.gather(*commands)
        assert all(answer.ok for answer in answers)
        for socket in sockets:
            await socket.close()
    assert len(box.person("maya").ephemerals) == 10


@pytest.mark.parametrize("kind", ["socket_drop", "socket_refresh", "socket_warning"])
async def test_a_socket_ended_by_slack_is_opened_again(box: Sandbox, client: AsyncWebClient, kind: str) -> None:
    def register(app: AsyncApp) -> None:
        @app.action("accept")
        async def accept(ack: Any) -> None:
            await ack()

    async with socket_app(box, register):
        [before] = box.sockets.connections
        assert await box.sockets.disconnect(kind) == 1
        await box.until(lambda: before not in box.sockets.connections, timeout=15)
        await box.until(lambda: box.sockets.connections, timeout=15)
        posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=[actions(button("accept"))])
        assert (await box.person("maya").click(posted["ts"], "accept")).ok


async def test_a_double_delivery(box: Sandbox, client: AsyncWebClient, run_app: RunApp) -> None:
    seen: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.action("accept")
        async def accept(ack: Any, body: dict[str, Any]) -> None:
            seen.append(body["actions"][0]["action_ts"])
            await ack()

    await run_app(register)
    posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=[actions(button("accept"))])
    box.fault("interaction_twice")
    assert (await box.person("maya").click(posted["ts"], "accept")).ok
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_response_url_five_times(box: Sandbox, listener: Listener, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=[section("card"), actions(button("accept"))])
    await box.person("maya").click(posted["ts"], "accept")
    payload = json.loads(dict(parse_qsl(listener.requests[0][1]))["payload"])
    url = payload["response_url"]
    message = box.message(posted["ts"])
    async with aiohttp.ClientSession() as session:

        async def respond(**body: Any) -> tuple[int, Any]:
            async with session.post(url, json=body) as answer:
                return answer.status, (await answer.json()).get("error")

        assert await respond(text="in private", response_type="ephemeral", replace_original=False) == (200, None)
        assert await respond(text="for all", response_type="in_channel") == (200, None)
        assert await respond(text="") == (400, "no_text")
        assert message.action_ids == ["accept"]
        assert await respond(text="replaced", replace_original=True) == (200, None)
        assert (message.text, message.blocks) == ("replaced", [])
        assert await respond(delete_original=True) == (200, None)
        assert await respond(text="a sixth time") == (404, "used_url")
    assert [m.text for m in box.person("maya").ephemerals] == ["in private"]
    assert [m.text for m in box.channel("referrals").messages] == ["for all"]


async def test_the_clock_tells_the_desk(box: Sandbox, listener: Listener) -> None:
    box.config.clock_url = box.config.request_url
    before = box.workspace.clock.now()
    assert await box.advance(86_400)
    [(headers, body)] = listener.requests
    assert json.loads(body) == {"offset_seconds": 86_400}
    assert SignatureVerifier(box.config.signing_secret).is_valid_request(body, headers)
    assert box.workspace.clock.now() - before >= 86_400
    said = await box.person("maya").say("a day later", "referrals")
    assert float(said.ts) - before >= 86_400
    with pytest.raises(ValueError, match="forward"):
        await box.advance(-1)
