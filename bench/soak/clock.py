"""The desk's clock, turned from outside: a signed request to any bot, from which all processes have it.

The workspace's own clock is left alone: a message has Slack's time, and the desk looks for it by the real clock.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import aiohttp

from sandbox.signing import slack_headers

_PATIENCE = aiohttp.ClientTimeout(total=5)


class DeskClock:
    """``base``: the address of a bot that is up, or None."""

    def __init__(self, web: aiohttp.ClientSession, secret: str, base: Callable[[], str | None]) -> None:
        self._web, self._secret, self._base = web, secret, base
        self._seconds = 0

    @property
    def offset(self) -> timedelta:
        return timedelta(seconds=self._seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    async def turn(self, by: timedelta) -> bool:
        """Whole seconds ahead; whether a bot said yes. One that was killed before it could is asked again later."""
        base, wanted = self._base(), self._seconds + int(by.total_seconds())
        if base is None:
            return False
        body = json.dumps({"offset_seconds": wanted}).encode()
        headers = {"Content-Type": "application/json"} | slack_headers(self._secret, body)
        try:
            async with self._web.post(f"{base}/clock", data=body, headers=headers, timeout=_PATIENCE) as answer:
                if answer.status != 200:
                    return False
        except (aiohttp.ClientError, TimeoutError):
            return False
        self._seconds = wanted
        return True
