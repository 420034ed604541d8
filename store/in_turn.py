"""A part of the database's connections for work that nobody waits for, so that it neither fails nor takes them all."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from .database import Database

T = TypeVar("T")


class InTurn:
    """A Database on which only so many work at once; the others wait for as long as it takes.

    A click gets an error when no connection is free within two seconds (store.database). Hundreds of jobs that begin
    together would meet that as well, in the middle of their work, and leave behind leases that only time ends.
    """

    def __init__(self, database: Database, at_once: int) -> None:
        self._database = database
        self._turns = asyncio.Semaphore(at_once)

    async def write(self, work: Callable[[Session], T]) -> T:
        async with self._turns:
            return await self._database.write(work)

    async def read(self, work: Callable[[Session], T]) -> T:
        async with self._turns:
            return await self._database.read(work)

    async def migrate(self) -> None:
        await self._database.migrate()

    async def close(self) -> None:
        await self._database.close()
