"""Keeps a piece of work from running beside itself in this process."""

from collections.abc import Awaitable, Callable


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
        try:
            while self._asked:
                self._asked = False
                await work()
        finally:
            self._running = False
