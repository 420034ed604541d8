"""What the auditor finds in every practice, as values that a command and the process it asks can hand to each other."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from jobs.auditing import PATIENCE, audit_practice
from jobs.sweep import practice_ids
from referrals.desk import Desk
from referrals.tx import Tx

from .progress import Progress


async def report_of(desk: Desk, progress: Progress, patience: timedelta = PATIENCE) -> dict[str, Any]:
    """``practices``: of each its name, how many rows were looked at, how much is wrong, and the first in words."""
    practices = []
    for practice_id in await desk.database.read(practice_ids):
        practice = await desk.ask(practice_id, Tx.practice)
        done = await audit_practice(desk, practice_id, patience=patience, progress=progress)
        first = str(done.first) if done.first else None
        looked_at = asdict(done.looked_at)
        practices.append({"name": practice.name, "looked_at": looked_at, "wrong": done.wrong, "first": first})
    return {"practices": practices}
