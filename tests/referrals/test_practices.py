"""A practice is found by its workspace and by its address, and by nothing else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from referrals.practices import by_slug, by_team
from store.database import Database, open_database
from store.tables import Practice


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    await database.migrate()

    def seed(session: Session) -> None:
        now = datetime.now(UTC)
        session.add(Practice(id="p", team_id="T1", slug="juniper", name="J", channel_id="C", created_at=now))

    await database.write(seed)
    yield database
    await database.close()


async def test_found_and_not_found(database: Database) -> None:
    found = await database.read(lambda session: (by_team(session, "T1"), by_slug(session, "juniper")))
    assert [practice and practice.id for practice in found] == ["p", "p"]
    for slug in ("Juniper", "juniper ", "", "-", "j\x00", "%", "x" * 500, "juniper/"):
        assert await database.read(partial(by_slug, slug=slug)) is None
    assert await database.read(lambda session: by_team(session, "T2")) is None
