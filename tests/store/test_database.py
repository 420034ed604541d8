"""One file, one process, one writing connection; a transaction is whole or has not been."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session, SQLModel, select

from referrals.actor import CLIENT
from referrals.outcomes import Done
from referrals.submit import submit
from referrals.tx import Tx
from store.database import Database, DatabaseInUse, open_database
from store.tables import Client, Delivery, History, Offer, Practice, Provider, Referral
from tests.desk import Office, intake, new_office, practice_row, provider_row
from tests.engines import ON_SQLITE, opened


def pragma(session: Session, name: str) -> object:
    return session.execute(text(f"PRAGMA {name}")).scalar_one()


@ON_SQLITE
async def test_the_writer_is_durable(database: Database) -> None:
    found = await database.write(
        lambda session: [pragma(session, name) for name in ("journal_mode", "synchronous", "foreign_keys")]
    )
    assert found == ["wal", 2, 1], "WAL, FULL, ON"
    busy = await database.write(lambda session: pragma(session, "busy_timeout"))
    assert isinstance(busy, int) and busy < 2000, "a click has three seconds"


@ON_SQLITE
async def test_readers_cannot_write(database: Database) -> None:
    row = practice_row()
    with pytest.raises(OperationalError, match=r"readonly|read-only"):
        await database.read(lambda session: session.add(row))
    with pytest.raises(OperationalError, match=r"readonly|read-only"):
        await database.read(lambda session: session.execute(text("DELETE FROM practice")))
    assert await database.read(lambda session: session.exec(select(Practice)).all()) == []


async def test_readers_see_what_was_committed(database: Database) -> None:
    row = practice_row()
    await database.write(lambda session: session.add(row))
    assert await database.read(lambda session: session.exec(select(Practice.id)).all()) == [row.id]


@ON_SQLITE
async def test_a_file_has_one_process(database_url: str) -> None:
    async with opened(database_url):
        with pytest.raises(DatabaseInUse):
            open_database(database_url)
    async with opened(database_url) as database:
        assert await database.read(lambda session: session.exec(select(Practice)).all()) == []


def test_other_engines_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mysql"):
        open_database(f"mysql://{tmp_path}")


@pytest.mark.parametrize("folder", ["with space", "a#b", "ü", "a&b=c"])
async def test_a_path_is_taken_as_it_is(tmp_path: Path, folder: str) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path / folder}/desk.db") as database:
        await database.migrate()
        await database.write(lambda session: session.add(practice_row()))
        assert len(await database.read(lambda session: session.exec(select(Practice)).all())) == 1
    assert (tmp_path / folder / "desk.db").exists()


def _other_default(
    _: object, there: Any, _here: object, default: str | None, __: object, ours: str | None
) -> bool | None:
    """PostgreSQL cannot compare two JSON values by itself."""
    return None if not isinstance(there.type, JSON) else (default or "").partition("::")[0] != (ours or "")


async def test_migrations_make_exactly_the_tables(database: Database) -> None:
    def differences(session: Session) -> list[object]:
        context = MigrationContext.configure(session.connection(), opts={"compare_server_default": _other_default})
        return list(compare_metadata(context, SQLModel.metadata))

    assert await database.write(differences) == []


async def test_migrating_again_changes_nothing(office: Office, database: Database) -> None:
    mine = await new_office(database)
    await mine.submit()
    await database.migrate()
    assert len(await mine.rows(Referral)) == 1


class Interrupted(Exception):
    pass


async def test_what_raises_leaves_nothing_behind(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    before = await office.history(maya)
    office.woken.clear()

    def half(tx: Tx) -> None:
        submit(tx, CLIENT, intake(maya, source="Dr. Reed", source_email="reed@clinic.example.com"))
        tx.finish()
        raise Interrupted

    with pytest.raises(Interrupted):
        await office.do(half)

    for table in (Referral, Offer, Client, Delivery, History):
        assert await office.rows(table) == [], table.__name__
    assert await office.history(maya) == before
    assert office.woken == []
    assert isinstance(await office.submit(maya), Done), "and the next one works"


async def test_a_referral_has_one_open_offer(office: Office) -> None:
    """The index is the last word, should a use case ever forget."""
    done = await office.submit()
    offer = (await office.offers(done.referral_id))[0]
    second = Offer(**offer.model_dump() | {"id": "another", "round": 2})
    with pytest.raises(IntegrityError, match=r"offer\.referral_id|one_open_offer"):
        await office.desk.database.write(lambda session: session.add(second))
    assert len(await office.offers(done.referral_id)) == 1


async def test_a_row_that_somebody_else_has_just_inserted(office: Office) -> None:
    """On PostgreSQL two transactions may insert the same unique row: the loser is run again and finds it."""
    attempts = 0

    def late(tx: Tx) -> str:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            tx.wake("card", "lost")  # type: ignore[arg-type]
            raise IntegrityError("INSERT", {}, Exception("unique"))
        return "found it"

    office.woken.clear()
    assert await office.do(late) == "found it"
    assert (attempts, office.woken) == (2, [])

    def never(tx: Tx) -> None:
        raise IntegrityError("INSERT", {}, Exception("unique"))

    with pytest.raises(IntegrityError):
        await office.do(never)


async def test_an_error_does_not_tell_the_values(office: Office) -> None:
    """Its text reaches the logs of whoever runs the task."""
    row = provider_row("no such practice", "Zoe Canary")
    with pytest.raises(IntegrityError) as writing:
        await office.do(Tx.add, row)
    with pytest.raises(DBAPIError) as reading:
        await office.desk.database.read(
            lambda session: session.execute(text("SELECT :who FROM nothing"), {"who": "Zoe"})
        )
    assert "Zoe" not in str(writing.value) + str(reading.value)
    assert "hide_parameters" in str(writing.value)


@pytest.mark.parametrize(("code", "attempts"), [("40P01", 2), ("40001", 2), ("55P03", 1)])
async def test_who_lost_a_deadlock_tries_again(office: Office, code: str, attempts: int) -> None:
    """A lock that was waited for too long is not tried again: a click has three seconds."""
    tried = 0

    def unlucky(tx: Tx) -> str:
        nonlocal tried
        tried += 1
        if tried == 1:
            lost = Exception("by the server")
            lost.sqlstate = code  # type: ignore[attr-defined]
            raise DBAPIError("UPDATE", {}, lost)
        return "done"

    if attempts == 1:
        with pytest.raises(DBAPIError):
            await office.do(unlucky)
    else:
        assert await office.do(unlucky) == "done"
    assert tried == attempts


async def test_the_practice_is_written_before_it_is_read_again(office: Office) -> None:
    def rename(tx: Tx) -> str:
        tx.practice().name = "Harbor and Hill"
        return tx.locked_practice().name

    assert await office.do(rename) == "Harbor and Hill"


async def test_another_practices_rows_do_not_exist(office: Office, shared_database: Database) -> None:
    other = await new_office(shared_database)
    maya = await office.provider("Maya Chen")
    theirs = await other.provider("Maya Chen")
    done = await office.submit(maya)

    for use in (Tx.get, Tx.lock):
        assert await office.do(use, Provider, maya.id) is not None
        assert await other.do(use, Provider, maya.id) is None
        assert await other.do(use, Referral, done.referral_id) is None
        assert await other.do(use, Offer, done.offer_id) is None
        assert await other.do(use, Provider, None) is None
    assert [one.id for one in await other.do(Tx.roster)] == [theirs.id]
    assert await other.rows(Delivery) == []


async def test_writers_wait_for_each_other(office: Office) -> None:
    """Lock, then write: nothing that was read is stale by the time it is written."""
    maya = await office.provider("Maya Chen")

    def count(tx: Tx) -> None:
        row = tx.lock(Provider, maya.id)
        assert row is not None
        row.npi = str(int(row.npi or 0) + 1)

    await asyncio.gather(*(office.do(count) for _ in range(50)))
    assert (await office.rows(Provider))[0].npi == "50"


async def test_foreign_keys_hold(office: Office) -> None:
    orphan = provider_row("no such practice", "Maya Chen")
    with pytest.raises(IntegrityError):
        await office.do(Tx.add, orphan)
