"""Stopping without cutting anything off, sweeps that do not pile up, and the small print of Slack's answers."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from jobs import alone, sweep, worker
from jobs.errors import DeliveryError
from jobs.pacing import Pace
from jobs.posts import ChannelPoster
from jobs.slack import _seconds
from referrals import deadlines
from store.tables import Offer
from tests.desk import Office

from .outside import Outside

pytestmark = pytest.mark.anyio


class Queue:
    """Stands in for arq's worker, whose one job waits for ``let_go``; ``lost`` when its queue is to be away."""

    def __init__(self) -> None:
        self.finished: list[str] = []
        self.let_go, self.lost, self.begun = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.workers = 0

    def build(self, *_: Any, **__: Any) -> Any:
        self.workers += 1
        tasks = {"a": asyncio.create_task(self._job())} if self.workers == 1 else {}
        built = SimpleNamespace(tasks=tasks, burst=False, max_burst_jobs=-1)
        built.async_run = lambda: self._poll(built)
        self.begun.set()
        return built

    async def _job(self) -> None:
        await self.let_go.wait()
        self.finished.append("sent")

    async def _poll(self, worker: Any) -> None:
        while not worker.burst:
            if self.lost.is_set():
                self.lost.clear()
                raise RedisConnectionError
            await asyncio.sleep(0.001)
        await asyncio.gather(*worker.tasks.values())


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue()
    monkeypatch.setattr(worker, "build_worker", queue.build)
    monkeypatch.setattr(worker, "_AFTER_A_LOSS", 0.01)
    return queue


async def test_what_is_under_way_is_finished_when_the_worker_stops(queue: Queue) -> None:
    deps: Any = SimpleNamespace(stopping=asyncio.Event())
    working = asyncio.create_task(worker.run_worker(None, deps))  # type: ignore[arg-type]
    await queue.begun.wait()
    working.cancel()
    await deps.stopping.wait()
    queue.let_go.set()
    await asyncio.gather(working, return_exceptions=True)
    assert queue.finished == ["sent"]


async def test_a_job_that_does_not_end_is_cut_off(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_GRACE", 0.02)
    monkeypatch.setattr(worker, "_ROUND", 0.01)
    deps: Any = SimpleNamespace(stopping=asyncio.Event())
    working = asyncio.create_task(worker.run_worker(None, deps))  # type: ignore[arg-type]
    await queue.begun.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert queue.finished == []


async def test_a_queue_that_is_lost_cuts_nothing_off(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asked the process to stop, and what is being sent has nothing to do with the queue."""
    monkeypatch.setattr(worker, "_GRACE", 0.02)
    monkeypatch.setattr(worker, "_ROUND", 0.01)
    deps: Any = SimpleNamespace(stopping=asyncio.Event())
    working = asyncio.create_task(worker.run_worker(None, deps))  # type: ignore[arg-type]
    await queue.begun.wait()
    queue.begun.clear()
    queue.lost.set()
    await queue.begun.wait()
    assert queue.workers == 2 and not deps.stopping.is_set()
    queue.let_go.set()
    async with asyncio.timeout(20):
        while not queue.finished:  # noqa: ASYNC110 - a list sets no event
            await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert queue.finished == ["sent"]


async def test_work_that_is_asked_for_all_the_time_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that went on for as long as others ask for one would be cut off in the middle."""
    monkeypatch.setattr(alone, "_AT_MOST", 0)
    done, once = 0, alone.Alone()

    async def work() -> None:
        nonlocal done
        done += 1
        await once.run(work)  # somebody asks again meanwhile

    await once.run(work)
    assert done == 1
    await once.run(work)
    assert done == 2, "the next caller does what was left"


async def test_sweeps_do_not_pile_up_while_sending_is_slow(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    running = most = sent = decided = 0
    sending, let_go = asyncio.Event(), asyncio.Event()

    async def slow(*_: Any) -> int:
        nonlocal running, most, sent
        running, sent = running + 1, sent + 1
        most = max(most, running)
        sending.set()
        await let_go.wait()
        running -= 1
        return 0

    async def count(*_: Any) -> None:
        nonlocal decided
        decided += 1

    monkeypatch.setattr(sweep.outbox, "drain", slow)
    monkeypatch.setattr(sweep, "act_on_deadlines", count)
    monkeypatch.setattr(sweep, "practice_ids", lambda _session: [office.practice_id])
    deps = Outside().deps(office)
    sweeps = sweep.Sweep(deps, ChannelPoster(deps))
    first = asyncio.create_task(sweeps.run())
    await sending.wait()
    await asyncio.gather(*(sweeps.run() for _ in range(5)))
    assert most == 1 and decided > 1, "deadlines do not wait for what is being sent"
    let_go.set()
    await first
    assert most == 1 and sent == 2


async def test_a_new_card_does_not_wait_for_notices(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails that link to the card come back every second until it is posted: they would keep the outbox busy."""
    let_go = asyncio.Event()

    async def endless(*_: Any) -> int:
        await let_go.wait()
        return 0

    monkeypatch.setattr(sweep.outbox, "drain", endless)
    await office.submit()
    outside = Outside()
    deps = outside.deps(office)
    sending = asyncio.create_task(worker.Jobs(deps).attend({}, office.practice_id))
    async with asyncio.timeout(20):
        while not outside.posts:  # noqa: ASYNC110 - a list sets no event
            await asyncio.sleep(0.01)
    assert not sending.done()
    let_go.set()
    await sending
    assert len(outside.posts) == 1


async def test_one_deadline_that_raises_stops_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await office.submit(), await office.submit()
    expire = deadlines.expire

    def broken(tx: Any, offer_id: str) -> bool:
        if offer_id == first.offer_id:
            raise LookupError("Ada Canary-Quill")
        return expire(tx, offer_id)

    monkeypatch.setattr(sweep.deadlines, "expire", broken)
    office.clock.turn(days=3)
    assert (await sweep.act_on_deadlines(Outside().deps(office), office.practice_id)).expired == 1
    assert [(await office.rows(Offer, id=one.offer_id))[0].outcome for one in (first, second)] == [None, "expired"]


async def test_a_queue_that_is_away_does_not_hide_what_slack_said() -> None:
    class Away:
        async def set(self, *_: Any, **__: Any) -> None:
            raise RedisConnectionError

    pace = Pace(Away())  # type: ignore[arg-type]
    await pace.hold("C0", timedelta(seconds=1))
    with pytest.raises(DeliveryError) as raised:
        await pace.slot("C0")
    assert raised.value.code == "queue_unreachable"


async def test_nobody_stands_in_line_longer_than_a_lease() -> None:
    class Held:
        async def set(self, *_: Any, **__: Any) -> None:
            return None

        async def pttl(self, _key: str) -> int:
            return 60_000

    with pytest.raises(DeliveryError) as raised:
        await Pace(Held()).slot("C0")  # type: ignore[arg-type]
    assert raised.value.retry_after == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), (None, 1), ("Wed, 21 Oct 2026 07:28:00 GMT", 1), ("nan", 1), ("-5", 1), ("9" * 30, 3600)],
)
async def test_any_retry_after_is_understood(said: str | None, seconds: int) -> None:
    assert _seconds(said) == timedelta(seconds=seconds)
