"""Slack's rate for posting, held across all workers: about one message a second into a channel (PLATFORM.md)."""

import asyncio
from datetime import timedelta

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from .errors import DeliveryError, FailureKind

#: A little over a second, so that the steady state sees no 429.
POST_GAP = timedelta(milliseconds=1010)


class Pace:
    """Slots live in the queue's server, where every worker sees them; a flush only makes one post come early."""

    def __init__(self, redis: ArqRedis, gap: timedelta = POST_GAP) -> None:
        self._redis = redis
        self._gap_ms = int(gap.total_seconds() * 1000)

    async def slot(self, channel: str) -> None:
        """Returns when this caller may post into the channel. Raises DeliveryError when the queue cannot be asked."""
        try:
            while not await self._redis.set(self._key(channel), 1, nx=True, px=self._gap_ms):
                left = await self._redis.pttl(self._key(channel))
                await asyncio.sleep(max(left, 5) / 1000)
        except (RedisError, OSError):
            raise DeliveryError("queue_unreachable", FailureKind.RETRY) from None

    async def hold(self, channel: str, wait: timedelta) -> None:
        """Slack said Retry-After: nobody posts there before."""
        await self._redis.set(self._key(channel), 1, px=max(1, int(wait.total_seconds() * 1000)))

    @staticmethod
    def _key(channel: str) -> str:
        return f"referrals:pace:{channel}"
