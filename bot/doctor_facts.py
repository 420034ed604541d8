"""What the doctor's checks share: how a finding reads, and what is asked only once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from .settings import Settings

T = TypeVar("T")

#: Slack refuses nothing yet, but our signatures allow five minutes, and a clock that drifts goes on drifting.
MOST_SKEW = timedelta(seconds=30)


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it is, and what to do about it."""

    level: Level
    text: str


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warning(text: str) -> Finding:
    return Finding(Level.WARNING, text)


def problem(text: str) -> Finding:
    return Finding(Level.PROBLEM, text)


class Facts:
    """The settings, Slack's client, and answers that several checks look at."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, slack: AsyncWebClient) -> None:
        self.settings = settings
        self.session = session
        self.slack = slack
        self._asked: dict[str, asyncio.Task[Any]] = {}

    async def once(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        """The work's answer, or its error: the same to everybody who asks for it by this name."""
        if name in self._asked:
            work.close()
        else:
            self._asked[name] = asyncio.create_task(work)
        answer: T = await asyncio.shield(self._asked[name])  # one who gives up waiting does not end it for the others
        return answer

    async def close(self) -> None:
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)


def compared(whose: str, theirs: datetime, ours: datetime) -> Finding:
    """Two clocks, both aware UTC, looked at in the same moment."""
    skew = (ours - theirs).total_seconds()
    if abs(skew) > MOST_SKEW.total_seconds():
        side = "ahead of" if skew > 0 else "behind"
        return problem(f"this machine is {abs(skew):.0f} s {side} {whose}: set its clock (systemctl status chrony)")
    return ok(f"within {max(1, round(abs(skew)))} s of {whose}")
