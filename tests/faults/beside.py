"""The desk's database, looked at from beside the processes that serve it; written only to let time pass.

A SQLite file belongs to its process. Reading beside it does no harm, nor does a short write; but only the process's
own connection may check the log in (PLATFORM.md), so these never do.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session, col, select, update

from referrals.clock import Clock
from referrals.desk import Desk
from referrals.tx import Wake
from store.database import Database, open_database
from store.sqlite_writer import within
from store.tables import Delivery, DeskClock, Offer, Practice
from store.vault import Vault
from store.vocabulary import DeliveryState

T = TypeVar("T")
#: Longer than any wait between attempts that the tests meet, and shorter than what is left of any lease they meet.
_A_WAIT = timedelta(seconds=20)


class FileBeside:
    """What ``store.database.Database`` offers, without taking the file from the process that holds it."""

    def __init__(self, path: Path) -> None:
        url = URL.create("sqlite", database=str(path))
        self._engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 10})
        event.listen(self._engine, "connect", _prepare)

    async def read(self, work: Callable[[Session], T]) -> T:
        return await asyncio.to_thread(self._run, work, False)

    async def write(self, work: Callable[[Session], T]) -> T:
        return await asyncio.to_thread(self._run, work, True)

    async def migrate(self) -> None: ...

    async def close(self) -> None:
        self._engine.dispose()

    def _run(self, work: Callable[[Session], T], writing: bool) -> T:
        with self._engine.begin() as connection:
            if writing:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            return _within(connection, work)


def _within(connection: Connection, work: Callable[[Session], T]) -> T:
    return within(connection, work)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA wal_autocheckpoint=0")


class Beside:
    """What tests and the auditor ask a house for: ``desk``, ``database`` and ``practice``; it wakes nobody."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.url = url
        self.database: Database
        if url.startswith("sqlite"):
            self.database = FileBeside(Path(url.partition(":///")[2]))
        else:
            self.database = open_database(url, patient=True)
        self.desk = Desk(self.database, vault, Clock(), _nobody)
        self.practice: Practice

    async def look(self) -> None:
        """Reads which practice there is, and how far its clock is turned."""
        self.practice = await self.database.read(lambda session: session.exec(select(Practice)).one())
        row = await self.database.read(lambda session: session.get(DeskClock, 1))
        self.desk.clock.offset = timedelta(seconds=row.offset_seconds if row else 0)

    async def leases_over(self) -> None:
        """What waiting for up to three minutes would do: whoever held a lease is dead, and now it is at its end.

        Only for after a kill: a live worker's row would be given to another.
        """
        now = Clock.real()

        def write(session: Session) -> None:
            held = [DeliveryState.SENDING, DeliveryState.UNKNOWN]
            run = session.connection().execute
            run(update(Delivery).where(col(Delivery.state).in_(held), col(Delivery.next_at) > now).values(next_at=now))
            run(update(Offer).where(col(Offer.card_lease_until).is_not(None)).values(card_lease_until=now))
            run(update(Offer).where(col(Offer.card_next_at) > now).values(card_next_at=now))

        await self.database.write(write)

    async def waits_over(self) -> None:
        """The same for the waits between one attempt and the next; no lease is touched."""
        now = Clock.real()

        waiting = (col(Delivery.state) == DeliveryState.PENDING) & (col(Delivery.next_at) > now)
        soon = (col(Delivery.state) == DeliveryState.UNKNOWN) & (col(Delivery.next_at) > now)
        free = (col(Offer.card_lease_until).is_(None)) & (col(Offer.card_next_at) > now)
        statements = (
            update(Delivery).where(waiting).values(next_at=now),
            update(Delivery).where(soon, col(Delivery.next_at) <= now + _A_WAIT).values(next_at=now),
            update(Offer).where(free).values(card_next_at=now),
        )
        for statement in statements:
            with suppress(DBAPIError):  # a desk at work holds some of the rows, in an order of its own
                await self.database.write(partial(_execute, statement))

    async def turn_clock(self, seconds: int) -> None:
        """As far as the sandbox's own clock is turned, while no process is there to be told."""

        def write(session: Session) -> None:
            row = session.get(DeskClock, 1) or DeskClock()
            row.offset_seconds = seconds
            session.add(row)

        await self.database.write(write)


def _execute(statement: Any, session: Session) -> None:
    session.connection().execute(statement)


async def _nobody(_wakes: Sequence[Wake]) -> None: ...
