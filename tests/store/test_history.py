"""The history is a chain for each subject: what is changed, removed, moved or cut off shows, and where."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from referrals.accept import accept
from referrals.pausing.availability import pause, resume
from referrals.progress import contacted, scheduled
from store.history import first_broken
from store.tables import History, Practice, Provider, Referral
from store.vault import Vault
from tests.desk import CORA, Office, by

Rows = list[History]


@pytest.fixture
async def chain(office: Office) -> tuple[Office, Referral, Rows]:
    """submit, accept:reserved, accept, contacted, scheduled."""
    maya, noor = await office.team("Maya Chen", "Noor Haddad")
    done = await office.submit(maya)
    await office.do(accept, by(noor), done.offer_id)
    await office.do(accept, by(maya), done.offer_id)
    await office.do(contacted, by(maya), done.referral_id)
    await office.do(scheduled, CORA, done.referral_id)
    referral = await office.referral(done.referral_id)
    rows = [History(**row.model_dump()) for row in await office.rows(History, subject_id=referral.id)]
    return office, referral, rows


def broken(chain: tuple[Office, Referral, Rows]) -> int | None:
    office, referral, rows = chain
    return first_broken(office.desk.vault, rows, referral.history_head, referral.history_count)


async def test_whole(chain: tuple[Office, Referral, Rows]) -> None:
    _, referral, rows = chain
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert (referral.history_count, referral.history_head) == (5, rows[-1].hash)
    assert broken(chain) is None


def put(index: int, **values: Any) -> Callable[[Rows], None]:
    def alter(rows: Rows) -> None:
        for name, value in values.items():
            setattr(rows[index], name, value)

    return alter


def remove(index: int) -> Callable[[Rows], None]:
    def alter(rows: Rows) -> None:
        del rows[index]
        for seq, row in enumerate(rows, start=1):
            row.seq = seq

    return alter


def swap(rows: Rows) -> None:
    rows[1], rows[2] = rows[2], rows[1]
    rows[1].seq, rows[2].seq = 2, 3


def cut(rows: Rows) -> None:
    del rows[3:]


def add(rows: Rows) -> None:
    rows.append(History(**rows[-1].model_dump() | {"seq": 6, "id": "another"}))


TAMPERED: dict[str, tuple[Callable[[Rows], None], int]] = {
    "event": (put(2, event="decline"), 3),
    "result": (put(1, result="done"), 2),
    "actor": (put(2, actor="system"), 3),
    "on behalf of": (put(4, on_behalf_of=None), 5),
    "surface": (put(0, surface="page"), 1),
    "data": (put(2, data={"offer": "another"}), 3),
    "subject": (put(2, subject="provider"), 3),
    "practice": (put(2, practice_id="another"), 3),
    "hash": (put(3, hash="0" * 64), 4),
    "first removed": (remove(0), 1),
    "one removed": (remove(2), 3),
    "last removed": (remove(4), 5),
    "two swapped": (swap, 2),
    "tail cut off": (cut, 4),
    "one added": (add, 6),
    "all removed": (lambda rows: rows.clear(), 1),
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_tampering_shows(chain: tuple[Office, Referral, Rows], name: str) -> None:
    alter, where = TAMPERED[name]
    alter(chain[2])
    assert broken(chain) == where


async def test_a_moment_cannot_be_moved(chain: tuple[Office, Referral, Rows]) -> None:
    chain[2][3].at += timedelta(microseconds=1)
    assert broken(chain) == 4


async def test_another_key_fits_nowhere(chain: tuple[Office, Referral, Rows]) -> None:
    _, referral, rows = chain
    other = Vault([Fernet.generate_key().decode()], "an index key for tests", "another history key")
    assert first_broken(other, rows, referral.history_head, referral.history_count) == 1


async def test_subjects_have_chains_of_their_own(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await office.do(pause, by(maya), maya.id)
    await office.do(resume, CORA, maya.id)
    rows = await office.rows(History)
    assert [(row.subject, row.seq, row.event, row.actor) for row in rows] == [
        ("provider", 1, "pause", f"provider:{maya.id}"),
        ("provider", 2, "resume", CORA.name),
    ]
    assert await office.history(maya) == ["pause", "resume"]
    assert (await office.rows(Provider))[0].history_count == 2
    practice = await office.desk.database.write(lambda session: session.get(Practice, office.practice_id))
    assert practice is not None and practice.history_count == 0
