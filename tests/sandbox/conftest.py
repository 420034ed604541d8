"""A running sandbox, and a real Bolt app connected to it over either transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import RateLimits, Sandbox, SandboxConfig


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def config() -> SandboxConfig:
    """Tests override this, or change it before asking for `box`."""
    return SandboxConfig(limits=RateLimits.off(), event_retry_seconds=(0.0, 0.0, 0.0), home_wait_seconds=0.5)


@pytest.fixture
async def box(config: SandboxConfig) -> AsyncIterator[Sandbox]:
    sandbox = await Sandbox(config).start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def client(box: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token=box.config.bot_token, base_url=box.api_url)


Register = Callable[[AsyncApp], None]
RunApp = Callable[[Register], Awaitable[AsyncApp]]


def bolt_app(box: Sandbox) -> AsyncApp:
    return AsyncApp(
        client=AsyncWebClient(token=box.config.bot_token, base_url=box.api_url),
        signing_secret=box.config.signing_secret,
        process_before_response=True,
    )


@asynccontextmanager
async def socket_app(box: Sandbox, register: Register) -> AsyncIterator[AsyncApp]:
    app = bolt_app(box)
    register(app)
    handler = AsyncSocketModeHandler(app, box.config.app_token, ping_interval=1)
    await handler.connect_async()
    await box.until(lambda: box.sockets.connections, what="a socket connection")
    try:
        yield app
    finally:
        await handler.close_async()


@asynccontextmanager
async def http_app(box: Sandbox, register: Register) -> AsyncIterator[AsyncApp]:
    app = bolt_app(box)
    register(app)

    async def events(request: web.Request) -> web.StreamResponse:
        answer = await app.async_dispatch(AsyncBoltRequest(body=await request.text(), headers=dict(request.headers)))
        return web.Response(
            status=answer.status, body=answer.body, headers={k: v[0] for k, v in answer.headers.items()}
        )

    runner = web.AppRunner(web.Application(), access_log=None)
    runner.app.router.add_post("/slack/events", events)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    box.config.mode = "http"
    box.config.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield app
    finally:
        await runner.cleanup()


@pytest.fixture(params=["socket", "http"])
async def run_app(request: Any, box: Sandbox) -> AsyncIterator[RunApp]:
    """`await run_app(register)` starts a Bolt app over Socket Mode, and again over signed HTTP."""
    transport = socket_app if request.param == "socket" else http_app
    running: list[Any] = []

    async def start(register: Register) -> AsyncApp:
        context = transport(box, register)
        running.append(context)
        return await context.__aenter__()

    yield start
    for context in running:
        await context.__aexit__(None, None, None)


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str, text: str = "Press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, **more}


def actions(*elements: dict[str, Any], block_id: str = "actions") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks),
        **more,
    }


def text_input(block_id: str, action_id: str = "text", **more: Any) -> dict[str, Any]:
    optional = {"optional": more.pop("optional")} if "optional" in more else {}
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": block_id},
        "element": {"type": "plain_text_input", "action_id": action_id, **more},
        **optional,
    }
