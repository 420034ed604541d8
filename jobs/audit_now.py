"""A look at everything of one practice because somebody asks for it: one at a time, with how far it has got.

That stands in the queue's server, where every process sees it, and goes by itself when the worker is lost. What was
found is left as the nightly look leaves it (``audit_runs.record``).
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from referrals.desk import Desk

from .audit_runs import record
from .auditing import audit_practice
from .contained import contained
from .queue import AUDIT_NOW
from .unless import unless

log = logging.getLogger(__name__)

#: Seconds for which it counts as asked for until a worker takes it up, and as under way without a sign of it.
_UNTIL_TAKEN_UP, _WITHOUT_A_SIGN = 120, 30
_EVERY = 1.0


@dataclass(slots=True)
class _Far:
    done: int = 0
    total: int = 0


class AuditNow:
    """What the page offers. The queue's troubles are answers here: nothing was begun, or nothing is known."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis

    async def begin(self, practice_id: str) -> bool:
        """False: the queue cannot be reached. One that is under way already is as good as a new one."""
        try:
            if await self._redis.set(_key(practice_id), "0 0", nx=True, ex=_UNTIL_TAKEN_UP):
                await self._redis.enqueue_job(AUDIT_NOW, practice_id)
        except (RedisError, OSError) as error:
            log.warning("queue_unreachable", extra={"error": type(error).__name__})
            return False
        return True

    async def far(self, practice_id: str) -> tuple[int, int] | None:
        """How many referrals have been looked at, of how many; (0, 0) before the first. None: none is under way."""
        try:
            value = await self._redis.get(_key(practice_id))
        except (RedisError, OSError):
            return None
        if value is None:
            return None
        done, _, total = value.decode().partition(" ")
        return int(done), int(total)


async def run(redis: ArqRedis, desk: Desk, stopping: asyncio.Event, practice_id: str) -> None:
    """Looks, tells how far it has got, and leaves word of what was found."""
    far = _Far()
    telling = asyncio.create_task(_tell(redis, practice_id, far))
    try:
        with contained("audit_now", practice=practice_id):
            await unless(stopping, _look(desk, practice_id, far))
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        with contextlib.suppress(RedisError, OSError):
            await redis.delete(_key(practice_id))


async def _look(desk: Desk, practice_id: str, far: _Far) -> None:
    def progress(done: int, total: int) -> None:
        far.done, far.total = done, total

    started = desk.clock.real()
    done = await audit_practice(desk, practice_id, progress=progress)
    await desk.do(practice_id, record, done, started)


async def _tell(redis: ArqRedis, practice_id: str, far: _Far) -> None:
    while True:
        with contextlib.suppress(RedisError, OSError):
            await redis.set(_key(practice_id), f"{far.done} {far.total}", ex=_WITHOUT_A_SIGN)
        await asyncio.sleep(_EVERY)


def _key(practice_id: str) -> str:
    return f"referrals:audit_now:{practice_id}"
