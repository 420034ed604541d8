"""From nothing, and from each older version with data in it, to the tables of today."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Boolean, Column, Connection, DateTime, MetaData, Table, func, text
from sqlmodel import Session, select

import store
from referrals.accept import accept
from referrals.actor import CLIENT
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.outcomes import Done
from referrals.submit import submit
from store.database import BUSY_SECONDS, Database, PostgresDatabase, open_database
from store.history import first_broken
from store.tables import Client, Delivery, History, Offer, Provider, Referral
from store.vault import Vault
from store.vocabulary import Status
from tests.desk import by, intake
from tests.engines import ON_POSTGRES, Postgres

#: One file a released version: its tables with rows in them, as that version wrote them.
VERSIONS = sorted(path.stem for path in (Path(__file__).parent / "versions").glob("*.json"))
#: The keys of those rows.
VAULT = Vault(["b2xkIGtleSBmb3IgYSBkYXRhYmFzZSBvZiB2ZXJzaW8="], "an index key for tests", "a history key for tests")


@pytest.fixture
def bare_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if engine == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.bare_database()


@pytest.fixture
async def bare(bare_url: str) -> AsyncIterator[Database]:
    database = open_database(bare_url)
    yield database
    await database.close()


@pytest.fixture(params=VERSIONS)
async def older(request: pytest.FixtureRequest, bare: Database) -> tuple[Database, dict[str, Any]]:
    """A database of this version, and what is in it."""
    rows = json.loads((Path(__file__).parent / "versions" / f"{request.param}.json").read_text())

    def make(session: Session) -> None:
        connection = session.connection()
        config = Config()
        config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, request.param)
        _fill(connection, rows)

    await bare.write(make)
    return bare, rows


def _fill(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        for row in rows.get(table.name, []):
            connection.execute(table.insert(), _as_python(table, row))


def _as_python(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        return base64.b64decode(value["bytes"])
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if column.type.timezone else moment
    if isinstance(column.type, Boolean):
        return bool(value)
    return json.loads(value) if isinstance(column.type, JSON) else value


async def test_there_is_an_older_version_to_come_from() -> None:
    assert "0001" in VERSIONS


async def test_what_was_there_is_there(older: tuple[Database, dict[str, Any]]) -> None:
    database, rows = older
    await database.migrate()

    def look(session: Session) -> dict[str, int]:
        return {
            table.__tablename__: session.exec(select(func.count()).select_from(table)).one()
            for table in (Client, Referral, Offer, Provider, History, Delivery)
        }

    counts = await database.read(look)
    assert counts == {name: len(rows[name]) for name in counts}

    def opens(session: Session) -> tuple[list[str | None], list[int | None]]:
        names = [VAULT.open(client.name) for client in session.exec(select(Client)).all()]
        breaks = []
        for referral in session.exec(select(Referral)).all():
            events = session.exec(select(History).where(History.subject_id == referral.id).order_by(History.seq)).all()
            breaks.append(first_broken(VAULT, events, referral.history_head, referral.history_count))
        return names, breaks

    names, breaks = await database.read(opens)
    assert sorted(names) == ["Ada Canary-Quill", "Ada Canary-Quill", "Bo Canary-Reed"]
    assert breaks == [None] * len(rows["referral"])


async def test_whoever_waits_for_contact_is_not_forgotten(older: tuple[Database, dict[str, Any]]) -> None:
    """A referral accepted before the desk knew nudges is nudged about like any other."""
    database, _ = older
    taken = text("UPDATE referral SET status = 'accepted', contacted_at = NULL WHERE status = 'contacted'")
    await database.write(lambda session: session.connection().execute(taken).close())
    await database.migrate()
    referrals = await database.read(lambda session: session.exec(select(Referral)).all())
    (held,) = [one for one in referrals if one.status is Status.ACCEPTED]
    assert held.accepted_at is not None
    assert held.nudge_due == held.accepted_at + timedelta(hours=12)
    assert held.escalate_due == held.accepted_at + timedelta(hours=48)
    assert not any(one.nudge_due or one.escalate_due for one in referrals if one is not held)


async def test_the_desk_goes_on_with_it(older: tuple[Database, dict[str, Any]]) -> None:
    database, _ = older
    await database.migrate()

    async def wake(_: object) -> None: ...

    def waiting(session: Session) -> tuple[str, str, Provider]:
        offer = session.exec(select(Offer).where(Offer.outcome == None, Offer.provider_id == None)).first()  # noqa: E711
        provider = session.exec(select(Provider)).first()
        assert offer and provider
        return offer.practice_id, offer.id, provider

    practice_id, offer_id, provider = await database.read(waiting)
    desk = Desk(database, VAULT, Clock(), wake)
    taken = await desk.do(practice_id, accept, by(provider), offer_id)
    assert isinstance(taken, Done) and taken.status is Status.ACCEPTED
    assert isinstance(await desk.do(practice_id, submit, CLIENT, intake()), Done)


@ON_POSTGRES
async def test_a_process_waits_for_as_long_as_another_migrates(bare: Database, bare_url: str) -> None:
    """Building an index over years takes longer than a click may wait for a lock."""
    assert isinstance(bare, PostgresDatabase)
    longer = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        f" AND clock_timestamp() - waitstart > interval '{2 * BUSY_SECONDS:.1f} seconds'"
    )
    async with bare._engine.begin() as other:
        await other.execute(text("SELECT pg_advisory_xact_lock(7203517)"))
        migrating = asyncio.create_task(bare.migrate())
        async with asyncio.timeout(60):
            while not (await other.execute(longer)).scalar_one():
                assert not migrating.done(), migrating.exception()
                await asyncio.sleep(0.05)
    await migrating
    assert await bare.read(lambda session: session.exec(select(func.count()).select_from(Referral)).one()) == 0


async def test_processes_that_start_together_bring_it_up_to_date_once(bare: Database, bare_url: str) -> None:
    """Several bots and workers after an update. (A SQLite file has one process.)"""
    others = [open_database(bare_url) for _ in range(3)] if isinstance(bare, PostgresDatabase) else []
    try:
        await asyncio.gather(*(database.migrate() for database in (bare, *others)))
    finally:
        for database in others:
            await database.close()
    assert await bare.read(lambda session: session.exec(select(func.count()).select_from(Referral)).one()) == 0
