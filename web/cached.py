"""An answer that is worked out once for everybody who asks within the same few seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cached(Generic[T]):
    """``await cached()``. Whoever asks while it is being worked out waits for that; what it raises is not kept."""

    def __init__(
        self, work: Callable[[], Awaitable[T]], seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._work, self._seconds, self._clock = work, seconds, clock
        self._lock = asyncio.Lock()
        self._kept: tuple[float, T] | None = None

    async def __call__(self) -> T:
        async with self._lock:
            if self._kept is None or self._clock() - self._kept[0] >= self._seconds:
                found = await self._work()
                self._kept = (self._clock(), found)
            return self._kept[1]
