"""When the worker looks, and what it leaves behind: a row a run, a line in the log, an item for the coordinators.

Whatever has happened lately is looked at every few minutes, everything each night; the desk is unready while something
is wrong (``referrals.audit.state``).
"""

import asyncio
import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from arq.connections import ArqRedis
from redis.exceptions import RedisError
from sqlalchemy import delete
from sqlmodel import col

from referrals import links
from referrals.audit import Audit, Rule
from referrals.audit.state import SWEEP_STANDS_STILL, last_clean, last_whole, sweep_age
from referrals.desk import Desk
from referrals.outbox import alert_practice, settle_practice
from referrals.tx import Tx
from store.ids import new_id
from store.tables import AuditRun
from store.vocabulary import AttentionKind

from .auditing import PATIENCE, audit_practice, watched
from .contained import contained
from .sweep import practice_ids
from .unless import unless

log = logging.getLogger(__name__)

#: When a practice's night is; the whole look comes at the first chance after it.
_NIGHT = 3
#: A whole look that found something is repeated soon, but takes a tenth of the time at most.
_REPEATED_AFTER = 10
_LOCK = "referrals:auditing"
_LOCK_SECONDS = 600
_KEPT_RUNS = timedelta(days=7)
SWEEP_TROUBLE = "stands_still"


async def run_in_turn(redis: ArqRedis, desk: Desk, stopping: asyncio.Event, patience: timedelta = PATIENCE) -> None:
    """One at a time across all workers; given up when the process stops, because the next one will look again."""
    if not await _my_turn(redis):
        return
    try:
        await unless(stopping, run(desk, patience))
    finally:
        with contained("audit_lock"):
            await redis.delete(_LOCK)


async def _my_turn(redis: ArqRedis) -> bool:
    """A lock whose worker is lost frees itself. Without the queue two may look at once, which does no harm."""
    try:
        return bool(await redis.set(_LOCK, "1", nx=True, ex=_LOCK_SECONDS))
    except (RedisError, OSError) as error:
        log.warning("queue_unreachable", extra={"error": type(error).__name__})
        return True


async def run(desk: Desk, patience: timedelta = PATIENCE) -> None:
    """Looks at every practice, as much of it as is due, and leaves word of what was found."""
    ids = await desk.database.read(practice_ids)
    moves = await watched(patience, lambda: _sweep_moves(desk))
    for practice_id in ids:
        with contained("audit", practice=practice_id):
            await desk.do(practice_id, note_sweep, moves)
            started = desk.clock.real()
            since = await desk.ask(practice_id, beginning)
            done = await audit_practice(desk, practice_id, since, patience=patience)
            await desk.do(practice_id, record, done, started)
            if done.whole:  # once a night; of no concern to what was looked at
                await desk.do(practice_id, links.forget)


async def _sweep_moves(desk: Desk) -> bool:
    age = await desk.database.read(lambda session: sweep_age(session, desk.clock.real()))
    return age is not None and age <= SWEEP_STANDS_STILL


def note_sweep(tx: Tx, moves: bool) -> None:
    if moves:
        settle_practice(tx, AttentionKind.SWEEP)
    else:
        log.error("sweep_stands_still", extra={"practice": tx.practice_id})
        alert_practice(tx, AttentionKind.SWEEP, SWEEP_TROUBLE)


def beginning(tx: Tx) -> str | None:
    """Where the look that is due now begins; None for a whole one."""
    whole, clean = last_whole(tx), last_clean(tx)
    if whole is None or whole_is_due(whole, tx.real_now, tx.practice().time_zone):
        return None
    return (clean or whole).up_to


def whole_is_due(last: AuditRun, now: datetime, time_zone: str) -> bool:
    """Once a night of the practice; sooner after one that found something, so that what was mended is seen."""
    if last.findings:
        return now >= last.finished_at + _REPEATED_AFTER * (last.finished_at - last.started_at)
    local = now.astimezone(ZoneInfo(time_zone))
    night = local.replace(hour=_NIGHT, minute=0, second=0, microsecond=0)
    if night > local:
        night -= timedelta(days=1)  # of the wall clock, as people count nights
    return last.started_at < night


def record(tx: Tx, done: Audit, started: datetime) -> None:
    """Leaves word of a run: a row, and what coordinators have to know."""
    tx.session.add(
        AuditRun(
            id=new_id(),
            practice_id=tx.practice_id,
            whole=done.whole,
            started_at=started,
            finished_at=tx.real_now,
            looked_at=done.looked_at.referrals,
            findings=done.wrong,
            first=f"{done.first.rule}:{done.first.table}:{done.first.row_id}" if done.first else None,
            up_to=done.up_to,
        )
    )
    if done.whole:
        _forget_old_runs(tx)
    if done.first is None:
        _settle(tx, done)
        return
    log.error(
        "audit_failed",
        extra={
            "practice": tx.practice_id,
            "rule": done.first.rule,
            "table": done.first.table,
            "row": done.first.row_id,
            "findings": done.wrong,
        },
    )
    for rule in Rule:
        if done.whole and rule is not done.first.rule:
            settle_practice(tx, AttentionKind.AUDIT, rule)
    alert_practice(tx, AttentionKind.AUDIT, done.first.rule)


def _settle(tx: Tx, done: Audit) -> None:
    """A look at a part takes nothing back that a look at everything has found."""
    whole = last_whole(tx)
    if done.whole or whole is None or whole.findings == 0:
        settle_practice(tx, AttentionKind.AUDIT)


def _forget_old_runs(tx: Tx) -> None:
    tx.session.connection().execute(
        delete(AuditRun).where(
            col(AuditRun.practice_id) == tx.practice_id,
            col(AuditRun.whole).is_(False),
            col(AuditRun.finished_at) < tx.real_now - _KEPT_RUNS,
        )
    )
