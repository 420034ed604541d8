"""The queue: its connection, and turning a use case's wake-ups into jobs. Losing a wake-up costs only time."""

import asyncio
import json
import logging
import socket
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from referrals.clock import Clock
from referrals.tx import Wake

log = logging.getLogger(__name__)

QUEUE = "referrals:queue"
ATTEND = "attend"
SWEEP = "sweep"
AUDIT = "audit"
AUDIT_NOW = "audit_now"
RETENTION = "retention"

#: Seconds. A burst of clicks is answered by one job a moment later; the first of them has its own at once.
_TOGETHER = 0.02


def serialize(job: object) -> bytes:
    """JSON, not arq's default pickle: what is read back from the queue must not be able to run anything."""
    return json.dumps(job).encode()


#: A connection that a firewall has silently dropped would hold the worker for good; the kernel notices within half a
#: minute. (Not ``socket_timeout``: redis-py 5 then writes through Python 3.11's ``wait_for``, which may swallow the
#: cancelling that ends a worker.)
_TCP = {
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "socket_keepalive_options": {
        socket.TCP_KEEPIDLE: 10,  # seconds
        socket.TCP_KEEPINTVL: 5,
        socket.TCP_KEEPCNT: 3,
        getattr(socket, "TCP_USER_TIMEOUT", 18): 25_000,  # milliseconds that what was sent may stay unanswered
    },
}


async def connect(url: str) -> ArqRedis:
    """From ``REDIS_URL``. Raises RedisError or OSError when it does not answer.

    A server that restarts is waited for rather than ending the worker.
    """
    pool = ConnectionPool.from_url(
        url,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=2, base=0.05), 8),
        retry_on_error=[RedisConnectionError, RedisTimeoutError, OSError],
        **({} if url.startswith("unix:") else _TCP),
    )
    redis = ArqRedis(pool, job_serializer=serialize, job_deserializer=json.loads, default_queue_name=QUEUE)
    redis.auto_close_connection_pool = True
    await redis.ping()
    return redis


class Waker:
    """Hands wake-ups to the queue behind the caller's back, so that a click never waits for it.

    What is due now needs one job a practice, however many clicks ask for it within ``_TOGETHER``.
    """

    def __init__(self, redis: ArqRedis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: set[str] = set()
        self._attending: set[str] = set()

    async def __call__(self, wakes: Sequence[Wake]) -> None:
        for practice_id in {wake.practice_id for wake in wakes if wake.at is None}:
            self._asked.add(practice_id)
            if practice_id not in self._attending:
                self._attending.add(practice_id)
                self.behind(self._attend(practice_id))
        if later := [wake for wake in wakes if wake.at is not None]:
            self.behind(self._defer(later))

    async def settle(self) -> None:
        """Waits until everything handed over so far is in the queue, or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def sweep(self) -> None:
        """Asks for a sweep now, after the desk clock was turned."""
        with _tolerance():
            await self._redis.enqueue_job(SWEEP)

    def behind(self, work: Coroutine[None, None, None]) -> None:
        """Runs it as a task of the house: nobody waits for it but ``settle``. It must contain its own errors."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attend(self, practice_id: str) -> None:
        try:
            while practice_id in self._asked:
                self._asked.discard(practice_id)
                with _tolerance():
                    await self._redis.enqueue_job(ATTEND, practice_id)
                await asyncio.sleep(_TOGETHER)
        finally:
            self._attending.discard(practice_id)

    async def _defer(self, wakes: Sequence[Wake]) -> None:
        with _tolerance():
            for wake in wakes:
                # arq cuts a moment to whole milliseconds: a job that comes a trice too early would find nothing due.
                moment = self._clock.real_moment(wake.at) + timedelta(milliseconds=1) if wake.at else None
                await self._redis.enqueue_job(wake.kind, wake.practice_id, wake.id, _defer_until=moment)


@contextmanager
def _tolerance() -> Iterator[None]:
    """A queue that cannot be reached costs time, not work: the sweep makes up for it."""
    try:
        yield
    except (RedisError, OSError) as error:
        log.warning("queue_unreachable", extra={"error": type(error).__name__})
