"""Keeps a piece of work from running beside itself in this process."""

import time
from collections.abc import Awaitable, Callable

#: Seconds after which it leaves what is asked for to the next caller. Work that takes longer than the pause between two
#: calls would otherwise keep the first caller for ever, and a job that never ends is cut off in the middle.
_AT_MOST = 60


class Alone:
    """A call while the work runs only makes it run once more afterwards, however many calls there were."""

    def __init__(self) -> None:
        self._running = False
        self._asked = False

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        self._asked = True
        if self._running:
            return
        self._running = True
        end = time.monotonic() + _AT_MOST
        try:
            while True:
                self._asked = False
                await work()
                if not self._asked or time.monotonic() >= end:
                    break
        finally:
            self._running = False
