"""Work that is given up when the process is told to stop, and whose failure is not."""

import asyncio

import pytest

from jobs.unless import unless

pytestmark = pytest.mark.anyio


async def _answer() -> str:
    return "done"


async def _fail() -> None:
    raise LookupError("a row that cannot be read")


async def test_what_it_answers_and_what_it_raises_comes_through() -> None:
    assert await unless(asyncio.Event(), _answer()) == "done"
    with pytest.raises(LookupError):
        await unless(asyncio.Event(), _fail())


async def test_it_is_given_up_once_the_process_stops() -> None:
    stopping, ended = asyncio.Event(), asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(unless(stopping, for_ever()))
    await asyncio.sleep(0)
    stopping.set()
    assert await waiting is None and ended.is_set()
