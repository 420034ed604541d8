"""A workspace's practice is remembered: also beyond its time, while the database is too slow to say it again."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from handlers import practices
from handlers.practices import Practices
from tests.handlers.conftest import Stage


async def test_a_slow_database_does_not_take_a_clicks_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practices, "_PATIENCE_SECONDS", 0.01)
    practice = await stage.desk.ask("p", lambda tx: tx.practice())
    known = Practices(stage.desk.database, ttl=0)
    seat = await known.of(practice.team_id)
    assert seat is not None and seat.practice_id == "p"

    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    async def broken(*_: Any) -> None:
        raise OperationalError("", {}, Exception())

    for read in (never, broken):
        monkeypatch.setattr(stage.desk.database, "read", read)
        async with asyncio.timeout(20):
            assert await known.of(practice.team_id) == seat
    known.forget(practice.team_id)
    with pytest.raises(OperationalError):
        await known.of(practice.team_id)
