"""Which practice a workspace is: a short memory, so that a click costs no query for it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from referrals.practices import by_team
from store.database import Database

_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Seat:
    practice_id: str
    bot_user_id: str


class Practices:
    """Remembers a team's practice for ``ttl`` seconds of the real clock; a team without one is looked up each time."""

    def __init__(self, database: Database, *, ttl: float = 60, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database, self._ttl, self._monotonic = database, ttl, monotonic
        self._known: dict[str, tuple[float, Seat]] = {}

    async def of(self, team_id: str | None) -> Seat | None:
        if not team_id:
            return None
        kept = self._known.get(team_id)
        if kept is not None and kept[0] > self._monotonic():
            return kept[1]
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS if kept else None):
                practice = await self._database.read(lambda session: by_team(session, team_id))
        except (SQLAlchemyError, OSError):  # a slow database: what was so a minute ago is so, and the click has 3 s
            if kept is None:
                raise
            return kept[1]
        if practice is None:
            return None
        seat = Seat(practice.id, practice.bot_user_id)
        self._known[team_id] = (self._monotonic() + self._ttl, seat)
        return seat

    def forget(self, team_id: str) -> None:
        self._known.pop(team_id, None)
