"""A check that somebody asks for: one at a time, with how far it is, and its result left as a night's is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from jobs import audit_now, auditing
from jobs.audit_now import AuditNow
from store.tables import AuditRun
from tests.desk import Office
from tests.referrals.audit.office_life import everything_sent

pytestmark = pytest.mark.anyio


class Queue:
    """The few commands of the queue's server that are used here, in memory. ``away``: it does not answer."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.asked: list[tuple[Any, ...]] = []
        self.away = False
        self.all_looked_at = asyncio.Event()

    def _answer(self) -> None:
        if self.away:
            raise RedisConnectionError

    async def set(self, key: str, value: str, nx: bool = False, ex: int = 0) -> bool | None:
        self._answer()
        assert ex > 0, "what a lost worker leaves behind goes by itself"
        if nx and key in self.kept:
            return None
        self.kept[key] = value.encode()
        if value == "3 3":
            self.all_looked_at.set()
        return True

    async def get(self, key: str) -> bytes | None:
        self._answer()
        return self.kept.get(key)

    async def delete(self, key: str) -> None:
        self._answer()
        self.kept.pop(key, None)

    async def enqueue_job(self, *job: Any) -> None:
        self._answer()
        self.asked.append(job)


@pytest.fixture
async def queue() -> AsyncIterator[Any]:
    yield Queue()


async def test_it_looks_at_everything_tells_how_far_it_is_and_leaves_its_result(
    office: Office, queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_now, "_EVERY", 0.001)
    for _ in range(3):
        await office.submit(None)
    await office.do(everything_sent)
    now = AuditNow(queue)
    assert await now.far(office.practice_id) is None
    assert await now.begin(office.practice_id) and await now.begin(office.practice_id)
    assert queue.asked == [("audit_now", office.practice_id)], "not twice at a time"
    assert await now.far(office.practice_id) == (0, 0)
    seen, going_on = asyncio.Event(), asyncio.Event()
    real = auditing._follow

    async def held(*given: Any) -> None:
        seen.set()
        await going_on.wait()
        await real(*given)

    monkeypatch.setattr(auditing, "_follow", held)
    running = asyncio.create_task(audit_now.run(queue, office.desk, asyncio.Event(), office.practice_id))
    async with asyncio.timeout(20):
        await seen.wait()
        await queue.all_looked_at.wait()
        assert await now.far(office.practice_id) == (3, 3)
        going_on.set()
        await running
    assert await now.far(office.practice_id) is None
    assert [(one.whole, one.looked_at, one.findings) for one in await office.rows(AuditRun)] == [(True, 3, 0)]
    assert await now.begin(office.practice_id) and len(queue.asked) == 2


async def test_a_process_that_stops_gives_it_up_and_leaves_no_sign(office: Office, queue: Any) -> None:
    now, stopping = AuditNow(queue), asyncio.Event()
    await office.submit(None)
    await now.begin(office.practice_id)
    stopping.set()
    async with asyncio.timeout(20):
        await audit_now.run(queue, office.desk, stopping, office.practice_id)
    assert await now.far(office.practice_id) is None and await office.rows(AuditRun) == []


async def test_a_queue_that_is_away(office: Office, queue: Any) -> None:
    now = AuditNow(queue)
    queue.away = True
    assert not await now.begin(office.practice_id)
    assert await now.far(office.practice_id) is None


def test_signs_come_oftener_than_they_end() -> None:
    assert timedelta(seconds=audit_now._EVERY * 5) < timedelta(seconds=audit_now._WITHOUT_A_SIGN)
