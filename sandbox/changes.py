"""One condition for "something changed", so that pages and tests wait for a state and never poll."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any


class NotReached(AssertionError):
    """What `until` waited for did not come; the text says what the workspace looked like instead."""


class Changes:
    """Counts changes and wakes whoever waits. Must be used from the loop that owns the sandbox."""

    def __init__(self, describe: Callable[[], str] | None = None) -> None:
        self.version = 0
        self.listeners: list[Callable[[], None]] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._describe = describe

    def mark(self) -> None:
        self.version += 1
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
        for listener in list(self.listeners):
            listener()

    async def next(self, seconds: float) -> bool:
        """Wait for the next change; False when `seconds` passed without one."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        done, _ = await asyncio.wait({future}, timeout=max(0.0, seconds))
        if not done:
            future.cancel()
        return bool(done)

    async def until(self, predicate: Callable[[], Any | Awaitable[Any]], timeout: float, what: str = "") -> Any:
        """The predicate's first truthy result, looked at now and after every change."""
        deadline = time.monotonic() + timeout
        while True:
            version = self.version
            result = predicate()
            if inspect.isawaitable(result):
                result = await result
            if result:
                return result
            if self.version != version:
                continue
            if not await self.next(deadline - time.monotonic()):
                seen = self._describe() if self._describe else ""
                name = what or getattr(predicate, "__qualname__", repr(predicate))
                raise NotReached(f"not reached in {timeout} s: {name}{_where(predicate)}\n{seen}")


def _where(predicate: Callable[[], Any]) -> str:
    code = getattr(predicate, "__code__", None)
    return f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
