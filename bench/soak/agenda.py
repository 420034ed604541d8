"""What people mean to do and when, on the desk's clock, and how many of them are at it."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count

Act = Callable[[], Awaitable[None]]
#: So many at once; more would wait for the machine, not for the desk.
_AT_ONCE = 12


class Agenda:
    """``troubles``: what acts raised. A person who does not find a button any more raises nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.troubles: list[str] = []
        self._now = now
        self._planned: list[tuple[datetime, int, Act]] = []
        self._numbers = count()
        self._running: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(_AT_ONCE)

    def at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._planned, (moment, next(self._numbers), act))

    @property
    def behind(self) -> int:
        """How many have begun or wait for their turn, though their moment has come."""
        return len(self._running)

    def begin_due(self) -> None:
        while self._planned and self._planned[0][0] <= self._now():
            task = asyncio.create_task(self._do(heapq.heappop(self._planned)[2]))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def end(self, seconds: float) -> bool:
        """Nobody begins anything; whether all who have begun have come to an end."""
        self._planned.clear()
        if not self._running:
            return True
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        return not late

    async def close(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _do(self, act: Act) -> None:
        async with self._free:
            try:
                await act()
            except Exception as error:  # noqa: BLE001 - the boundary of one person: the others go on
                self.troubles.append(f"{type(error).__name__}: {error}"[:300])
