"""A way through the test for a connection that the desk makes, so that it can be cut, stalled, slowed or refused."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Wire:
    """Listens on ``port`` and passes bytes on to ``to_port``, both on loopback. Starts whole."""

    port: int
    to_port: int
    delay: float = 0.0  # seconds, for every piece in either direction
    made: int = 0  # connections so far
    _server: asyncio.Server | None = None
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def mend(self) -> None:
        """Whole again, whatever was done to it."""
        self.delay = 0.0
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    def stall(self) -> None:
        """Connections can be made and stay open, and nothing gets through."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def cut(self) -> int:
        """Ends every connection at once, as a pulled cable does; new ones can be made. How many there were."""
        for writer in self._writers:
            writer.transport.abort()
        return len(self._writers)

    async def refuse(self) -> None:
        """Cut, and nobody answers until it is mended."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    async def close(self) -> None:
        await self.refuse()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.made += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, back}
        self._writers |= ends
        both = [asyncio.create_task(self._pass(reader, back)), asyncio.create_task(self._pass(there, writer))]
        self._tasks.update(both)
        await asyncio.gather(*both, return_exceptions=True)
        self._tasks.difference_update(both)
        self._writers -= ends
        for end in ends:
            end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                await self._flowing.wait()
                if writer.transport.is_closing():  # cut while it was stalled: what was on its way is lost
                    return
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
