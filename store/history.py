"""Appends to the history and checks its chains. Rows are never changed or deleted."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .ids import new_id
from .tables import History, Practice, Provider, Referral
from .vault import Vault

Subject = Referral | Provider | Practice


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``data`` holds ids and codes only, so that erasing a client breaks nothing."""

    event: str
    actor: str
    surface: str
    result: str = "done"
    on_behalf_of: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def append(vault: Vault, subject: Subject, entry: Entry, at: datetime) -> History:
    """The next row of the subject's chain; moves the head kept on the subject, whose row must be locked."""
    row = History(
        id=new_id(),
        practice_id=subject.id if isinstance(subject, Practice) else subject.practice_id,
        subject=type(subject).__name__.lower(),
        subject_id=subject.id,
        seq=subject.history_count + 1,
        at=at,
        event=entry.event,
        result=entry.result,
        actor=entry.actor,
        on_behalf_of=entry.on_behalf_of,
        surface=entry.surface,
        data=entry.data,
        hash="",
    )
    row.hash = vault.link(subject.history_head, _message(row))
    subject.history_head, subject.history_count = row.hash, row.seq
    return row


def first_broken(vault: Vault, rows: Iterable[History], head: str, count: int) -> int | None:
    """The seq at which one subject's chain breaks, or None. ``rows`` in order; a missing last row breaks at its seq."""
    previous, seq = "", 0
    for row in rows:
        seq += 1
        if row.seq != seq or row.hash != vault.link(previous, _message(row)):
            return seq
        previous = row.hash
    return None if (previous, seq) == (head, count) else seq + 1


def _message(row: History) -> bytes:
    parts = [
        row.subject_id,
        row.seq,
        row.at.isoformat(),
        row.event,
        row.result,
        row.actor,
        row.on_behalf_of,
        row.surface,
    ]
    return json.dumps([*parts, row.data], sort_keys=True, separators=(",", ":")).encode()
