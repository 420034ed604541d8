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


def append(vault: Vault, subject: Subject, entry: Entry, at: datetime) -> dict[str, Any]:
    """The values of the next row of the subject's chain. Moves the head kept on the subject, whose row is locked."""
    row: dict[str, Any] = {
        "id": new_id(),
        "practice_id": subject.id if isinstance(subject, Practice) else subject.practice_id,
        "subject": type(subject).__name__.lower(),
        "subject_id": subject.id,
        "seq": subject.history_count + 1,
        "at": at,
        "event": str(entry.event),
        "result": str(entry.result),
        "actor": entry.actor,
        "on_behalf_of": entry.on_behalf_of,
        "surface": str(entry.surface),
        "data": entry.data,
    }
    row["hash"] = vault.link(subject.history_head, _message(row))
    subject.history_head, subject.history_count = row["hash"], row["seq"]
    return row


def first_broken(
    vault: Vault, rows: Iterable[History], head: str, count: int, *, after: tuple[str, int] = ("", 0)
) -> int | None:
    """The seq at which one subject's chain breaks, or None. ``rows`` in order; a missing last row breaks at its seq.

    ``after``: hash and seq of the row before the first of ``rows``, where only a piece of a long chain is looked at.
    """
    previous, seq = after
    for row in rows:
        seq += 1
        if row.seq != seq or row.hash != vault.link(
            previous, _message({name: getattr(row, name) for name in _CHAINED})
        ):
            return seq
        previous = row.hash
    return None if (previous, seq) == (head, count) else seq + 1


_CHAINED = (
    "at",
    "practice_id",
    "subject",
    "subject_id",
    "seq",
    "event",
    "result",
    "actor",
    "on_behalf_of",
    "surface",
    "data",
)


def _message(row: dict[str, Any]) -> bytes:
    parts = [row[name].isoformat() if name == "at" else row[name] for name in _CHAINED]
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()
