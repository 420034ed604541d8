"""Jobs take their turn at the database: however many begin together, none fails for want of a connection."""

import asyncio
from typing import Any, cast

import pytest

from store.database import Database
from store.in_turn import InTurn

pytestmark = pytest.mark.anyio


class Narrow:
    """A database with two connections that waits for none."""

    def __init__(self) -> None:
        self.under_way = 0
        self.done = 0

    async def write(self, work: Any) -> Any:
        return await self._use(work)

    async def read(self, work: Any) -> Any:
        return await self._use(work)

    async def _use(self, work: Any) -> Any:
        self.under_way += 1
        if self.under_way > 2:
            raise TimeoutError("no connection")
        await asyncio.sleep(0)
        self.under_way -= 1
        self.done += 1
        return work(None)


async def test_many_at_once_wait_and_none_fails() -> None:
    narrow = Narrow()
    database = InTurn(cast(Database, narrow), 2)
    answers = await asyncio.gather(
        *(database.read(lambda _: "read") for _ in range(50)), *(database.write(lambda _: "written") for _ in range(50))
    )
    assert answers == ["read"] * 50 + ["written"] * 50
    assert narrow.done == 100


async def test_who_gives_up_or_fails_leaves_the_turn_to_others() -> None:
    database = InTurn(cast(Database, Narrow()), 1)

    def fail(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    waiting = asyncio.create_task(database.read(lambda _: "read"))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await database.read(lambda _: "read") == "read"
