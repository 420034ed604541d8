"""The queue: its connection, and turning a use case's wake-ups into jobs. Losing a wake-up costs only time."""

import asyncio
import json
import logging
from collections.abc import Sequence

from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from referrals.clock import Clock
from referrals.tx import Wake, WakeKind

log = logging.getLogger(__name__)

QUEUE = "referrals:queue"


def serialize(job: object) -> bytes:
    """JSON, not arq's default pickle: what is read back from the queue must not be able to run anything."""
    return json.dumps(job).encode()


async def connect(settings: RedisSettings) -> ArqRedis:
    return await create_pool(settings, job_serializer=serialize, job_deserializer=json.loads, default_queue_name=QUEUE)


def redis_settings(url: str) -> RedisSettings:
    """From ``REDIS_URL``; a server that restarts is waited for rather than ending the worker."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout = 2
    settings.conn_retries = 3
    settings.retry = Retry(ExponentialBackoff(cap=2, base=0.05), 8)
    settings.retry_on_error = [RedisConnectionError, RedisTimeoutError, OSError]
    return settings


class Waker:
    """Hands wake-ups to the queue behind the caller's back, so that a click never waits for it."""

    def __init__(self, redis: ArqRedis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._sending: set[asyncio.Task[None]] = set()

    async def __call__(self, wakes: Sequence[Wake]) -> None:
        task = asyncio.create_task(self._send(wakes))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def settle(self) -> None:
        """Waits until everything handed over so far is in the queue, or given up."""
        await asyncio.gather(*self._sending)

    async def sweep(self) -> None:
        """Asks for a sweep now, after the desk clock was turned."""
        await self._redis.enqueue_job("sweep")

    async def _send(self, wakes: Sequence[Wake]) -> None:
        try:
            for wake in _distinct(wakes):
                await self._enqueue(wake)
        except (RedisError, OSError) as error:
            log.warning("queue_unreachable", extra={"error": type(error).__name__})  # the sweep makes up for it

    async def _enqueue(self, wake: Wake) -> None:
        if wake.at is None:
            await self._redis.enqueue_job(wake.kind, wake.practice_id, wake.id)
            return
        moment = self._clock.real_moment(wake.at)
        await self._redis.enqueue_job(wake.kind, wake.practice_id, wake.id, _defer_until=moment)


def _distinct(wakes: Sequence[Wake]) -> list[Wake]:
    """One delivery job drains all that is due, so one is enough; the same card twice is once."""
    kept: dict[tuple[WakeKind, str], Wake] = {}
    for wake in wakes:
        key = (wake.kind, wake.practice_id if wake.kind is WakeKind.DELIVERY else wake.id)
        kept.setdefault(key, wake)
    return list(kept.values())
