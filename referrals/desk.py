"""Runs use cases: one transaction each, then the wake-ups it asked for."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from store.database import Database
from store.vault import Vault

from .clock import Clock
from .tx import Tx, Wake

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Wakes = Callable[[Sequence[Wake]], Awaitable[None]]

_ATTEMPTS = 3
#: PostgreSQL's codes for a deadlock, and for a serialization failure.
_LOST_TO_ANOTHER = frozenset({"40P01", "40001"})


@dataclass(slots=True)
class Desk:
    """The use cases' way to the database. ``wake`` is handed in by ``bot``, so that nothing here imports ``jobs``."""

    database: Database
    vault: Vault
    clock: Clock
    wake: Wakes

    async def do(
        self, practice_id: str, use_case: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs a use case and commits. Whatever it raises rolls everything back.

        A compare-and-set that lost, a unique row that somebody else has just inserted (the same form sent twice, on
        PostgreSQL), or a deadlock is run again from the start: the second time it sees who won.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            wakes: list[Wake] = []

            def work(session: Session, wakes: list[Wake] = wakes) -> T:
                tx = self._tx(session, practice_id, wakes)
                result = use_case(tx, *args, **kwargs)
                tx.finish()
                return result

            try:
                result = await self.database.write(work)
            except (StaleDataError, DBAPIError) as error:
                if attempt == _ATTEMPTS or not _worth_repeating(error):
                    raise
                continue
            if wakes:
                await self.wake(wakes)
            return result
        raise AssertionError("unreachable")

    async def ask(
        self, practice_id: str, query: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs a query that writes nothing."""
        return await self.database.read(lambda session: query(self._tx(session, practice_id, []), *args, **kwargs))

    def _tx(self, session: Session, practice_id: str, wakes: list[Wake]) -> Tx:
        return Tx(session, practice_id, self.clock.now(), self.clock.real(), self.vault, wakes)


def _worth_repeating(error: Exception) -> bool:
    if isinstance(error, (StaleDataError, IntegrityError)):
        return True
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _LOST_TO_ANOTHER
