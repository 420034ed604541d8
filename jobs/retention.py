"""Erases by night, and goes on with whatever erasing was begun: a batch, a transaction. Decides nothing itself."""

import logging

from referrals.desk import Desk
from referrals.retention import runs as retention
from store.database import SqliteDatabase

from .contained import contained
from .deps import JobDeps
from .sweep import practice_ids

log = logging.getLogger(__name__)


async def run(deps: JobDeps) -> None:
    """Once in a while: begins what the night has made due, and ends what a process that is gone has begun."""
    for practice_id in await deps.desk.database.read(practice_ids):
        with contained("retention", practice=practice_id):
            await deps.desk.do(practice_id, retention.begin_nightly)
            for erasure_id in await deps.desk.ask(practice_id, retention.unfinished):
                await go_on(deps, practice_id, erasure_id)
    if not deps.stopping.is_set():
        await leave_nothing(deps.desk, again=True)


async def go_on(deps: JobDeps, practice_id: str, erasure_id: str) -> None:
    """To its end, unless the process is told to stop. Two at the same one take turns, and erase nobody twice."""
    begun = False
    while not deps.stopping.is_set() and await deps.desk.do(practice_id, retention.erase_some, erasure_id):
        begun = True
    if not deps.stopping.is_set():
        await leave_nothing(deps.desk)
        log.info("erasing_done", extra={"practice": practice_id, "erasure": erasure_id, "batches": begun})


async def leave_nothing(desk: Desk, again: bool = False) -> None:
    """What was erased still stands in SQLite's log until that is folded into the file.

    ``again``: only where it did not come through the last time, or has not been tried in this process yet.
    """
    if isinstance(desk.database, SqliteDatabase) and not (again and desk.database.folded):
        with contained("fold_log"):
            await desk.database.fold_log()
