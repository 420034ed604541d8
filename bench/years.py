"""Two years of a whole practice in bulk: who came from where, who took them, what was written and sent.

Only what pages and reports read is lifelike; the chains are no chains, and all clients bear one sealed name.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import insert
from sqlmodel import Session

from store.database import Database
from store.ids import first_id
from store.tables import Attention, Client, Delivery, History, Offer, Provider, Referral, Source
from store.vault import Vault
from store.vocabulary import (
    INSURERS,
    SERVICES,
    SlackStanding,
    SourceKind,
    Status,
)

from .seed import WINDOW
from .stories import STATES, Life, Rows, Story, as_is

YEARS = timedelta(days=730)
#: How many are under way at any time, however long the past is: all of a practice of a thousand.
OPEN = 1000
PROVIDERS, SOURCES = 500, 60
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Years:
    """Where the rows go. ``until``: the end, aware UTC. The same seed gives the same practice."""

    database: Database
    vault: Vault
    practice_id: str
    until: datetime
    seed: int = 7

    async def fill(self, count: int) -> list[Provider]:
        """``count`` referrals, the youngest of them open; answers the roster."""
        chance = random.Random(self.seed)
        people = [_provider(self.practice_id, number, self.until - YEARS, chance) for number in range(PROVIDERS)]
        sources = [_source(self.practice_id, number, self.until - YEARS) for number in range(SOURCES)]
        await self.database.write(lambda session: session.add_all([*people, *sources]))
        name = self.vault.seal("Client of the bench") or b""
        life = Life(people, sources, chance, as_is(self.practice_id, self.until, name))
        for first in range(0, count, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, count))
            await self.database.write(partial(_write, _stories(life, numbers, count, self.until)))
        return people


def _write(rows: Rows, session: Session) -> None:
    connection = session.connection()
    for table, some in rows.items():
        if some:
            connection.execute(insert(table), some)


def _stories(life: Life, numbers: range, count: int, until: datetime) -> Rows:
    made: Rows = {table: [] for table in (Client, Referral, Offer, History, Delivery, Attention)}
    for number in numbers:
        left = count - number
        if left <= OPEN:
            at = until - WINDOW * 0.8 * (left / OPEN)
            status = (Status.PENDING, Status.ACCEPTED, Status.CONTACTED, Status.EXPIRED)[_of(number, (45, 70, 95, 100))]
        else:
            at = until - YEARS + (YEARS - timedelta(days=7)) * (number / max(1, count - OPEN))
            status = (Status.SCHEDULED, Status.CLOSED)[_of(number, (60, 100))]
        Story(life, f"{first_id(at)[:10]}{number:016}", at, status).write(made)
    return made


def _of(number: int, shares: Sequence[int]) -> int:
    """Which of the parts of a hundred this number falls into; neighbours fall apart."""
    part = number * 61 % 100
    return next(index for index, share in enumerate(shares) if part < share)


def _provider(practice_id: str, number: int, at: datetime, chance: random.Random) -> Provider:
    states, insurers = chance.sample(STATES, 2), chance.sample(tuple(INSURERS), 4)
    return Provider(
        id=f"{first_id(at)[:10]}{number:016}",
        practice_id=practice_id,
        slack_user=f"U0MANY{number:04}",
        slack_standing=SlackStanding.MEMBER,
        name=f"Clinician {number:03}",
        credential="LCSW",
        work_email=f"many{number}@junipergrove.example.org",
        time_zone="America/New_York",
        licences=[{"state": state, "expires": "2099-12-31"} for state in states],
        insurers=[{"insurer": one, "accepting": True} for one in insurers],
        services=chance.sample(tuple(SERVICES), 3),
        languages=["English"],
        created_at=at,
    )


def _source(practice_id: str, number: int, at: datetime) -> Source:
    return Source(
        id=f"{first_id(at)[:10]}{number:016}",
        practice_id=practice_id,
        name=f"Source {number:02}",
        kind=tuple(SourceKind)[number % len(SourceKind)],
        created_at=at,
    )
