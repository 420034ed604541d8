"""Two use cases at the same instant, many times: how they are started, and what the database holds afterwards.

On SQLite both go through the one process that may have the file, as in production. On PostgreSQL each goes through a
Database of its own, as two processes would, and neither decides before both have begun and looked at the same rows.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import bindparam, insert, text
from sqlalchemy.util import await_only
from sqlmodel import SQLModel, col, select

from referrals.outcomes import Done
from referrals.tx import Tx
from store.database import Database
from store.history import Entry, append, first_broken
from store.ids import new_id
from store.tables import Attention, Client, Delivery, History, Offer, Pass, Provider, Referral
from tests.desk import COORDINATOR, Office, StillClock, new_office, practice_row
from tests.engines import opened

#: Pairs under way together: each takes one connection of either process, which has sixteen.
TOGETHER = 8
#: How often a side looks again once both have: use cases have more or fewer statements before they hold the referral,
#: and whoever comes last to a meeting would be the first to leave it.
LOOKS_AGAIN = (0, 0, 1, 2, 3)
#: How long a click waits for a row is tested elsewhere; here, on a machine with other work, both must come to an end.
_WAIT = text("SET LOCAL lock_timeout = '30s'")
_ID_LENGTH = len(new_id())
_DREW = "U0DREW"
#: Who hears of what needs a coordinator: two people, so that "once" means once each.
COORDINATORS = (f"slack:{COORDINATOR}", f"slack:{_DREW}")


class TickingClock(StillClock):
    """Never shows the same moment twice, so that "since when" tells whose transaction it was."""

    def real(self) -> datetime:  # type: ignore[override]
        self.at += timedelta(microseconds=1)
        return self.at


#: What the queries behind a card and a roster read; nothing is held, and the rows stay in the session.
_CARD = select(Referral, Offer).join(Offer, col(Offer.referral_id) == Referral.id).where(Offer.id == bindparam("id"))
_PROVIDER = select(Provider).where(Provider.id == bindparam("id"))


@dataclass(frozen=True)
class Side:
    """A use case with its arguments. Whoever runs it has looked at an offer's card, or at a provider, before."""

    use_case: Callable[..., Any]
    args: tuple[Any, ...]
    offer_id: str | None = None
    provider_id: str | None = None

    def look(self, tx: Tx) -> None:
        for query, id in ((_CARD, self.offer_id), (_PROVIDER, self.provider_id)):
            if id is not None:
                assert tx.session.execute(query, {"id": id}).first()


Pair = tuple[Side, Side]


@dataclass
class Track:
    """One practice, and the processes that serve it (one on SQLite)."""

    processes: list[Office]
    chance: random.Random
    _codes: Iterator[int] = field(default_factory=count)

    @property
    def office(self) -> Office:
        return self.processes[0]

    @property
    def apart(self) -> bool:
        return len(self.processes) > 1

    async def elsewhere(self) -> "Track":
        """The same processes with a new practice."""
        first = await _staffed(self.office.desk.database, self.office.clock)
        others = [replace(first, desk=replace(first.desk, database=one.desk.database)) for one in self.processes[1:]]
        return Track([first, *others], self.chance)

    async def refer(self, times: int, preferred: Provider | None = None) -> list[Done]:
        """One referral, and its like for so many other clients: each submitted would take longer than its race."""
        first = await self.office.submit(preferred)
        return await self.office.do(_copies, first, [f"R-{next(self._codes):05}" for _ in range(times)])

    async def run(self, pairs: Sequence[Pair]) -> list[tuple[Any, Any]]:
        """What both sides of each pair were answered. Whatever a use case raises fails the test."""
        answers: list[tuple[Any, Any]] = []
        for start in range(0, len(pairs), TOGETHER):
            async with asyncio.timeout(60):
                answers += await asyncio.gather(*(self._race(pair) for pair in pairs[start : start + TOGETHER]))
        return answers

    async def _race(self, pair: Pair) -> tuple[Any, Any]:
        meeting = asyncio.Barrier(2)
        starts = list(zip((0, 1), pair, self._assigned(), strict=True))
        self.chance.shuffle(starts)
        found = await asyncio.gather(*(self._start(office, side, meeting) for _, side, office in starts))
        answers = {which: answer for (which, _, _), answer in zip(starts, found, strict=True)}
        return answers[0], answers[1]

    def _assigned(self) -> list[Office]:
        processes = self.processes * 2
        return self.chance.sample(processes[:2], 2)

    async def _start(self, office: Office, side: Side, meeting: asyncio.Barrier) -> Any:
        if not self.apart:
            await meeting.wait()
            return await office.do(side.use_case, *side.args)
        return await office.do(_after_both_have_looked(side, meeting, self.chance.choice(LOOKS_AGAIN)), *side.args)


