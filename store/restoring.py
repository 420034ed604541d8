"""Reading a backup: whether a file is one, whole and of a version that is understood, and loading it elsewhere."""

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, inspect, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlmodel import Session, SQLModel

from .backup import BackupError, Progress, copy_tables
from .schema import head, upgrade, version_of, versions

_SQLITE = b"SQLite format 3\x00"


@contextmanager
def opened_backup(file: Path, folder: Path) -> Iterator[Connection]:
    """The backup's tables, as this version has them. Raises BackupError; the file itself is never written to.

    ``folder``: where an older backup is brought up to date, in a copy that is gone afterwards.
    """
    _must_be_whole(file)
    found = _version(file)
    if found == head():
        yield from _reading(file)
        return
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as temporary:
        copy = Path(temporary) / "backup.db"
        try:
            shutil.copyfile(file, copy)
            _bring_up(copy)
        except (OSError, SQLAlchemyError) as error:
            raise BackupError(f"{file} could not be brought up to date: {type(error).__name__}") from error
        yield from _reading(copy)


def must_be_empty(session: Session) -> None:
    """Raises BackupError when any table of ours is there and holds anything, whatever version it has."""
    connection = session.connection()
    there = set(inspect(connection).get_table_names())
    for table in SQLModel.metadata.sorted_tables:
        if table.name in there and connection.execute(select(literal(1)).select_from(table).limit(1)).first():
            raise BackupError(
                "DATABASE_URL names a database that is in use already, and a backup is restored into an empty one: "
                "name a new file or database, or move the old one away first"
            )


def load(session: Session, backup: Connection, progress: Progress) -> None:
    """Into the session's transaction. Raises BackupError when the migrated database holds anything already."""
    must_be_empty(session)
    copy_tables(backup, session.connection(), progress, threading.Event())
    _forget_the_pulse(session)


def _forget_the_pulse(session: Session) -> None:
    """Nothing has been at work here yet."""
    session.connection().execute(SQLModel.metadata.tables["pulse"].delete())


def _must_be_whole(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            start = opened.read(len(_SQLITE))
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}") from error
    if start != _SQLITE:
        raise BackupError(f"{file} is no backup: `referrals backup` makes one")
    try:
        with closing(sqlite3.connect(_reading_only(file), uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            sound = sound and connection.execute("PRAGMA foreign_key_check").fetchone() is None
    except sqlite3.Error:
        sound = False
    if not sound:
        raise BackupError(f"{file} is damaged or cut short: use another backup")


def _version(file: Path) -> str:
    with _engine(file).connect() as connection:
        found = version_of(connection)
    if found is None:
        raise BackupError(f"{file} is no backup of a referral desk: `referrals backup` makes one")
    if found not in versions():
        raise BackupError(f"{file} was made by a newer version of this desk ({found}): install that one")
    return found


def _bring_up(copy: Path) -> None:
    engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool, hide_parameters=True)
    with engine.begin() as connection:
        upgrade(connection)


def _reading(file: Path) -> Iterator[Connection]:
    with _engine(file).connect() as connection:
        yield connection


def _engine(file: Path) -> Engine:
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            _reading_only(file), uri=True, check_same_thread=False
        ),  # read by whoever writes
        poolclass=NullPool,
        hide_parameters=True,
    )


def _reading_only(file: Path) -> str:
    return f"file:{quote(str(file.absolute()))}?mode=ro"
