"""What one look into the database finds for the doctor. On a connection of its own that only reads.

The writer of a SQLite file is not waited for, nor does it wait.
"""

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import col

from store.schema import version_of
from store.tables import AuditRun, Practice, Pulse

from .doctor_facts import Facts

_SECONDS = 4
#: From here on a fault of the write-ahead log is mended that needs two connections which checkpoint (PLATFORM.md).
_MENDED = (3, 51, 3)


class NoDatabase(Exception):
    """There is no file yet, and looking must not make one."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What one look found. Without a practice the desk has never started here."""

    engine: str
    doubts: tuple[str, ...]
    version: str | None
    now: datetime
    team_id: str | None = None
    channel_id: str | None = None
    coordinators: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    key_check: bytes | None = None
    swept: datetime | None = None
    audited: datetime | None = None
    findings: int = 0
    first_finding: str | None = None


async def stored(facts: Facts) -> Stored:
    """Raises NoDatabase, or what the driver says."""
    return await facts.once("database", _look(facts.settings.database_url))


async def _look(url: str) -> Stored:
    if make_url(url).get_backend_name() == "sqlite":
        return await asyncio.to_thread(_look_at_file, Path(make_url(url).database or ""))
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": _SECONDS, "command_timeout": _SECONDS, "server_settings": {"timezone": "UTC"}},
    )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_read, *await connection.run_sync(_postgres))
    finally:
        await engine.dispose()


def _look_at_file(path: Path) -> Stored:
    if not path.is_file():
        raise NoDatabase
    name = f"file:{quote(str(path.absolute()))}?mode=ro"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(name, uri=True, timeout=_SECONDS),
        poolclass=NullPool,
        hide_parameters=True,
    )
    with engine.connect() as connection:
        return _read(connection, *_sqlite(connection))


def _sqlite(connection: Connection) -> tuple[str, tuple[str, ...], datetime]:
    version = sqlite3.sqlite_version_info
    note = "" if version >= _MENDED else " (older than 3.51.3: safe here, one connection alone checkpoints)"
    mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    return f"SQLite {sqlite3.sqlite_version}{note}, {mode} journal", (), datetime.now(UTC)


def _postgres(connection: Connection) -> tuple[str, tuple[str, ...], datetime]:
    shown: dict[str, Any] = {
        name: connection.execute(text(f"SHOW {name}")).scalar_one()
        for name in ("server_version", "synchronous_commit", "fsync", "statement_timeout")
    }
    doubts = []
    for name in ("synchronous_commit", "fsync"):
        if shown[name] == "off":
            doubts.append(f"{name} is off: a power cut may lose decisions that were acknowledged, so switch it on")
    moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    limit = shown["statement_timeout"]
    told = f"PostgreSQL {shown['server_version']}, statement_timeout {'none' if limit == '0' else limit}"
    return told, tuple(doubts), moment.astimezone(UTC)


def _read(connection: Connection, engine: str, doubts: tuple[str, ...], now: datetime) -> Stored:
    """Only columns that every version has."""
    tables = set(inspect(connection).get_table_names())
    known: dict[str, Any] = {}
    if Practice.__tablename__ in tables:
        of_practice = (
            Practice.team_id,
            Practice.channel_id,
            Practice.coordinators,
            Practice.admins,
            Practice.key_check,
        )
        row = connection.execute(select(*map(col, of_practice)).order_by(col(Practice.created_at)).limit(1)).first()
        if row is not None:
            known = {name: tuple(value) if isinstance(value, list) else value for name, value in row._mapping.items()}
    if Pulse.__tablename__ in tables:
        known["swept"] = connection.execute(select(col(Pulse.at)).where(col(Pulse.name) == "sweep")).scalar()
    if AuditRun.__tablename__ in tables and (found := _last_audit(connection)):
        known["audited"], known["findings"], known["first_finding"] = found
    return Stored(engine, doubts, version_of(connection), now, **known)


def _last_audit(connection: Connection) -> Any:
    """As ``referrals.audit.state.last_audit``, over all practices: a clean look at a part takes nothing back."""
    run = select(col(AuditRun.finished_at), col(AuditRun.findings), col(AuditRun.first))
    for practice_id in connection.execute(select(col(AuditRun.practice_id)).distinct()).scalars().all():
        of_practice = run.where(col(AuditRun.practice_id) == practice_id).order_by(col(AuditRun.id).desc()).limit(1)
        latest = connection.execute(of_practice).first()
        whole = connection.execute(of_practice.where(col(AuditRun.whole))).first()
        bad = next((one for one in (latest, whole) if one is not None and one[1]), None)
        if bad is not None:
            return bad
    return connection.execute(run.order_by(col(AuditRun.id).desc()).limit(1)).first()
