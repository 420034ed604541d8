"""Which statements read a whole table, or all that a practice has in one: asks the database how it would run them."""

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
#: By the practice alone SQLite reads all its rows, through whichever index begins with it.
_OF_PRACTICE = re.compile(
    rf"^SEARCH ({_LARGE}) USING (COVERING )?INDEX (?!({_PARTIAL}|referral_to_\w+|\w+_urgent)\b)\w+ \(practice_id=\?\)"
)
#: In the order of an index no more is read than is shown.
_SORTED = "USE TEMP B-TREE FOR ORDER BY"
_POSTGRES = re.compile(rf"Seq Scan on ({_LARGE})\b")


class Statements:
    """Every different statement that any engine of this process runs, with one set of its parameters."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        event.listen(Engine, "before_cursor_execute", self._note)

    def stop(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "WITH")):
            self.found.setdefault(statement, given)


async def full_scans(url: str, statements: dict[str, Any], *, while_small: bool = False) -> list[str]:
    """A line for each; the database is read, and the statements are not run.

    ``while_small``: PostgreSQL reads a small table whole because that is quickest, and is told not to.
    """
    if url.startswith("sqlite"):
        return _on_sqlite(make_url(url).database or "", statements)
    return await _on_postgres(url, statements, while_small)


def _on_sqlite(path: str, statements: dict[str, Any]) -> list[str]:
    found = []
    connection = sqlite3.connect(path)
    for statement, given in statements.items():
        steps = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
        limited = "\n LIMIT" in statement and _SORTED not in steps
        found += [
            f"{step}: {_brief(statement)}"
            for step in steps
            if _SQLITE.match(step) or (_OF_PRACTICE.match(step) and not limited)
        ]
    connection.close()
    return found


async def _on_postgres(url: str, statements: dict[str, Any], while_small: bool) -> list[str]:
    found = []
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    if while_small:
        await connection.execute("SET enable_seqscan = off")
    for statement, given in statements.items():
        for (step,) in await connection.fetch(f"EXPLAIN {statement}", *given):
            if _POSTGRES.search(step):
                found.append(f"{step.strip()}: {_brief(statement)}")
    await connection.close()
    return found


def _brief(statement: str) -> str:
    """From its FROM on: the columns are many."""
    return " ".join(statement[max(statement.find("\nFROM"), 0) :].split())[:200]
