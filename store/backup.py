"""Backups: whatever the engine, one SQLite file with our tables as they were at one moment, clients still sealed.

A SQLite file is copied page by page beside its writer; PostgreSQL's rows are copied out of one snapshot. The file is
written under another name and renamed when it is complete and has been looked over.
"""

import asyncio
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, func, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from . import tables  # noqa: F401 - fills the metadata
from .schema import head, upgrade, version_of

#: How many pages (of 4 KiB) are copied at a time. Writers go on meanwhile; this only bounds how soon a stop is heard.
_PAGES = 2000
_ROWS = 1000
_CONNECT_SECONDS = 5
_ONE_SNAPSHOT = "REPEATABLE READ"

Progress = Callable[[int, int], None]


class BackupError(Exception):
    """The text says what is the matter and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup came to. ``size`` in bytes."""

    file: str
    size: int
    referrals: int


async def back_up(url: str, file: Path, progress: Progress, stopping: threading.Event) -> Backup:
    """Writes the database at ``url`` to a new file. Raises BackupError, and then leaves nothing behind.

    On SQLite this is for the process that holds the file. ``progress`` counts pages or rows, from any thread.
    """
    with _written(file) as part:
        try:
            if make_url(url).get_backend_name() == "sqlite":
                await asyncio.to_thread(_copy_pages, Path(make_url(url).database or ""), part, progress, stopping)
            else:
                await _copy_rows(url, part, progress, stopping)
            size, referrals = await asyncio.to_thread(_looked_over, part)
        except sqlite3.Error as error:
            raise BackupError(f"{file} could not be written: {error}") from error
        except asyncio.CancelledError:
            stopping.set()  # a thread is not cancelled: it has to be told
            raise
    return Backup(str(file), size, referrals)


@contextmanager
def _written(file: Path) -> Iterator[Path]:
    """A name beside it to write to, readable by its owner only; renamed at the end, and gone after an error."""
    _must_be_new(file)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}") from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        _must_be_new(file)
        part.rename(file)
        _sync(file.parent)
    except OSError as error:
        raise BackupError(f"{file} could not be written: {error.strerror}") from error
    finally:
        for left in (part, Path(f"{part}-journal"), Path(f"{part}-wal"), Path(f"{part}-shm")):
            left.unlink(missing_ok=True)


def _must_be_new(file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise BackupError(f"{file} is there already and is not overwritten: name a new file")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_pages(source: Path, part: Path, progress: Progress, stopping: threading.Event) -> None:
    def step(_status: int, remaining: int, total: int) -> None:
        if stopping.is_set():
            raise BackupError("the desk is stopping: no backup was made")
        progress(total - remaining, total)

    if not source.is_file():
        raise BackupError(f"{source} is not there: there is nothing to back up yet")
    origin = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True, isolation_level=None)
    with closing(origin), closing(sqlite3.connect(part)) as copy:
        # One read transaction from first to last: what is committed meanwhile would otherwise start the copy over.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origin.backup(copy, pages=_PAGES, progress=step)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not a file and its log


async def _copy_rows(url: str, part: Path, progress: Progress, stopping: threading.Event) -> None:
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level=_ONE_SNAPSHOT,
        hide_parameters=True,
        connect_args={"timeout": _CONNECT_SECONDS, "server_settings": {"timezone": "UTC"}},
    )
    copy = create_engine(URL.create("sqlite", database=str(part)), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_must_be_current)
            with copy.begin() as target:
                upgrade(target)
                await connection.run_sync(copy_tables, target, progress, stopping)
    except DBAPIError as error:
        raise BackupError(f"no backup was made: {type(error.orig).__name__}") from error
    except (SQLAlchemyError, OSError) as error:
        raise BackupError(f"no backup was made: {type(error).__name__}") from error
    finally:
        copy.dispose()
        await engine.dispose()


def _must_be_current(source: Connection) -> None:
    if version_of(source) != head():
        raise BackupError("the database's tables are not of this version: run `referrals migrate` first")


def copy_tables(source: Connection, target: Connection, progress: Progress, stopping: threading.Event) -> None:
    """Every row of every table of ours, in an order that foreign keys allow. ``target`` has the tables, empty."""
    ours = SQLModel.metadata.sorted_tables
    total = sum(source.execute(select(func.count()).select_from(table)).scalar_one() for table in ours)
    done = 0
    for table in ours:
        found = source.execute(select(table).execution_options(yield_per=_ROWS)).mappings()
        for few in found.partitions(_ROWS):
            if stopping.is_set():
                raise BackupError("the desk is stopping: nothing was done")
            target.execute(insert(table), [dict(row) for row in few])
            done += len(few)
            progress(done, total)


def _looked_over(part: Path) -> tuple[int, int]:
    """A backup that nobody has read is none. Answers its bytes, and how many referrals are in it."""
    with closing(sqlite3.connect(f"file:{quote(str(part))}?mode=ro", uri=True)) as copy:
        verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BackupError("the copy is damaged, and so is the database it was made from: see `referrals doctor`")
        referrals = 0
        with suppress(sqlite3.OperationalError):  # a database before its first migration
            referrals = int(copy.execute("SELECT count(*) FROM referral").fetchone()[0])
    return part.stat().st_size, referrals
