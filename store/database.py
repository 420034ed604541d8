"""Connections and transactions on SQLite and PostgreSQL.

Work on the database is a plain function over a Session: nothing can be awaited in the middle of a transaction, and on
SQLite the whole of it runs in one hop to the writing thread (statement by statement, aiosqlite took four times as
long: see bench/). Readers on SQLite are aiosqlite connections that cannot write, so one connection alone checkpoints.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from .schema import upgrade
from .sqlite_writer import SqliteWriter, within

T = TypeVar("T")
Work = Callable[[Session], T]

#: A click has 3 s; a writer that waits longer than this gives up with a clear error.
BUSY_SECONDS = 1.8
#: PostgreSQL: how long one statement, and how long the wait for a free connection, may take.
_STATEMENT_SECONDS = 2.5
_PATIENT_SECONDS = 600.0
_POOL_SECONDS = 2.0
#: Several processes that start together: one brings the tables up to date, the others wait for it. Any number will do.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7203517)"
_WAIT_FOR_LOCKS = "SET LOCAL lock_timeout = '{}ms'"
_LOCK_MILLISECONDS = int(BUSY_SECONDS * 1000)
_POSTGRES: dict[str, Any] = {
    "server_settings": {"lock_timeout": f"{_LOCK_MILLISECONDS}ms", "timezone": "UTC"},
    "timeout": 5,
}
#: The text of a database error goes into logs; the values of its statement are people's.
_HIDDEN = True


class DatabaseInUse(Exception):
    """Another process holds this SQLite file; commands then go through that process."""


class Database(Protocol):
    """What both engines offer. ``write`` commits when the work returns and rolls back when it raises."""

    async def write(self, work: Work[T]) -> T: ...
    async def read(self, work: Work[T]) -> T: ...
    async def migrate(self) -> None: ...
    async def close(self) -> None: ...


def open_database(url: str, *, patient: bool = False) -> Database:
    """``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://…``. Raises DatabaseInUse, or ValueError for others.

    ``patient``: for a command whose statements may take long, because no click waits for them.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return SqliteDatabase(Path(make_url(url).database or ""))
    if backend == "postgresql":
        return PostgresDatabase(url, _PATIENT_SECONDS if patient else _STATEMENT_SECONDS)
    raise ValueError(f"no such database: {backend}")


class SqliteDatabase:
    """One file, one process, one writing connection in a thread of its own."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock_file(path)
        writer = create_engine(
            URL.create("sqlite", database=str(path)), pool_size=1, max_overflow=0, hide_parameters=_HIDDEN
        )
        event.listen(writer, "connect", _prepare_writer)
        event.listen(writer, "begin", _begin_immediate)
        self._writer = SqliteWriter(writer)
        #: Whether the last ``fold_log`` came through. What a process before has left in the log is not known.
        self.folded = False
        readonly = {"mode": "ro", "uri": "true"}
        file = f"file:{quote(str(path))}"  # in this form a "#" or "%" of the path would mean something else
        self._readers = create_async_engine(
            URL.create("sqlite+aiosqlite", database=file, query=readonly),
            pool_size=2,
            max_overflow=2,
            hide_parameters=_HIDDEN,
        )
        event.listen(self._readers.sync_engine, "connect", _prepare_reader)

    async def write(self, work: Work[T]) -> T:
        return await self._writer.write(work)

    async def read(self, work: Work[T]) -> T:
        return await _run_on(self._readers, work)

    async def migrate(self) -> None:
        await self._writer.write(lambda session: upgrade(session.connection()))

    async def fold_log(self) -> bool:
        """Brings the write-ahead log into the file and empties it, so that nothing overwritten is left there.

        While somebody reads, it waits for them as long as a click would, and then answers False: to be tried again.
        """
        self.folded = False
        self.folded = await self._writer.fold_log()
        return self.folded

    async def close(self) -> None:
        await self._readers.dispose()  # readers first: the writer, last to close, folds the log back into the file
        await self._writer.close()
        os.close(self._lock)


class PostgresDatabase:
    """Any number of processes; the rows that a use case decides on are locked by it."""

    def __init__(self, url: str, statement_seconds: float = _STATEMENT_SECONDS) -> None:
        self._url = url
        self._engine = create_async_engine(
            url,
            pool_size=8,
            max_overflow=8,
            pool_timeout=_POOL_SECONDS,
            pool_pre_ping=True,
            hide_parameters=_HIDDEN,
            connect_args={**_POSTGRES, "command_timeout": statement_seconds},
        )

    async def write(self, work: Work[T]) -> T:
        return await _run_on(self._engine, work)

    async def read(self, work: Work[T]) -> T:
        return await _run_on(self._engine, work)

    async def migrate(self) -> None:
        # On a connection of its own: building an index may take longer than a click's statement is given.
        engine = create_async_engine(self._url, poolclass=NullPool, hide_parameters=_HIDDEN, connect_args=_POSTGRES)
        try:
            async with engine.begin() as connection:
                await connection.exec_driver_sql(_WAIT_FOR_LOCKS.format(0))  # however long the one that is at it takes
                await connection.exec_driver_sql(_ONE_AT_A_TIME)
                await connection.exec_driver_sql(_WAIT_FOR_LOCKS.format(_LOCK_MILLISECONDS))
                await connection.run_sync(upgrade)
        finally:
            await engine.dispose()

    async def close(self) -> None:
        await self._engine.dispose()


async def _run_on(engine: AsyncEngine, work: Work[T]) -> T:
    async with engine.begin() as connection:
        return await _run_sync(connection, work)


async def _run_sync(connection: AsyncConnection, work: Work[T]) -> T:
    return await connection.run_sync(lambda plain: within(plain, work))


def _lock_file(path: Path) -> int:
    """Holds ``<file>.lock`` for the life of the process; the kernel lets go of it however the process ends."""
    handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise DatabaseInUse(str(path)) from error
    return handle


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else opens this SQLite file meanwhile. Raises DatabaseInUse."""
    lock = _lock_file(path)
    try:
        yield
    finally:
        os.close(lock)


def _prepare_writer(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions would begin too late: see _begin_immediate
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits on power loss, and a commit here is a promise
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased is overwritten, not only let go of
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE"
    )  # takes the write lock before the first read, so nothing read is stale
