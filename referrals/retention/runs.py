"""Erasing whoever is past their time: a dry run first, then exactly what that has shown, batch by batch.

Who that is stands in ``past_time``, and what erasing one client does in ``erasing``; nothing of a client is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from store.ids import new_id
from store.tables import Erasure, History
from store.vocabulary import CloseReason

from ..actor import SYSTEM, Actor, Surface
from ..outcomes import Refusal, Refused
from ..settings.change import EVENT as SETTING
from ..settings.names import Setting
from ..tx import Tx, WakeKind
from . import past_time
from .erasing import erase

#: What history calls a look at a dry run, taking it out as a file, the beginning of an erasing, and turning the
#: nightly one on or off.
VIEW, EXPORT, ERASE, SWITCH = "view_retention", "export_retention", "erase_due", "retention"
#: Codes that a dry run lists.
LISTED = 200
#: Of one transaction, which on SQLite takes some tens of milliseconds.
BATCH = 25


@dataclass(frozen=True, slots=True)
class Due:
    """A referral whose client would be erased. ``closed_at``: aware UTC."""

    code: str
    closed_at: datetime
    reason: CloseReason | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """``digest`` stands for the rule and the whole list, of which ``first`` are the oldest ``LISTED``."""

    days: int
    total: int
    first: Sequence[Due]
    on_hold: int
    next_due: datetime | None  # when the first of those that are not due yet will be
    digest: str
    nightly: bool
    last: Erasure | None  # the latest, under way where it is not finished

    @property
    def under_way(self) -> Erasure | None:
        return self.last if self.last is not None and self.last.finished_at is None else None


@dataclass(frozen=True, slots=True)
class Begun:
    erasure_id: str
    total: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Nothing was done: the list, or the rule, is no longer what was shown, or somebody else erases already."""

    now: DryRun


def dry_run(tx: Tx) -> DryRun:
    """What would be erased now. Changes nothing."""
    practice = tx.practice()
    up_to = past_time.up_to(tx, tx.now)
    rows = tx.session.execute(past_time.due(tx, up_to)).all()
    return DryRun(
        days=practice.retain_days,
        total=len(rows),
        first=[Due(row.code, row.closed_at, row.close_reason) for row in rows[:LISTED]],
        on_hold=past_time.on_hold(tx, up_to),
        next_due=past_time.next_due(tx, up_to),
        digest=past_time.digest(practice.retain_days, [row.id for row in rows]),
        nightly=practice.erases_itself,
        last=latest(tx),
    )


def look(tx: Tx, actor: Actor) -> Refused | None:
    """Records that a coordinator looks at a dry run, which is read apart from it."""
    if not actor.coordinator:
        return _refuse(tx, actor, VIEW)
    tx.record(tx.locked_practice(), VIEW, actor)
    return None


def export(tx: Tx, actor: Actor, rows: int) -> Refused | None:
    """Records that a coordinator takes a dry run's whole list out as a file, before it is handed over."""
    if not actor.coordinator:
        return _refuse(tx, actor, EXPORT)
    tx.record(tx.locked_practice(), EXPORT, actor, rows=rows)
    return None


def listed(tx: Tx) -> Sequence[Due]:
    """Everything that is due, for a file."""
    rows = tx.session.execute(past_time.due(tx, past_time.up_to(tx, tx.now)))
    return [Due(row.code, row.closed_at, row.close_reason) for row in rows]


def begin(tx: Tx, actor: Actor, digest: str) -> Begun | Moved | Refused:
    """Erasing of what the dry run with this digest has shown. The jobs do it, and go on with it after a crash."""
    if not actor.coordinator:
        return _refuse(tx, actor, ERASE)
    tx.locked_practice()  # two who begin at once: the second sees the first one's
    shown = dry_run(tx)
    if shown.under_way is not None or shown.digest != digest or not shown.total:
        return Moved(shown)
    return _begin(tx, actor, past_time.up_to(tx, tx.now), shown.total)


