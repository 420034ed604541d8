"""One view of the database for several statements: what is committed between them stays unseen."""

from sqlmodel import Session


def hold_view(session: Session) -> None:
    """For a reading transaction, before its first statement. A writer on SQLite is alone anyway, and need not ask."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        connection.exec_driver_sql("BEGIN")  # the driver begins by itself only where something is written
