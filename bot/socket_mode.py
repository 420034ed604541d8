"""Slack's Socket Mode: proving the app token at the start, and letting clicks finish at the end."""

import asyncio
import logging
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.app import UNEXPECTED_SHAPE
from handlers.people import answered_code

from .settings import CURES, SettingsError

log = logging.getLogger(__name__)

#: A click has that long; nobody waits for its answer any more.
_FINISH_SECONDS = 3.0
#: Slack's own trouble: nothing is wrong with the token.
_PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"})


def will_pass(error: SlackApiError) -> bool:
    """Whether it says something of Slack's state, and nothing of ours."""
    return answered_code(error) in _PASSING or bool(error.response.status_code >= 500)


async def socket_address(client: AsyncWebClient, app_token: str) -> str | None:
    """Where to connect, once; None when Slack cannot say at the moment. Raises SettingsError for a refused token.

    The SDK itself would ask again for ever, whatever is wrong.
    """
    try:
        answer: Any = await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = answered_code(error)
        if will_pass(error):
            log.warning("socket_mode_not_yet", extra={"trouble": code})
            return None
        raise SettingsError([f"SLACK_APP_TOKEN is refused by Slack ({code}): {CURES['SLACK_APP_TOKEN']}"]) from error
    return str(answer["url"])


class SocketMode(AsyncSocketModeHandler):
    """Bolt's handler, which knows what is under way. ``address``: from ``socket_address``."""

    def __init__(self, app: Any, app_token: str, client: AsyncWebClient, address: str | None) -> None:
        super().__init__(app, app_token, web_client=client)
        self.client.wss_uri = address
        self._under_way: set[asyncio.Task[Any]] = set()

    async def handle(self, client: Any, req: Any) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("Bolt handles requests in tasks")
        self._under_way.add(task)
        try:
            await super().handle(client, req)
        except UNEXPECTED_SHAPE as error:  # the client would log it with its text, and the envelope goes unanswered
            log.warning("envelope_malformed", extra={"error": type(error).__name__})
        finally:
            self._under_way.discard(task)

    async def finish(self, seconds: float = _FINISH_SECONDS) -> None:
        """Closes once what is under way has been answered, or after ``seconds``: Slack hears nothing afterwards."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        await self.close_async()  # type: ignore[no-untyped-call]
