"""Which referrals' clients are past the time for which they are kept: the rule as one query. It changes nothing.

DOMAIN.md section 3, rule 8: closed, never scheduled, closed so many days ago (of 24 hours, as every window), not on
legal hold. Whoever was scheduled has become a patient, whose record is kept by other rules than these.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_
from sqlalchemy import select as columns_of
from sqlmodel import col, func, select

from store.tables import Erasure, History, Referral
from store.tables.referral import TO_ERASE

from ..actor import SYSTEM
from ..lifecycle import Event
from ..tx import Tx

#: The hour of the practice's night at which a day's erasing begins; after the auditor's, and no clock jumps there.
NIGHT = 4


def up_to(tx: Tx, now: datetime) -> datetime:
    """Closed by then is due at ``now``."""
    return now.astimezone(tx.now.tzinfo) - timedelta(days=tx.practice().retain_days)


def due(tx: Tx, until: datetime) -> Select[Any]:
    """id, code, closed_at and close_reason of those closed by ``until``, the oldest first."""
    columns: Select[Any] = columns_of(Referral.id, Referral.code, Referral.closed_at, Referral.close_reason)  # type: ignore[call-overload]
    rows = columns.where(_closed(tx), col(Referral.closed_at) <= until, _erasable())
    return rows.order_by(col(Referral.closed_at), col(Referral.id))


def due_of(tx: Tx, run: Erasure) -> Select[Any]:
    """What this erasing has left to do: less, where the rule has become longer since it was begun.

    A hold that has ended since was not in its dry run; nor, by night, was one that ended after the night began.
    """
    decided = last_night(run.asked_at, tx.practice().time_zone) if by_night(run) else run.asked_at
    return due_since(tx, min(run.up_to, up_to(tx, tx.now)), decided)


def due_since(tx: Tx, until: datetime, decided: datetime) -> Select[Any]:
    """The same without whoever's hold began or ended after that moment."""
    return due(tx, until).where(~_happened(Event.HOLD, col(History.at) > decided))


def by_night(run: Erasure) -> bool:
    return run.asked_by == SYSTEM.name


def on_hold(tx: Tx, until: datetime) -> int:
    """How many stay only because of that."""
    count = select(func.count()).select_from(Referral)
    held = count.where(_closed(tx), col(Referral.closed_at) <= until, col(Referral.legal_hold), _never_scheduled())
    return tx.session.exec(held).one()


def next_due(tx: Tx, until: datetime) -> datetime | None:
    """When the first of those that were closed after ``until`` will be due."""
    rows = select(Referral.closed_at).where(_closed(tx), col(Referral.closed_at) > until, _erasable())
    closed_at = tx.session.exec(rows.order_by(col(Referral.closed_at)).limit(1)).first()
    return closed_at + timedelta(days=tx.practice().retain_days) if closed_at else None


def last_night(now: datetime, time_zone: str) -> datetime:
    """The latest beginning of a night's erasing; aware, in the practice's zone."""
    local = now.astimezone(ZoneInfo(time_zone))
    night = local.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)  # of the wall clock, as people count nights


def digest(days: int, ids: Sequence[str]) -> str:
    """Of a rule and the whole list that it gives."""
    return hashlib.sha256("\n".join([str(days), *ids]).encode()).hexdigest()[:32]


def _closed(tx: Tx) -> ColumnElement[bool]:
    return and_(col(Referral.practice_id) == tx.practice_id, TO_ERASE)


def _erasable() -> ColumnElement[bool]:
    return and_(col(Referral.legal_hold).is_(False), _never_scheduled())


def _never_scheduled() -> ColumnElement[bool]:
    """Its own row forgets that it was scheduled when the provider gives it back; its history does not."""
    return and_(col(Referral.scheduled_at).is_(None), ~_happened(Event.SCHEDULED))


def _happened(event: Event, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    rows = select(History.id).where(
        col(History.subject_id) == Referral.id, History.event == event, History.result == "done", *conditions
    )
    return rows.exists()
