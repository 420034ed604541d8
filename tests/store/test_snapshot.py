"""One view for several statements, on both engines; without it each statement sees what has been committed by then."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only
from sqlmodel import Session, func, select

from store.database import Database
from store.snapshot import hold_view
from store.tables import Practice
from tests.desk import practice_row

pytestmark = pytest.mark.anyio


def _count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Practice)).one()


@pytest.mark.parametrize(("held", "seen"), [(True, [0, 0]), (False, [0, 1])])
async def test_what_is_committed_meanwhile_stays_unseen(database: Database, held: bool, seen: list[int]) -> None:
    def twice(session: Session) -> list[int]:
        if held:
            hold_view(session)
        before = _count(session)
        await_only(database.write(lambda other: other.add(practice_row())))
        return [before, _count(session)]

    assert await database.read(twice) == seen
    assert await database.read(_count) == 1  # and the view ends with its transaction


async def test_nothing_can_be_written_through_it(database: Database) -> None:
    def write(session: Session) -> None:
        hold_view(session)
        session.add(practice_row())
        session.flush()

    with pytest.raises(DBAPIError):
        await database.read(write)
    assert await database.read(_count) == 0
