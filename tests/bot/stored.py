"""All that a database holds, whatever its engine: for comparing one with another."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from tests.engines import opened

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


async def rows_of(url: str) -> Rows:
    """By table and primary key."""
    async with opened(url) as database:
        return await database.read(_rows)


def _rows(session: Session) -> Rows:
    found: Rows = {}
    for table in SQLModel.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        every = session.connection().execute(select(table)).mappings()
        found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in every}
    return found


def in_file(file: object) -> str:
    return f"sqlite+aiosqlite:///{file}"
