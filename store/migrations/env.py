"""Alembic's entry: runs on the connection it is handed, which begins and commits the transaction."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

from store import tables  # noqa: F401 - fills the metadata
from store.columns import Choice, UtcDateTime


def _plain(kind: str, value: Any, _autogen: object) -> str | Literal[False]:
    """Migrations name lasting types, not ours, where ours add nothing to the column."""
    if kind == "type" and isinstance(value, Choice):
        return "sa.String(32)"
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=_plain,
)
with context.begin_transaction():
    context.run_migrations()
