"""Sealing anew: what is left when it is broken off, when rows change under its hands, when a key is missing."""

import threading
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from sqlmodel import Session, select

from store import rekey as module
from store.database import Database
from store.rekey import Rekeyed, rekey, sealed_columns
from store.tables import Client, Practice
from store.vault import UnreadableSecret, Vault

pytestmark = pytest.mark.anyio

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))
NOW = datetime(2025, 11, 14, tzinfo=UTC)


def _vault(*keys: str) -> Vault:
    return Vault(keys, "i" * 32, "h" * 32)


def _nobody(_done: int, _total: int) -> None:
    pass


async def _clients(database: Database, vault: Vault, count: int) -> None:
    def write(session: Session) -> None:
        if session.get(Practice, "p") is None:
            row = Practice(id="p", team_id="T0", slug="p", name="P", channel_id="C0", created_at=NOW)
            session.add(row)
            row.key_check = vault.seal("check")
            session.flush()
        have = len(session.exec(select(Client.id)).all())
        for number in range(have, have + count):
            email = vault.seal(f"c{number}@clients.example.net") if number % 2 else None
            client = Client(id=f"c{number:04d}", practice_id="p", name=vault.seal(f"Nobody {number}"), created_at=NOW)
            client.email = email
            session.add(client)

    await database.write(write)


async def _read(database: Database, vault: Vault) -> dict[str, tuple[str | None, str | None]]:
    rows = await database.read(lambda session: session.exec(select(Client)).all())
    return {row.id: (vault.open(row.name), vault.open(row.email)) for row in rows}


def test_everything_that_is_sealed_is_known() -> None:
    assert {table.name: [column.name for column in columns] for table, columns in sealed_columns().items()} == {
        "practice": ["key_check"],
        "client": ["name", "preferred_name", "email", "phone", "guardian", "notes"],
    }


async def test_everything_opens_with_the_new_key_alone(database: Database) -> None:
    await _clients(database, _vault(OLD), 250)
    before = await _read(database, _vault(OLD))
    told: list[tuple[int, int]] = []
    both = _vault(NEW, OLD)
    done = await rekey(database, both, lambda done, total: told.append((done, total)), threading.Event())
    assert done == Rekeyed(renewed=250 + 125 + 1, left=0, unreadable=0)
    assert await _read(database, _vault(NEW)) == before
    assert told[-1] == (251, 251) and [done for done, _ in told[:4]] == sorted(done for done, _ in told[:4])
    with pytest.raises(UnreadableSecret):
        await _read(database, _vault(OLD))
    assert await rekey(database, both, _nobody, threading.Event()) == Rekeyed(0, 0, 0), "there is nothing left to do"


async def test_broken_off_it_goes_on_where_it_was(database: Database) -> None:
    await _clients(database, _vault(OLD), 250)
    before = await _read(database, _vault(OLD))
    stopping, both = threading.Event(), _vault(NEW, OLD)
    done = await rekey(database, both, lambda done, _total: stopping.set() if done > 100 else None, stopping)
    assert not done.complete and 0 < done.renewed < 376
    assert await _read(database, both) == before, "half way through, both keys open everything"
    rest = await rekey(database, both, _nobody, threading.Event())
    assert (rest.renewed + done.renewed, rest.left, rest.complete) == (376, 0, True)
    assert await _read(database, _vault(NEW)) == before


async def test_what_changes_under_its_hands_is_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading and writing a form brings a new address, sealed with the old key; and one client is erased."""
    await _clients(database, _vault(OLD), 3)
    write, meanwhile = module._write, []

    async def change_first(*given: object) -> int:
        if not meanwhile:
            meanwhile.append(True)
            await database.write(_change)
        return await write(*given)  # type: ignore[arg-type]

    def _change(session: Session) -> None:
        changed, erased = session.get(Client, "c0000"), session.get(Client, "c0001")
        assert changed is not None and erased is not None
        changed.name, erased.name, erased.email = _vault(OLD).seal("Somebody Else"), None, None

    monkeypatch.setattr(module, "_write", change_first)
    done = await rekey(database, _vault(NEW, OLD), _nobody, threading.Event())
    assert (done.left, done.unreadable) == (0, 0)
    after = await _read(database, _vault(NEW))
    assert after["c0000"] == ("Somebody Else", None) and after["c0001"] == (None, None)


async def test_a_process_that_seals_with_the_old_key_is_noticed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _clients(database, _vault(OLD), 2)
    write = module._write

    async def and_another(*given: object) -> int:
        done = await write(*given)  # type: ignore[arg-type]
        await database.write(_seal_behind_its_back)
        return done

    def _seal_behind_its_back(session: Session) -> None:
        changed = session.get(Client, "c0000")
        assert changed is not None
        changed.name = _vault(OLD).seal("Somebody Else")

    monkeypatch.setattr(module, "_write", and_another)
    done = await rekey(database, _vault(NEW, OLD), _nobody, threading.Event())
    assert done.left > 0


async def test_what_no_key_opens_is_named_and_left_alone(database: Database) -> None:
    await _clients(database, _vault(OLD), 1)
    await _clients(database, _vault(LOST), 1)
    done = await rekey(database, _vault(NEW, OLD), _nobody, threading.Event())
    assert (done.renewed, done.left, done.unreadable, done.first_unreadable) == (2, 0, 2, "client c0001")
    assert (await _read(database, _vault(NEW, LOST)))["c0001"] == ("Nobody 1", "c1@clients.example.net")
