"""The arq worker: one function a kind of wake-up, and the sweep as its cron."""

import asyncio
import json
import logging
from typing import Any

from arq import cron
from arq.connections import ArqRedis
from arq.cron import CronJob
from arq.worker import Worker, func
from redis.exceptions import RedisError

from referrals import deadlines
from referrals.pausing import pause_ends
from referrals.tx import WakeKind

from . import audit_now, audit_runs, digest, retention, sweep
from .contained import contained
from .deps import JobDeps
from .posts import ChannelPoster
from .queue import ATTEND, AUDIT, AUDIT_NOW, QUEUE, RETENTION, SWEEP, serialize
from .sweep import Sweep

log = logging.getLogger(__name__)

SWEEP_EVERY = 5  # seconds
#: PLATFORM.md: arq's default of 0.5 s gave a click-to-card p95 of 446 ms, this one 51 ms.
_POLL_DELAY = 0.05
#: A sweep goes on for a minute and then ends its round: probing, a minute of taking on, and the longest attempt on top.
#: Whoever cuts a job off leaves what it sends in the dark.
_JOB_TIMEOUT = 600
#: Minutes. Apart from the full minute, where everything else is.
_AUDIT_EVERY, _AUDIT_SECOND = 5, 23
#: A look at everything takes about a second for a thousand referrals.
_AUDIT_TIMEOUT = 3600
#: What goes over a whole practice, one short transaction after another.
_TIMEOUTS = {AUDIT_NOW: _AUDIT_TIMEOUT, WakeKind.ERASE: _AUDIT_TIMEOUT}
_RETENTION_SECOND = 41
#: Seconds for what is under way when the process is told to stop; many a supervisor kills after ten.
_GRACE = 8.0
#: Of these, for a round of asking the queue to come to its end.
_ROUND = 1.0
_AFTER_A_LOSS = 1.0  # seconds


class Jobs:
    """The job functions, with what they need. Each takes a practice id and a row id, and looks at the row again."""

    def __init__(self, deps: JobDeps) -> None:
        self._deps = deps
        self._poster = ChannelPoster(deps)
        self._sweep = Sweep(deps, self._poster)

    async def attend(self, _ctx: dict[str, Any], practice_id: str) -> None:
        """Whatever a use case has just made due: cards, notices, posts. None of them waits for another."""
        await sweep.send_all(self._deps, self._poster, practice_id)

    async def remind(self, _ctx: dict[str, Any], practice_id: str, offer_id: str) -> None:
        await self._deps.desk.do(practice_id, deadlines.remind, offer_id)

    async def remind_client(self, _ctx: dict[str, Any], practice_id: str, offer_id: str) -> None:
        await self._deps.desk.do(practice_id, deadlines.remind_client, offer_id)

    async def expire(self, _ctx: dict[str, Any], practice_id: str, offer_id: str) -> None:
        await self._deps.desk.do(practice_id, deadlines.expire, offer_id)

    async def nudge(self, _ctx: dict[str, Any], practice_id: str, referral_id: str) -> None:
        await self._deps.desk.do(practice_id, deadlines.nudge, referral_id)

    async def escalate(self, _ctx: dict[str, Any], practice_id: str, referral_id: str) -> None:
        await self._deps.desk.do(practice_id, deadlines.escalate, referral_id)

    async def resume(self, _ctx: dict[str, Any], practice_id: str, provider_id: str) -> None:
        await self._deps.desk.do(practice_id, pause_ends.end_pauses, provider_id)

    async def digest(self, _ctx: dict[str, Any], practice_id: str, _same: str) -> None:
        await digest.look(self._deps, practice_id)

    async def sweep(self, _ctx: dict[str, Any]) -> None:
        await self._sweep.run()

    async def audit(self, ctx: dict[str, Any]) -> None:
        await audit_runs.run_in_turn(ctx["redis"], self._deps.desk, self._deps.stopping)

    async def audit_now(self, ctx: dict[str, Any], practice_id: str) -> None:
        await audit_now.run(ctx["redis"], self._deps.desk, self._deps.stopping, practice_id)

    async def erase(self, _ctx: dict[str, Any], practice_id: str, erasure_id: str) -> None:
        await retention.go_on(self._deps, practice_id, erasure_id)

    async def retention(self, _ctx: dict[str, Any]) -> None:
        await retention.run(self._deps)

    def by_name(self) -> dict[str, Any]:
        """Wake-up name to function. (arq's own type asks for a function with ``__qualname__``, which methods have.)"""
        return {
            ATTEND: self.attend,
            WakeKind.REMIND: self.remind,
            WakeKind.REMIND_CLIENT: self.remind_client,
            WakeKind.EXPIRE: self.expire,
            WakeKind.NUDGE: self.nudge,
            WakeKind.ESCALATE: self.escalate,
            WakeKind.RESUME: self.resume,
            WakeKind.DIGEST: self.digest,
            SWEEP: self.sweep,
            AUDIT: self.audit,
            AUDIT_NOW: self.audit_now,
            WakeKind.ERASE: self.erase,
            RETENTION: self.retention,
        }


