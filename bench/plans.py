"""Which statements read a whole table: asks the database how it would run them."""

import re
import sqlite3
from typing import Any

import asyncpg
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

_LARGE = "referral|offer|delivery|history|client|client_name|attention|pass"
#: An index over the open rows only is read whole where all of them are wanted.
_PARTIAL = "one_open_offer|offer_to_remind|offer_to_expire|card_due|delivery_due|attention_open|offer_of_provider"
_SQLITE = re.compile(rf"^SCAN ({_LARGE})\b(?!.* INDEX ({_PARTIAL})\b)")
_POSTGRES = re.compile(rf"Seq Scan on ({_LARGE})\b")


class Statements:
    """Every different statement that any engine of this process runs, with one set of its parameters."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        event.listen(Engine, "before_cursor_execute", self._note)

    def stop(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE")):
            self.found.setdefault(statement, given)


async def full_scans(url: str, statements: dict[str, Any]) -> list[str]:
    """A line for each; the database is read, and the statements are not run."""
    if url.startswith("sqlite"):
        return _on_sqlite(make_url(url).database or "", statements)
    return await _on_postgres(url, statements)


def _on_sqlite(path: str, statements: dict[str, Any]) -> list[str]:
    found = []
    connection = sqlite3.connect(path)
    for statement, given in statements.items():
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", given):
            if _SQLITE.match(step):
                found.append(f"{step}: {_brief(statement)}")
    connection.close()
    return found


async def _on_postgres(url: str, statements: dict[str, Any]) -> list[str]:
    found = []
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for statement, given in statements.items():
        for (step,) in await connection.fetch(f"EXPLAIN {statement}", *given):
            if _POSTGRES.search(step):
                found.append(f"{step.strip()}: {_brief(statement)}")
    await connection.close()
    return found


def _brief(statement: str) -> str:
    """From its FROM on: the columns are many."""
    return " ".join(statement[max(statement.find("\nFROM"), 0) :].split())[:200]
