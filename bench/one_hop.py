"""Why a use case runs in one hop: one durable transaction statement by statement over aiosqlite, and in a thread."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import Connection, Executable, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session

from store.database import SqliteDatabase

TRANSACTIONS = 300
#: About what an Accept does: three reads, two updates, two inserts.
_STATEMENTS: tuple[Executable, ...] = (
    *(text("SELECT * FROM row WHERE id = :id"),) * 3,
    *(text("UPDATE row SET version = version + 1 WHERE id = :id"),) * 2,
    *(text("INSERT INTO event (what) VALUES (:id)"),) * 2,
)


def hops() -> None:
    """Prints the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_one_hop(Path(folder)))


async def _one_hop(folder: Path) -> None:
    database, other = SqliteDatabase(folder / "hops.db"), SqliteDatabase(folder / "statements.db")
    await database.write(_create)
    await other.write(_create)
    await other.close()
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'statements.db'}", pool_size=1, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _durable)
    event.listen(engine.sync_engine, "begin", _begin)

    async def by_statement() -> None:
        async with engine.begin() as connection:
            for statement in _STATEMENTS:
                await connection.execute(statement, {"id": 1})

    ours, theirs = [], []
    for _ in range(TRANSACTIONS):  # by turns: a busy machine then slows both alike
        ours.append(await _timed(database.write(_whole)))
        theirs.append(await _timed(by_statement()))
    await database.close()
    await engine.dispose()
    hop, statements = statistics.median(ours), statistics.median(theirs)
    print(
        f"\nOne durable transaction of {len(_STATEMENTS)} statements: over aiosqlite {1000 * statements:.2f} ms,"
        f" in one hop {1000 * hop:.2f} ms = {hop / statements:.2f} x"
    )


async def _timed(work: object) -> float:
    started = time.perf_counter()
    await work  # type: ignore[misc]
    return time.perf_counter() - started


def _create(session: Session) -> None:
    session.connection().execute(text("CREATE TABLE row (id INTEGER PRIMARY KEY, version INTEGER)"))
    session.connection().execute(text("CREATE TABLE event (id INTEGER PRIMARY KEY, what INTEGER)"))
    session.connection().execute(text("INSERT INTO row VALUES (1, 0)"))


def _whole(session: Session) -> None:
    for statement in _STATEMENTS:
        session.connection().execute(statement, {"id": 1})


def _durable(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
