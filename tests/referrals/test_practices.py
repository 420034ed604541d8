"""A practice is found by its workspace and by its address, and by nothing else."""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import Session

from referrals.practices import by_slug, by_team
from store.database import Database
from store.tables import Practice


@pytest.fixture
async def practices(database: Database) -> Database:

    def seed(session: Session) -> None:
        now = datetime.now(UTC)
        session.add(Practice(id="p", team_id="T1", slug="juniper", name="J", channel_id="C", created_at=now))

    await database.write(seed)
    return database


async def test_found_and_not_found(practices: Database) -> None:
    found = await practices.read(lambda session: (by_team(session, "T1"), by_slug(session, "juniper")))
    assert [practice and practice.id for practice in found] == ["p", "p"]
    for slug in ("Juniper", "juniper ", "", "-", "j\x00", "%", "x" * 500, "juniper/"):
        assert await practices.read(partial(by_slug, slug=slug)) is None
    assert await practices.read(lambda session: by_team(session, "T2")) is None