def build_worker(redis: ArqRedis, deps: JobDeps, *, sweep_every: int | None = SWEEP_EVERY) -> Worker:
    """A worker on this connection. ``sweep_every``: seconds below 60; None leaves all to the wake-ups (for tests)."""
    jobs = Jobs(deps)
    return Worker(
        functions=[
            func(job, name=str(name), keep_result=0, timeout=_TIMEOUTS.get(name, _JOB_TIMEOUT), max_tries=3)
            for name, job in jobs.by_name().items()
        ],
        cron_jobs=_by_the_clock(jobs, sweep_every) if sweep_every else None,
        redis_pool=redis,
        queue_name=QUEUE,
        handle_signals=False,
        poll_delay=_POLL_DELAY,
        keep_result=0,
        max_jobs=20,
        health_check_interval=10,
        job_serializer=serialize,
        job_deserializer=json.loads,
    )


def _by_the_clock(jobs: Jobs, sweep_every: int) -> list[CronJob]:
    seconds, minutes = set(range(0, 60, sweep_every)), set(range(0, 60, _AUDIT_EVERY))
    return [
        cron(jobs.by_name()[SWEEP], name="cron:sweep", second=seconds, keep_result=0, timeout=_JOB_TIMEOUT),
        cron(
            jobs.by_name()[AUDIT],
            name="cron:audit",
            minute=minutes,
            second=_AUDIT_SECOND,
            keep_result=0,
            timeout=_AUDIT_TIMEOUT,
        ),
        cron(
            jobs.by_name()[RETENTION],
            name="cron:retention",
            minute=minutes,
            second=_RETENTION_SECOND,
            keep_result=0,
            timeout=_AUDIT_TIMEOUT,
        ),
    ]


async def run_worker(redis: ArqRedis, deps: JobDeps, *, sweep_every: int | None = SWEEP_EVERY) -> None:
    """Works until cancelled; a queue that stays away longer than its connection retries is waited for.

    Once cancelled it takes nothing on, and ends when what is under way is done, or after a few seconds. A lost queue
    ends no job: what is being sent has nothing to do with it.
    """
    deps.stopping.clear()
    await _plan(deps)
    under_way: set[asyncio.Task[Any]] = set()
    worker, working = _start(redis, deps, sweep_every)
    try:
        while True:
            await asyncio.wait([working])  # not awaited itself: cancelled in the middle, it would leave its connection
            under_way |= {job for job in worker.tasks.values() if not job.done()}
            for job in under_way:
                job.add_done_callback(under_way.discard)
            error = working.exception()
            if error is not None and not isinstance(error, RedisError | OSError):
                raise error
            log.warning("worker_lost_the_queue", extra={"error": type(error).__name__})
            await asyncio.sleep(_AFTER_A_LOSS)
            worker, working = _start(redis, deps, sweep_every)
    finally:
        deps.stopping.set()
        await _put_down(worker, working, under_way)


def _start(redis: ArqRedis, deps: JobDeps, sweep_every: int | None) -> tuple[Worker, asyncio.Task[None]]:
    worker = build_worker(redis, deps, sweep_every=sweep_every)
    return worker, asyncio.create_task(worker.async_run())


async def _plan(deps: JobDeps) -> None:
    with contained("plan"):
        for practice_id in await deps.desk.database.read(sweep.practice_ids):
            await digest.plan(deps, practice_id)


async def _put_down(worker: Worker, working: asyncio.Task[None], under_way: set[asyncio.Task[Any]]) -> None:
    """Lets running jobs finish; the leases and rows of those that take too long say where to go on."""
    worker.burst, worker.max_burst_jobs = True, 0  # arq's own way to an end: it takes nothing more on after this round
    await asyncio.wait([working], timeout=_ROUND)
    jobs = [job for job in (*under_way, *worker.tasks.values()) if not job.done()]
    if jobs:
        await asyncio.wait(jobs, timeout=_GRACE - _ROUND)
    for one in (*jobs, working):
        one.cancel()
    await asyncio.gather(*jobs, working, return_exceptions=True)
