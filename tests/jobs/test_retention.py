"""Erasing as the jobs do it: by night, after a crash, and so that nothing of it is left on the disk or in a backup."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from jobs import retention as erasing
from referrals.close import close
from referrals.retention import runs as retention
from referrals.retention.runs import BATCH, Begun, begin, dry_run, erase_some, switch
from referrals.tx import WakeKind
from store.backup import back_up
from store.database import Database, SqliteDatabase
from store.tables import Client, ClientName, Erasure, Referral
from store.vocabulary import CloseReason
from tests.canary import somebody
from tests.desk import CORA, Office, new_office
from tests.engines import ON_SQLITE

from .outside import Outside

pytestmark = pytest.mark.anyio

DAYS = 180


@pytest.fixture
async def alone(database: Database) -> Office:
    """An office with a database of its own."""
    return await new_office(database)


async def past_their_time(office: Office, many: int, notes: str = "") -> None:
    for _ in range(many):
        who = somebody()
        facts = {"client_name": who.name, "client_email": who.email, "client_phone": who.phone}
        done = await office.submit(None, **facts, guardian=who.guardian, notes=notes or who.notes)
        await office.do(close, CORA, done.referral_id, CloseReason.UNREACHABLE)
    office.clock.turn(days=DAYS)


async def erased(office: Office) -> int:
    return len([one for one in await office.rows(Referral) if one.erased_at is not None])


async def begun(office: Office) -> str:
    found = await office.do(begin, CORA, (await office.desk.ask(office.practice_id, dry_run)).digest)
    assert isinstance(found, Begun)
    return found.erasure_id


async def test_the_button_wakes_the_job_that_erases_to_the_end(office: Office) -> None:
    await past_their_time(office, BATCH + 2)
    office.woken.clear()
    id = await begun(office)
    assert [(one.kind, one.id) for one in office.woken] == [(WakeKind.ERASE, id)]
    deps = Outside().deps(office)
    await asyncio.gather(*(erasing.go_on(deps, office.practice_id, id) for _ in range(2)))
    assert await erased(office) == BATCH + 2
    assert [one.erased for one in await office.rows(Erasure)] == [BATCH + 2], "two at a time erase nobody twice"


async def test_what_a_lost_process_has_begun_is_ended_by_the_next(office: Office) -> None:
    await past_their_time(office, BATCH + 2)
    id = await begun(office)
    assert await office.do(erase_some, id)
    deps = Outside().deps(office)
    deps.stopping.set()
    await erasing.go_on(deps, office.practice_id, id)
    assert await erased(office) == BATCH, "a process that stops takes nothing on"
    deps.stopping.clear()
    await erasing.run(deps)
    assert await erased(office) == BATCH + 2
    assert await office.desk.ask(office.practice_id, retention.unfinished) == []


async def test_by_night_nobody_is_erased_before_it_was_turned_on(office: Office) -> None:
    await past_their_time(office, 2)
    office.clock.turn(days=1)
    deps = Outside().deps(office)
    await erasing.run(deps)
    assert await erased(office) == 0 and await office.rows(Erasure) == []
    await office.do(switch, CORA, True, (await office.desk.ask(office.practice_id, dry_run)).digest)
    await erasing.run(deps)
    assert await erased(office) == 0, "from the coming night on"
    office.clock.turn(days=1)
    await erasing.run(deps)
    await erasing.run(deps)
    assert await erased(office) == 2
    assert [(one.asked_by, one.erased) for one in await office.rows(Erasure)] == [("system", 2)]


@ON_SQLITE
async def test_nothing_of_them_is_left_in_the_file_nor_in_a_backup(
    alone: Office, database_url: str, tmp_path: Path
) -> None:
    """Not even sealed: whoever has the keys could open that. Long notes fill pages of their own."""
    await past_their_time(alone, 30, notes="n" * 9000)
    clients: Sequence[Client] = await alone.rows(Client)
    columns = ("name", "email", "phone", "guardian", "notes")
    sealed = [getattr(one, name) for one in clients for name in columns]
    indexes = [one.email_index.encode() for one in clients if one.email_index]
    indexes += [one.digest.encode() for one in await alone.rows(ClientName)]
    pieces = [value[at : at + 40] for value in sealed for at in range(20, len(value) - 40, 1000)] + indexes
    file = Path(make_url(database_url).database or "")

    def left() -> int:
        raw = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*") if part.suffix != ".lock")
        return len([piece for piece in pieces if piece in raw])

    assert left() > 500, "they are there and would be found, but for those that a page cuts in two"
    await erasing.go_on(Outside().deps(alone), alone.practice_id, await begun(alone))
    assert await erased(alone) == 30
    assert left() == 0
    copy = tmp_path / "later.backup"
    await back_up(database_url, copy, lambda _done, _total: None, threading.Event())
    raw = copy.read_bytes()
    assert [piece for piece in pieces if piece in raw] == []


@ON_SQLITE
async def test_a_reader_at_work_keeps_nobody_from_erasing(alone: Office, database_url: str) -> None:
    """Its log is folded the next time."""
    await past_their_time(alone, 1)
    id = await begun(alone)
    file, database = make_url(database_url).database or "", alone.desk.database
    assert isinstance(database, SqliteDatabase)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM client").fetchall()
        async with asyncio.timeout(20):
            await erasing.go_on(Outside().deps(alone), alone.practice_id, id)
        assert await erased(alone) == 1 and not database.folded
    assert _size(f"{file}-wal") > 0
    await erasing.run(Outside().deps(alone))
    assert database.folded and _size(f"{file}-wal") == 0, "nobody was erased this time, and it is tried again"


def _size(file: str) -> int:
    return Path(file).stat().st_size
