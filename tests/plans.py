"""How SQLite would find what a query asks for. It chooses without knowing how large a table is."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from referrals.tx import Tx


def plans(tx: Tx, ask: Callable[..., Any], *arguments: Any) -> list[str]:
    """The steps of every statement that ``ask`` runs with the transaction and ``arguments``."""
    connection, seen = tx.session.connection(), []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        ask(tx, *arguments)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return [
        step[3]
        for statement, parameters in seen
        for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
