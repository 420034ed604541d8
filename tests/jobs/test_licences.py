"""Once an hour of the desk clock, and one worker of all."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from jobs.licences import look
from store.tables import Attention
from tests.desk import Office, office

__all__ = ["office"]


class Turns:
    """As the queue's server has it: whoever asks first."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    async def once(self, what: str, _every: timedelta) -> bool:
        mine = what not in self.taken
        self.taken.add(what)
        return mine


async def test_one_worker_looks_and_the_next_hour_again(office: Office) -> None:
    await office.provider("Maya Chen", licences=[{"state": "NY", "expires": "2025-11-20"}])
    turns = Turns()
    one: Any = SimpleNamespace(desk=office.desk, once=turns.once)
    other: Any = SimpleNamespace(desk=office.desk, once=turns.once)
    assert await look(one, office.practice_id) == 1
    await office.provider("Noor Bakshi", licences=[{"state": "NY", "expires": "2025-11-21"}])
    assert await look(other, office.practice_id) == 0, "not this hour"
    assert len(await office.rows(Attention)) == 1
    office.clock.turn(hours=1)
    assert [await look(other, office.practice_id), await look(one, office.practice_id)] == [1, 0]
    assert len(await office.rows(Attention)) == 2