def begin_nightly(tx: Tx) -> Begun | None:
    """The night's erasing, at the first chance after its hour: of what was due by then. None: nothing to do.

    Turning it on, or another number of days, counts from the night to come.
    """
    practice = tx.practice()
    if not practice.erases_itself:
        return None
    night = past_time.last_night(tx.now, practice.time_zone)
    up_to = past_time.up_to(tx, night)
    due = past_time.due_since(tx, up_to, night)
    if tx.session.execute(due.limit(1)).first() is None:
        return None
    practice = tx.locked_practice()
    running = latest(tx)
    if running is not None and running.finished_at is None:
        return None
    if not practice.erases_itself or _changed_since(tx, night):
        return None
    return _begin(tx, SYSTEM, up_to, len(tx.session.execute(due).all()))


def _changed_since(tx: Tx, night: datetime) -> bool:
    """Whether the rule, or that it is followed by itself, is another than when the night began."""
    # ``|| ''`` keeps SQLite from reading all of the practice's own history instead of a day.
    own = col(History.subject_id).concat("") == tx.practice_id
    rows = select(History).where(History.practice_id == tx.practice_id, col(History.at) > night, own)
    changes = tx.session.exec(rows.where(col(History.event).in_((SWITCH, SETTING)), History.result == "done"))
    return any(row.event == SWITCH or row.data.get("setting") == Setting.RETAIN for row in changes)


def erase_some(tx: Tx, erasure_id: str) -> bool:
    """The next batch of an erasing; whether there is more to do. Each call is one transaction.

    A night's erasing ends where it stands once the practice no longer erases by itself.
    """
    run = tx.lock(Erasure, erasure_id)
    if run is None or run.finished_at is not None:
        return False
    if past_time.by_night(run) and not tx.practice().erases_itself:
        run.finished_at = tx.now
        return False
    done, more = _batch(tx, run)
    run.erased += done
    if not more:
        run.finished_at = tx.now
    return more


def _batch(tx: Tx, run: Erasure) -> tuple[int, bool]:
    """How many were erased, and whether more may lie behind them. Whoever cannot be erased stops nobody's turn."""
    actor, passed = Actor(run.asked_by, Surface(run.surface)), 0
    while True:
        ids = [row.id for row in tx.session.execute(past_time.due_of(tx, run).offset(passed).limit(BATCH))]
        done = sum(erase(tx, actor, id) for id in ids)
        if done or len(ids) < BATCH:
            return done, len(ids) == BATCH
        passed += BATCH


def unfinished(tx: Tx) -> Sequence[str]:
    """The erasings that somebody has to go on with."""
    runs = select(Erasure.id).where(Erasure.practice_id == tx.practice_id, col(Erasure.finished_at).is_(None))
    return tx.session.exec(runs.order_by(col(Erasure.id))).all()


def latest(tx: Tx) -> Erasure | None:
    runs = select(Erasure).where(Erasure.practice_id == tx.practice_id)
    return tx.session.exec(runs.order_by(col(Erasure.id).desc()).limit(1)).first()


def switch(tx: Tx, actor: Actor, on: bool, digest: str) -> DryRun | Moved | Refused:
    """Turns the nightly erasing on, which takes a look at a dry run (its digest), or off, which takes nothing."""
    if not actor.coordinator:
        return _refuse(tx, actor, SWITCH)
    practice = tx.locked_practice()
    shown = dry_run(tx)
    if on and shown.digest != digest:
        return Moved(shown)
    before = practice.erases_itself
    if before != on:
        practice.erases_after = practice.retain_days if on else None
        tx.record(practice, SWITCH, actor, before=before, after=on, days=practice.retain_days)
    return dry_run(tx)


def _begin(tx: Tx, actor: Actor, up_to: datetime, total: int) -> Begun:
    run = Erasure(
        id=new_id(),
        practice_id=tx.practice_id,
        asked_by=actor.name,
        surface=actor.surface,
        asked_at=tx.now,
        up_to=up_to,
        total=total,
    )
    tx.add(run)
    tx.record(tx.locked_practice(), ERASE, actor, run=run.id, total=total)
    tx.wake(WakeKind.ERASE, run.id, tx.now)
    return Begun(run.id, total)


def _refuse(tx: Tx, actor: Actor, event: str) -> Refused:
    tx.record(tx.locked_practice(), event, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)
