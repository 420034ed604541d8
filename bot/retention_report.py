"""What is past its time in every practice, and erasing it, as values that command and process hand each other."""

import asyncio
from typing import Any

from jobs.retention import leave_nothing
from jobs.sweep import practice_ids
from referrals.actor import OPERATOR
from referrals.desk import Desk
from referrals.retention import runs as retention
from referrals.retention.runs import Begun, DryRun
from referrals.tx import Tx
from store.tables import Erasure

from .progress import Progress


async def retain(desk: Desk, stopping: asyncio.Event, erase: int | None, progress: Progress) -> dict[str, Any]:
    """``practices``: of each what its dry run says. ``erased``: how many were; None where nothing was to be.

    ``erase``: of all practices together, and only if that many are due at this moment.
    """
    runs = {id: await desk.ask(id, retention.dry_run) for id in await desk.database.read(practice_ids)}
    names = {id: (await desk.ask(id, Tx.practice)).name for id in runs}
    report: dict[str, Any] = {"practices": [_said(names[id], run) for id, run in runs.items()], "erased": None}
    if erase is None or erase != sum(run.total for run in runs.values()):
        return report
    report["erased"] = 0
    for id, run in runs.items():
        if run.total:
            report["erased"] += await _erase(desk, stopping, id, run, progress)
    await leave_nothing(desk)
    return report


async def _erase(desk: Desk, stopping: asyncio.Event, practice_id: str, run: DryRun, progress: Progress) -> int:
    """What changed in the moment between is not erased, and looks like an erasing of none."""
    begun = await desk.do(practice_id, retention.begin, OPERATOR, run.digest)
    if not isinstance(begun, Begun):
        return 0
    while not stopping.is_set() and await desk.do(practice_id, retention.erase_some, begun.erasure_id):
        progress(await _far(desk, practice_id, begun.erasure_id), begun.total)
    return await _far(desk, practice_id, begun.erasure_id)


async def _far(desk: Desk, practice_id: str, erasure_id: str) -> int:
    found = await desk.ask(practice_id, lambda tx: tx.get(Erasure, erasure_id))
    return found.erased if found else 0


def _said(name: str, run: DryRun) -> dict[str, Any]:
    return {
        "name": name,
        "days": run.days,
        "due": run.total,
        "codes": [one.code for one in run.first],
        "on_hold": run.on_hold,
        "next_due": run.next_due.isoformat(timespec="minutes") if run.next_due else None,
        "nightly": run.nightly,
    }
