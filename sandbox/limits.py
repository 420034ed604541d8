"""Slack's rate limits on the real clock: who must wait, and how long. Knows nothing of HTTP or methods' work.

Source: https://docs.slack.dev/apis/web-api/rate-limits. Tiers are calls per minute and method; posting is about
one message a second and channel, with a short burst allowed, plus a ceiling for the whole workspace.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Calls per minute for each tier, and posts; `enabled=False` lets everything through."""

    enabled: bool = True
    tier1: int = 20
    tier2: int = 20
    tier3: int = 50
    tier4: int = 100
    special: int = 600
    post_per_second: float = 1.0
    post_burst: int = 5
    posts_per_minute: int = 300

    @classmethod
    def off(cls) -> RateLimits:
        return cls(enabled=False)

    def faster(self, times: float) -> RateLimits:
        """The same on a clock that runs so many times as fast; the burst stays what it is."""
        return replace(
            self,
            tier1=int(self.tier1 * times),
            tier2=int(self.tier2 * times),
            tier3=int(self.tier3 * times),
            tier4=int(self.tier4 * times),
            special=int(self.special * times),
            post_per_second=self.post_per_second * times,
            posts_per_minute=int(self.posts_per_minute * times),
        )

    def per_minute(self, tier: str) -> int:
        return int(getattr(self, tier))


@dataclass(slots=True)
class _Bucket:
    capacity: float
    per_second: float
    tokens: float
    at: float

    def missing(self, now: float) -> float:
        """Seconds until one call is free; 0 when it is."""
        self.tokens = min(self.capacity, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.per_second


@dataclass(slots=True)
class Limiter:
    """Token buckets per (method, channel); every refusal is counted, so a test can assert that none happened."""

    limits: RateLimits
    refused: Counter[str] = field(default_factory=Counter)
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def check(self, method: str, tier: str, channel: str = "") -> int | None:
        """None when the call may go on, else the whole seconds for Retry-After (at least 1)."""
        if not self.limits.enabled:
            return None
        now = time.monotonic()
        if tier == "post":
            workspace = self.limits.posts_per_minute
            buckets = [
                self._bucket((method, channel), self.limits.post_burst, self.limits.post_per_second, now),
                self._bucket((method, "*"), workspace, workspace / 60, now),
            ]
        else:
            per_minute = self.limits.per_minute(tier)
            buckets = [self._bucket((method, "*"), per_minute, per_minute / 60, now)]
        wait = max(bucket.missing(now) for bucket in buckets)
        if wait > 0:
            self.refused[method] += 1
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= 1
        return None

    def _bucket(self, key: tuple[str, str], capacity: float, per_second: float, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(capacity, per_second, capacity, now)
        return bucket
