"""The least a deadline can cost: one conditional UPDATE and one history row, then a durable commit. No desk at all."""

import sqlite3
import time
from pathlib import Path

import asyncpg

_CREATE = (
    "CREATE TABLE offer (id INTEGER PRIMARY KEY, outcome TEXT, version INTEGER, facts TEXT)",
    "CREATE TABLE history (id INTEGER PRIMARY KEY, offer INTEGER, what TEXT)",
)
_FACTS = "f" * 400
_UPDATE = "UPDATE offer SET outcome = 'expired', version = 2 WHERE id = {} AND version = 1"


def bare_sqlite(folder: Path, count: int) -> float:
    """Transactions a second."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for statement in _CREATE:
        connection.execute(statement)
    rows = [(number, _FACTS) for number in range(count)]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO offer VALUES (?, NULL, 1, ?)", rows)
    connection.execute("COMMIT")
    started = time.perf_counter()
    for number in range(count):
        connection.execute("BEGIN IMMEDIATE")
        _one_row(connection.execute(_UPDATE.format("?"), (number,)).rowcount)
        connection.execute("INSERT INTO history (id, offer, what) VALUES (?, ?, ?)", (number, number, _FACTS))
        connection.execute("COMMIT")
    taken = time.perf_counter() - started
    connection.close()
    return count / taken


async def bare_postgres(url: str, count: int) -> float:
    """Transactions a second, on one connection."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for statement in _CREATE:
        await connection.execute(statement)
    await connection.copy_records_to_table("offer", records=[(number, None, 1, _FACTS) for number in range(count)])
    started = time.perf_counter()
    for number in range(count):
        async with connection.transaction():
            done = await connection.execute(_UPDATE.format("$1"), number)
            _one_row(int(done.split()[-1]))
            await connection.execute("INSERT INTO history VALUES ($1, $1, $2)", number, _FACTS)
    taken = time.perf_counter() - started
    await connection.close()
    return count / taken


def _one_row(changed: int) -> None:
    if changed != 1:
        raise RuntimeError("the row was not as expected")
