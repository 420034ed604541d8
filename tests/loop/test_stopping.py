"""A process that is told to stop while its worker asks the queue for work."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from arq.worker import Worker, func
from redis.asyncio.client import Pipeline

from jobs import worker
from jobs.queue import connect


@pytest.mark.parametrize("turn", range(5))
async def test_in_the_middle_of_a_round_it_gives_its_connection_back(
    flushed: str, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    """What is under way is met again in each round, and left alone: there redis-py tidies up with one more question."""
    redis, tidying, let_go, ended = await connect(flushed), asyncio.Event(), asyncio.Event(), []
    reset = Pipeline.reset

    async def told(self: Any) -> None:
        if self.watching:
            tidying.set()
        await reset(self)

    async def job(_ctx: dict[str, Any]) -> None:
        await let_go.wait()
        ended.append("job")

    def build(*_: Any, **__: Any) -> Worker:
        functions = [func(job, name="job")]
        reads = {"redis_pool": redis, "queue_name": "q", "poll_delay": 0.01, "job_deserializer": json.loads}
        return Worker(functions, handle_signals=False, **reads)

    monkeypatch.setattr(Pipeline, "reset", told)
    monkeypatch.setattr(worker, "build_worker", build)
    await redis.enqueue_job("job", _queue_name="q")
    deps: Any = SimpleNamespace(stopping=asyncio.Event())
    working = asyncio.create_task(worker.run_worker(redis, deps))
    await tidying.wait()
    for _ in range(turn):
        await asyncio.sleep(0)
    working.cancel()
    await deps.stopping.wait()
    let_go.set()
    await asyncio.gather(working, return_exceptions=True)
    assert ended == ["job"]
    assert not redis.connection_pool._in_use_connections  # type: ignore[attr-defined]
    await redis.aclose()
