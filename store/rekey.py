"""Seals everything anew under the first encryption key, a few rows at a time, while the desk works.

A row is written only if it still holds what was read, so nothing that is decided meanwhile is lost; and what is done
stays done, so it can be broken off and begun again.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Row, Table, func, or_, select, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from . import tables  # noqa: F401 - fills the metadata
from .database import Database
from .vault import UnreadableSecret, Vault

#: Each is a transaction: on SQLite a click waits for as long as one takes.
_ROWS = 100
#: Rows that change under our hands are looked at again; a process that still seals with an old key is not outrun.
_ROUNDS = 3
_ATTEMPTS = 5

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """``renewed``: values; ``left``: those an old key is still needed for; ``unreadable``: those no key opens.

    Only a ``complete`` one says how many are left.
    """

    renewed: int
    left: int
    unreadable: int
    complete: bool = True
    first_unreadable: str | None = None  # table and id


def sealed_columns() -> dict[Table, list[Column[Any]]]:
    """Every column that holds what the Vault has sealed: nothing else is kept as bytes."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, LargeBinary)]
        for table in SQLModel.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


async def rekey(database: Database, vault: Vault, progress: Progress, stopping: threading.Event) -> Rekeyed:
    """Goes over all rows until one whole round finds nothing to renew. ``progress`` counts rows of a round."""
    renewed, round_ = 0, _Round(0, 0, 0, None)
    for _ in range(_ROUNDS):
        round_ = await _once(database, vault, progress, stopping)
        renewed += round_.renewed
        if not round_.found or stopping.is_set():
            break
    # What the last round renewed was old when it came by: somebody may still be sealing with an old key.
    complete = not stopping.is_set()
    return Rekeyed(renewed, round_.found, round_.unreadable, complete, round_.first_unreadable)


@dataclass(slots=True)
class _Round:
    found: int  # values under an old key
    renewed: int
    unreadable: int
    first_unreadable: str | None


async def _once(database: Database, vault: Vault, progress: Progress, stopping: threading.Event) -> _Round:
    round_, done = _Round(0, 0, 0, None), 0
    total = await database.read(_total)
    for table, columns in sealed_columns().items():
        last: Sequence[Any] = ()
        while not stopping.is_set():
            rows = await database.read(lambda session: _page(session, table, columns, last))  # noqa: B023 - awaited
            if not rows:
                break
            changes = _changes(vault, table, columns, rows, round_)
            if changes:
                round_.renewed += await _write(database, table, changes)
            last = _key(table, rows[-1])
            done += len(rows)
            progress(min(done, total), total)
    return round_


def _total(session: Session) -> int:
    connection = session.connection()
    return sum(
        connection.execute(select(func.count()).select_from(table).where(_holds(columns))).scalar_one()
        for table, columns in sealed_columns().items()
    )


def _holds(columns: list[Column[Any]]) -> Any:
    return or_(*(column.is_not(None) for column in columns))


def _page(session: Session, table: Table, columns: list[Column[Any]], last: Sequence[Any]) -> Sequence[Row[Any]]:
    keys = list(table.primary_key)
    statement = select(*keys, *columns).where(_holds(columns)).order_by(*keys).limit(_ROWS)
    if last:
        statement = statement.where(tuple_(*keys) > tuple_(*last))
    return session.connection().execute(statement).all()


def _key(table: Table, row: Row[Any]) -> Sequence[Any]:
    return tuple(row[: len(table.primary_key)])


@dataclass(frozen=True, slots=True)
class _Change:
    key: Sequence[Any]
    column: Column[Any]
    old: bytes
    new: bytes


def _changes(
    vault: Vault, table: Table, columns: list[Column[Any]], rows: Sequence[Row[Any]], round_: _Round
) -> list[_Change]:
    changes = []
    for row in rows:
        for column in columns:
            old = row._mapping[column]
            try:
                new = vault.renewed(old) if old is not None else None
            except UnreadableSecret:
                round_.unreadable += 1
                round_.first_unreadable = round_.first_unreadable or f"{table.name} {_key(table, row)[0]}"
                continue
            if new is not None:
                round_.found += 1
                changes.append(_Change(_key(table, row), column, old, new))
    return changes


async def _write(database: Database, table: Table, changes: list[_Change]) -> int:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await database.write(lambda session: _compare_and_set(session, table, changes))
        except DBAPIError:  # somebody holds one of the rows for longer than is waited for
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _compare_and_set(session: Session, table: Table, changes: list[_Change]) -> int:
    done, keys = 0, list(table.primary_key)
    for change in changes:
        mine = [column == value for column, value in zip(keys, change.key, strict=True)]
        statement = update(table).where(*mine, change.column == change.old).values({change.column: change.new})
        done += session.connection().execute(statement).rowcount
    return done
