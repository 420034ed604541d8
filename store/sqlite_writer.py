"""SQLite's one writing connection, in a thread of its own, for works that come from many clicks at once.

Works that wait together share one commit, and so one wait for the disk (group commit). Each is whole or has not been,
whatever becomes of the others, and is answered only once all of it is on the disk.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlmodel import Session

T = TypeVar("T")

#: Works of one commit at most, and after how many seconds it takes none on any more.
_TOGETHER = 32
_LONG_ENOUGH = 0.05


@dataclass(slots=True, eq=False)
class _Waiting:
    work: Callable[[Session], Any]
    answer: asyncio.Future[Any]


@dataclass(slots=True)
class _Outcome:
    result: Any = None
    error: BaseException | None = None


class SqliteWriter:
    """Works are done in the order in which they come."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._queue: deque[_Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Session], T]) -> T:
        """Raises whatever the work raises. Whoever stops waiting before its turn has not begun anything."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(work, loop.create_future())
        self._queue.append(waiting)
        if self._draining is None or self._draining.done() or self._draining.get_loop() is not loop:
            self._draining = loop.create_task(self._drain(), name="sqlite-writer")
        result: T = await waiting.answer
        return result

    async def in_thread(self, call: Callable[[], T]) -> T:
        """For what is no transaction of the desk's: in its turn, on the same thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def fold_log(self) -> bool:
        """Whether the log is empty now; a reader may be in the way, which is an answer and no error.

        https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
        """

        def fold() -> bool:
            with closing(self._engine.raw_connection()) as connection:
                own = cast(sqlite3.Connection, connection.driver_connection)
                busy, _, _ = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy

        return await self.in_thread(fold)

    async def close(self) -> None:
        if self._draining is not None and not self._draining.done():
            await asyncio.wait([self._draining])
        await self.in_thread(self._engine.dispose)
        self._thread.shutdown()

    async def _drain(self) -> None:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(_TOGETHER, len(self._queue)))]
            batch = [waiting for waiting in batch if not waiting.answer.done()]  # nobody waits for the others any more
            if not batch:
                continue
            try:
                outcomes = await self.in_thread(partial(self._transact, [one.work for one in batch]))
            except RuntimeError as error:  # the thread is gone: whoever still waits would wait for ever
                for waiting in (*batch, *self._queue):
                    _tell(waiting.answer, _Outcome(error=error))
                self._queue.clear()
                return
            self._queue.extendleft(reversed(batch[len(outcomes) :]))
            for waiting, outcome in zip(batch, outcomes, strict=False):
                _tell(waiting.answer, outcome)

    def _transact(self, works: list[Callable[[Session], Any]]) -> list[_Outcome]:
        """Of the first works, as many as went into this commit."""
        outcomes: list[_Outcome] = []
        end = time.monotonic() + _LONG_ENOUGH
        try:
            with self._engine.begin() as connection:
                if len(works) == 1:
                    return [_Outcome(within(connection, works[0]))]
                for work in works:
                    outcomes.append(_in_savepoint(connection, work))
                    if _all_taken_back(connection):
                        raise outcomes[-1].error or sqlite3.OperationalError("rolled back")
                    if time.monotonic() >= end:
                        break
        except BaseException as error:  # noqa: BLE001 - nothing of it is on the disk, which all of them are told
            return [one if one.error else _Outcome(error=error) for one in outcomes] or [_Outcome(error=error)]
        return outcomes


def within(connection: Connection, work: Callable[[Session], T]) -> T:
    """In the connection's transaction, which whoever began it ends."""
    # Autoflush is off: a use case flushes where the order of its statements matters, and says why.
    with Session(connection, autoflush=False, expire_on_commit=False) as session:
        result = work(session)
        session.flush()
        return result


def _in_savepoint(connection: Connection, work: Callable[[Session], Any]) -> _Outcome:
    session = Session(connection, autoflush=False, expire_on_commit=False, join_transaction_mode="create_savepoint")
    try:
        with session:
            result = work(session)
            session.commit()  # of the savepoint: the rest of the commit may still fail, and is then told
            return _Outcome(result)
    except Exception as error:  # noqa: BLE001 - told to whoever asked, once the others are on the disk
        return _Outcome(error=error)


def _all_taken_back(connection: Connection) -> bool:
    """After some errors (a full disk among them) SQLite undoes the whole transaction, not the savepoint alone.

    https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
    """
    return not cast(sqlite3.Connection, connection.connection.driver_connection).in_transaction


def _tell(answer: asyncio.Future[Any], outcome: _Outcome) -> None:
    if answer.done():
        return
    if outcome.error is not None:
        answer.set_exception(outcome.error)
    else:
        answer.set_result(outcome.result)
