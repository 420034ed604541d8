"""Instants are aware UTC, whatever the engine; a vocabulary's words come back as its members."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from store.database import Database
from store.tables import Practice
from store.vocabulary import ProviderStatus
from tests.desk import Office, practice_row


async def test_a_naive_datetime_is_refused(database: Database) -> None:
    row = practice_row(created_at=datetime(2025, 11, 14, 23, 0))  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="naive"):
        await database.write(lambda session: session.add(row))
    assert await database.write(lambda session: session.get(Practice, row.id)) is None


async def test_other_zones_are_stored_as_utc(database: Database) -> None:
    eastern = timezone(timedelta(hours=-5))
    row = practice_row(created_at=datetime(2025, 11, 14, 18, 0, 0, 123456, tzinfo=eastern))
    await database.write(lambda session: session.add(row))
    found = await database.read(lambda session: session.get(Practice, row.id))
    assert found is not None and found is not row
    assert found.created_at == row.created_at
    assert found.created_at.tzinfo is UTC
    stored = await database.read(lambda session: session.execute(text("SELECT created_at FROM practice")).scalar_one())
    assert str(stored).startswith("2025-11-14 23:00:00.123456")


async def test_words_come_back_as_members(office: Office) -> None:
    provider = await office.provider("Maya Chen", status=ProviderStatus.PAUSED)
    found = (await office.rows(type(provider)))[0]
    assert found.status is ProviderStatus.PAUSED
