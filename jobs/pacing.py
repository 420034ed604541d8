"""Slack's rate for posting, held across all workers: about one message a second into a channel (PLATFORM.md)."""

import asyncio
import logging
import time
from datetime import timedelta

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from .errors import DeliveryError, FailureKind

log = logging.getLogger(__name__)

#: A little over a second, so that the steady state sees no 429.
POST_GAP = timedelta(milliseconds=1010)
#: Nobody stands in line for longer: a lease is running meanwhile.
_IN_LINE = timedelta(seconds=20)


class Pace:
    """Slots live in the queue's server, where every worker sees them; a flush only makes one post come early."""

    def __init__(self, redis: ArqRedis, gap: timedelta = POST_GAP) -> None:
        self._redis = redis
        self._gap_ms = int(gap.total_seconds() * 1000)

    async def slot(self, channel: str) -> None:
        """Returns when this caller may post into the channel.

        Raises DeliveryError when the queue cannot be asked, or when the turn is too far off to wait for it here.
        """
        end = time.monotonic() + _IN_LINE.total_seconds()
        try:
            while not await self._redis.set(self._key(channel), 1, nx=True, px=self._gap_ms):
                left = await self._redis.pttl(self._key(channel))
                if time.monotonic() + left / 1000 > end:
                    turn = timedelta(milliseconds=max(left, self._gap_ms))
                    raise DeliveryError("awaits_its_turn", FailureKind.RETRY, retry_after=turn)
                await asyncio.sleep(max(left, 5) / 1000)
        except (RedisError, OSError):
            raise DeliveryError("queue_unreachable", FailureKind.RETRY) from None

    async def hold(self, channel: str, wait: timedelta) -> None:
        """Slack said Retry-After: nobody posts there before. Without the queue, only the message refused waits."""
        try:
            await self._redis.set(self._key(channel), 1, px=max(1, int(wait.total_seconds() * 1000)))
        except (RedisError, OSError) as error:
            log.warning("channel_not_held", extra={"error": type(error).__name__})

    async def once(self, what: str, every: timedelta) -> bool:
        """Whether it is this caller's turn, of all workers, to do something that is done once in a while.

        Without the queue it is nobody's.
        """
        try:
            return bool(
                await self._redis.set(f"referrals:once:{what}", 1, nx=True, px=int(every.total_seconds() * 1000))
            )
        except (RedisError, OSError) as error:
            log.warning("no_turn", extra={"error": type(error).__name__})
            return False

    @staticmethod
    def _key(channel: str) -> str:
        return f"referrals:pace:{channel}"
