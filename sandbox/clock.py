"""The workspace clock: the real one plus an offset that only grows. Message timestamps come from here."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class WorkspaceClock:
    offset_seconds: float = 0.0
    _last_micros: int = 0

    def now(self) -> float:
        """Epoch seconds, UTC."""
        return time.time() + self.offset_seconds

    def advance(self, seconds: float) -> None:
        """Turn the clock forward; timestamps must stay in order, so back is refused with ValueError."""
        if seconds < 0:
            raise ValueError("the workspace clock only turns forward")
        self.offset_seconds += seconds

    def next_ts(self) -> str:
        """A message timestamp as Slack writes it: unique and increasing, six decimals."""
        micros = max(int(self.now() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
