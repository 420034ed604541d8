"""Read by Python at the start of a process whose PYTHONPATH names this folder: what can go wrong inside one.

SKEW_SECONDS: its machine's clock is wrong by that much. SKEW_FILE: by as much as the file says at that moment.
HANG_FILE: the sweep does not get on while the file is there, and each process whose sweep hangs leaves a file with its
pid beside it; and the auditor watches it for a moment, not for a minute.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from referrals.clock import Clock


def _skew() -> timedelta:
    if file := os.environ.get("SKEW_FILE"):
        return timedelta(seconds=float(Path(file).read_text() or 0))
    return timedelta(seconds=float(os.environ.get("SKEW_SECONDS", "0")))


def _wrong() -> datetime:
    return datetime.now(UTC) + _skew()


def _make_the_sweep_hang(file: str) -> None:
    from jobs import audit_runs, sweep

    go_on = sweep.act_on_deadlines

    async def hang(*args: Any) -> Any:
        if os.path.exists(file):  # noqa: ASYNC240, PTH110
            Path(f"{file}-{os.getpid()}").touch()  # noqa: ASYNC240
        while os.path.exists(file):  # noqa: ASYNC110, ASYNC240, PTH110 - a file sets no event
            await asyncio.sleep(0.05)
        return await go_on(*args)

    sweep.act_on_deadlines = hang
    audit_runs.run_in_turn.__defaults__ = (timedelta(seconds=1),)


Clock.real = staticmethod(_wrong)  # type: ignore[method-assign]
if "HANG_FILE" in os.environ:
    _make_the_sweep_hang(os.environ["HANG_FILE"])
