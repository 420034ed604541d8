"""Works that wait together share one commit; each is whole or has not been, whatever becomes of the others."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store.database import Database, SqliteDatabase
from store.sqlite_writer import SqliteWriter
from store.tables import Practice
from tests.desk import practice_row
from tests.engines import ON_SQLITE

pytestmark = ON_SQLITE


class Gate:
    """Holds the writer until it is opened, so that what comes meanwhile waits together."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, _session: Session) -> None:
        self.entered.set()
        assert self.open.wait(20)


async def held(database: Database) -> tuple[Gate, asyncio.Task[None]]:
    gate = Gate()
    holding = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.entered.wait, 20)
    return gate, holding


def commits(database: Database) -> list[object]:
    assert isinstance(database, SqliteDatabase)
    seen: list[object] = []
    event.listen(database._writer._engine, "commit", seen.append)
    return seen


async def together(database: Database, *works: Any) -> list[Any]:
    gate, holding = await held(database)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)  # each has taken its place in the line
    gate.open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await holding
    return results


async def known(database: Database) -> set[str]:
    return set(await database.read(lambda session: session.exec(select(Practice.id)).all()))


async def test_many_works_and_one_commit(database: Database) -> None:
    seen = commits(database)
    rows = [practice_row() for _ in range(10)]
    await together(database, *(lambda session, row=row: session.add(row) for row in rows))
    assert await known(database) == {row.id for row in rows}
    assert len(seen) == 2, "the one that held the writer, and the ten"


class Odd(Exception):
    pass


async def test_one_that_fails_takes_nobody_with_it(database: Database) -> None:
    kept, taken, also = practice_row(), practice_row(), practice_row()
    twin = practice_row(team_id=kept.team_id)

    def odd(session: Session) -> None:
        session.add(taken)
        session.flush()
        raise Odd

    results = await together(
        database,
        lambda session: session.add(kept),
        odd,
        lambda session: session.add(twin),  # breaks a rule when it is written
        lambda session: session.execute(text("SELECT nonsense")),
        lambda session: session.add(also),
    )
    assert [type(one) for one in results[:3]] == [type(None), Odd, IntegrityError]
    assert isinstance(results[3], Exception) and results[4] is None
    assert await known(database) == {kept.id, also.id}


async def test_each_sees_what_the_ones_before_it_did(database: Database) -> None:
    row = practice_row()

    def count(session: Session) -> int:
        found = session.exec(select(Practice).where(col(Practice.id) == row.id)).one()
        found.history_count += 1
        return found.history_count

    await database.write(lambda session: session.add(row))
    assert await together(database, *[count] * 20) == list(range(1, 21))


async def test_a_commit_that_fails_is_told_to_all(database: Database) -> None:
    assert isinstance(database, SqliteDatabase)
    gate, holding = await held(database)
    rows = [practice_row() for _ in range(3)]
    tasks = [asyncio.create_task(database.write(lambda session, row=row: session.add(row))) for row in rows]
    await asyncio.sleep(0)
    engine = database._writer._engine

    seen: list[object] = []

    def full(connection: object) -> None:
        seen.append(connection)
        if len(seen) > 1:  # the first is the commit of who holds the writer
            raise Odd

    event.listen(engine, "commit", full)
    gate.open.set()
    await holding
    results = await asyncio.gather(*tasks, return_exceptions=True)
    event.remove(engine, "commit", full)
    assert [type(one) for one in results] == [Odd] * 3
    assert await known(database) == set()
    await database.write(lambda session: session.add(practice_row()))
    assert len(await known(database)) == 1, "and the next one works"


async def test_a_disk_that_fills_up_undoes_nothing_that_was_acknowledged(database: Database) -> None:
    """SQLite then takes the whole transaction back, not the savepoint: who came before must not be told "done"."""
    first, last = practice_row(), practice_row()

    def too_much(session: Session) -> None:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        try:
            session.add(practice_row(name="x" * 100_000))
            session.flush()
        finally:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")

    results = await together(database, lambda session: session.add(first), too_much, lambda session: session.add(last))
    assert "full" in str(results[1])
    kept = await known(database)
    for row, result in ((first, results[0]), (last, results[2])):
        assert (row.id in kept) is (result is None), "whoever was told that it is done finds it done, and nobody else"
    assert last.id in kept, "and the next commit works"


async def test_after_the_end_nobody_waits_for_ever(engine: str, tmp_path: Path) -> None:
    writer = SqliteWriter(create_engine(f"{engine}:///{tmp_path / 'desk.db'}"))
    await writer.close()
    with pytest.raises(RuntimeError):
        async with asyncio.timeout(20):
            await writer.write(lambda session: session.add(practice_row()))


async def test_who_stops_waiting_has_begun_nothing(database: Database) -> None:
    gate, holding = await held(database)
    gone, patient = practice_row(), practice_row()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await database.write(lambda session: session.add(gone))
    waiting = asyncio.create_task(database.write(lambda session: session.add(patient)))
    gate.open.set()
    await asyncio.gather(holding, waiting)
    assert await known(database) == {patient.id}