def _after_both_have_looked(side: Side, meeting: asyncio.Barrier, again: int) -> Callable[..., Any]:
    """Begins its transaction and reads, waits until the other side has as well, and only then decides."""
    met = False

    def run(tx: Tx, *args: Any) -> Any:
        nonlocal met
        tx.session.execute(_WAIT)
        if not met:  # a use case that is run again has met the other one before
            met = True
            side.look(tx)
            await_only(meeting.wait())
            for _ in range(again):
                side.look(tx)
        return side.use_case(tx, *args)

    return run


def _copies(tx: Tx, done: Done, codes: list[str]) -> list[Done]:
    """Its like with these codes: its rows under new ids, each with a history signed for it."""
    referral, offer = tx.get(Referral, done.referral_id), tx.get(Offer, done.offer_id)
    assert referral is not None and offer is not None
    client = tx.get(Client, referral.client_id)
    assert client is not None
    told = tx.session.exec(select(Delivery).where(Delivery.referral_id == referral.id)).all()
    event = tx.session.exec(select(History).where(History.subject_id == referral.id)).one()
    entry = Entry(event.event, event.actor, event.surface, data=event.data)
    rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
    copies = []
    for code in codes:
        ids = {one.id: new_id() for one in (client, referral, offer, *told)}
        values = _renamed(referral, ids) | {"code": code, "history_head": "", "history_count": 0}
        copy = Referral(**values)
        rows[History].append(append(tx.vault, copy, entry, event.at))
        rows[Referral].append(values | {"history_head": copy.history_head, "history_count": copy.history_count})
        for row in (client, offer, *told):
            rows[type(row)].append(_renamed(row, ids))
        copies.append(Done(copy.id, copy.offer_id, copy.code, copy.status))
    for table in (Client, Referral, Offer, Delivery, History):
        tx.session.execute(insert(table), rows[table])
    return copies


def _renamed(row: SQLModel, ids: dict[str, str]) -> dict[str, Any]:
    """Its values, with every id in them replaced, also within a key that is made of ids."""

    values = row.model_dump()
    for name, value in values.items():
        if type(value) is str and len(value) >= _ID_LENGTH:
            for old, new in ids.items():
                value = value.replace(old, new)
            values[name] = value
    return values


@asynccontextmanager
async def track(url: str, chance: random.Random) -> AsyncIterator[Track]:
    async with AsyncExitStack() as stack:
        first = await _staffed(await stack.enter_async_context(opened(url, patient=True)), TickingClock())
        processes = [first]
        if not url.startswith("sqlite"):
            database = await stack.enter_async_context(opened(url, patient=True))
            processes.append(replace(first, desk=replace(first.desk, database=database)))
        yield Track(processes, chance)


async def _staffed(database: Database, clock: StillClock) -> Office:
    office = await new_office(database, practice_row(coordinators=[COORDINATOR, _DREW]))
    office.clock = office.desk.clock = clock
    return office


@dataclass
class Ended:
    """All that one referral has come to."""

    referral: Referral
    offers: list[Offer] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    attention: list[Attention] = field(default_factory=list)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def events(self) -> list[str]:
        return [row.event if row.result == "done" else f"{row.event}:{row.result}" for row in self.history]

    @property
    def outcomes(self) -> list[str | None]:
        return [offer.outcome for offer in self.offers]


async def ended(office: Office) -> dict[str, Ended]:
    """By referral id. Fails unless every chain holds, and no referral has two open offers."""
    found = {row.id: Ended(row) for row in await office.rows(Referral)}
    of_offer = {}
    for offer in await office.rows(Offer):
        found[offer.referral_id].offers.append(offer)
        of_offer[offer.id] = found[offer.referral_id]
    for one in await office.rows(Pass):
        of_offer[one.offer_id].passes.append(one)
    for delivery in await office.rows(Delivery):
        found[delivery.referral_id].told[delivery.template, delivery.recipient] += 1  # type: ignore[index]
    for item in await office.rows(Attention):
        found[item.referral_id].attention.append(item)  # type: ignore[index]
    chains = defaultdict(list)
    for row in await office.rows(History):
        chains[row.subject_id].append(row)
    subjects = [*(one.referral for one in found.values()), *await office.rows(Provider)]
    for subject in subjects:
        broken = first_broken(office.desk.vault, chains[subject.id], subject.history_head, subject.history_count)
        assert broken is None, f"{type(subject).__name__} {subject.id} is broken at {broken}"
    for one in found.values():
        one.history = chains[one.referral.id]
        one.offers.sort(key=lambda offer: offer.round)
        assert one.outcomes.count(None) <= 1
        assert one.referral.offer_id == one.offers[-1].id
    return found
