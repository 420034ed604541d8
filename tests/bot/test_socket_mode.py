"""Clicks that are under way when the process is told to stop are answered; then Slack hears nothing more."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import SettingsError
from bot.socket_mode import SocketMode, socket_address
from sandbox.server import Sandbox

pytestmark = pytest.mark.anyio


class Slow(AsyncApp):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-none", request_verification_enabled=False)
        self.begun, self.let = asyncio.Event(), asyncio.Event()

    async def async_dispatch(self, req: Any) -> BoltResponse:
        self.begun.set()
        await self.let.wait()
        return BoltResponse(status=200, body="")


class Line:
    """What was sent over the connection, in order with its end."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.logger = Slow().logger

    async def send_socket_mode_response(self, response: Any) -> None:
        self.told.append(response.envelope_id)


def _handler(app: AsyncApp, line: Line, monkeypatch: pytest.MonkeyPatch) -> SocketMode:
    handler = SocketMode(app, "xapp-none", AsyncWebClient("xoxb-none"), None)

    async def close() -> None:
        line.told.append("closed")

    monkeypatch.setattr(handler, "close_async", close)
    return handler


async def test_a_click_under_way_is_answered_before_the_line_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    app, line = Slow(), Line()
    handler = _handler(app, line, monkeypatch)
    click = asyncio.create_task(handler.handle(line, SocketModeRequest("interactive", "E1", {})))
    await app.begun.wait()
    ending = asyncio.create_task(handler.finish(20))
    await asyncio.sleep(0)
    assert not ending.done() and line.told == []
    app.let.set()
    await ending
    await click
    assert line.told == ["E1", "closed"]
    await handler.client.close()


async def test_what_never_ends_does_not_keep_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    app, line = Slow(), Line()
    handler = _handler(app, line, monkeypatch)
    click = asyncio.create_task(handler.handle(line, SocketModeRequest("interactive", "E1", {})))
    await app.begun.wait()
    await handler.finish(0.01)
    assert line.told == ["closed"]
    click.cancel()
    await handler.client.close()


async def test_a_refused_token_is_a_line_and_slacks_own_trouble_is_not(workspace: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(workspace.config.bot_token, workspace.api_url, session=session, retry_handlers=[])
        assert str(await socket_address(client, workspace.config.app_token)).startswith("ws")
        with pytest.raises(SettingsError, match=r"^SLACK_APP_TOKEN is refused"):
            await socket_address(client, "xapp-wrong")
