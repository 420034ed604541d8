"""What gets slower as a practice grows old: the same thousand open referrals alone, and behind a million that ended.

The two databases are asked by turns, so that a busy machine slows both alike. What coordinators look at, which may
well read a part of the past, is measured in pages.py and printed first.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import ColumnElement
from sqlmodel import col

from blocks.card import referral_card
from blocks.lists import mine_answer, open_answer
from jobs import outbox, posts, sweep
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.outbox import CHANNEL
from referrals.pausing import availability
from referrals.tx import Tx
from referrals.views.card import card
from referrals.views.figures import right_now
from referrals.views.lists import my_lines, open_lines, standing
from referrals.views.needs import attention_lines
from store.database import Database, open_database
from store.ids import new_id
from store.tables import Delivery, Practice
from store.vault import Vault

from .clinicians import roster
from .pages import pages
from .past import seed_past
from .plans import Statements, full_scans
from .postgres import postgres
from .seed import Seeder

_OPEN = 1000
_ROUNDS = 25
_AIM = 1.3


@dataclass(frozen=True, slots=True)
class Office:
    """A practice of one size."""

    url: str
    database: Database
    desk: Desk
    practice_id: str
    offers: list[str]
    provider_id: str

    async def ask(self, query: Callable[..., Any], *arguments: Any) -> Any:
        return await self.desk.ask(self.practice_id, query, *arguments)


async def _card(office: Office, number: int) -> None:
    view = await office.ask(card, office.offers[number * 37 % len(office.offers)])
    referral_card(view)


async def _sweep(office: Office, _: int) -> None:
    """Every query of a sweep that finds nothing to do."""
    await office.database.read(sweep.practice_ids)
    found = [
        await office.ask(query)
        for query in (sweep.expiring, sweep.to_remind, sweep.clients_to_remind, sweep.stale_cards, posts.next_card)
    ]
    found.append(await office.ask(availability.rounds_without_anybody))
    for which in (col(Delivery.recipient) != CHANNEL, col(Delivery.recipient) == CHANNEL):
        found.append(await office.desk.do(office.practice_id, _claim, which))
    if any(found):
        raise RuntimeError("something was due")


def _claim(tx: Tx, which: ColumnElement[bool]) -> Sequence[Delivery]:
    return outbox.claim(tx, which, 20)


async def _open(office: Office, _: int) -> None:
    lines = await office.ask(open_lines, office.provider_id, 200)
    open_answer(lines[:10], len(lines) - 10, everyones=False)


async def _mine(office: Office, _: int) -> None:
    lines = await office.ask(my_lines, office.provider_id, 200)
    mine_answer(lines[:10], len(lines) - 10)


async def _standing(office: Office, _: int) -> None:
    await office.ask(standing, office.provider_id)


async def _numbers(office: Office, _: int) -> None:
    await office.ask(right_now)
    await office.ask(attention_lines)


MEASURED: dict[str, Callable[[Office, int], Awaitable[None]]] = {
    "card, view and blocks": _card,
    "a sweep's queries": _sweep,
    "/referrals open": _open,
    "/referrals mine": _mine,
    "/referrals status": _standing,
    "a coordinator's numbers": _numbers,
}


def growth(count: int = 1_000_000) -> None:
    pages()
    print(f"\nGrowth: {_OPEN:,} open referrals alone, and with {count - _OPEN:,} that ended within a year")
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite+aiosqlite:///{Path(folder) / name}.db" for name in ("small", "large")]
        asyncio.run(_compare("SQLite", urls, count))
    with postgres() as server:
        asyncio.run(_compare("PostgreSQL", [server.new_database(), server.new_database()], count))


async def _compare(engine: str, urls: list[str], count: int) -> None:
    small, large = await _office(urls[0], 0), await _office(urls[1], count - _OPEN)
    statements = Statements()
    print(f"{engine + ', median ms':28}{_OPEN:>12,}{count:>12,}", flush=True)
    for name, work in MEASURED.items():
        for office in (small, large):
            await work(office, 0)
        taken: tuple[list[float], list[float]] = ([], [])
        for number in range(_ROUNDS):
            for office, times in zip((small, large), taken, strict=True):
                started = time.perf_counter()
                await work(office, number)
                times.append(time.perf_counter() - started)
        medians = [1000 * statistics.median(times) for times in taken]
        ratio = medians[1] / medians[0]
        print(f"{name:28}{medians[0]:>12.2f}{medians[1]:>12.2f} {ratio:>8.2f} x   (aim at most {_AIM})", flush=True)
    statements.stop()
    for office in (small, large):
        await office.database.close()
    scans = await full_scans(large.url, statements.found)
    print(f"{len(statements.found)} statements, of which read a whole table: {len(scans)}")
    for line in scans:
        print(f"  {line}")


async def _office(url: str, past: int) -> Office:
    """The databases are opened patiently: nobody waits while they are filled."""
    database = open_database(url, patient=True)
    await database.migrate()
    vault, clock = Vault([Fernet.generate_key().decode()], "i" * 32, "h" * 32), Clock()
    id = new_id()
    practice = Practice(
        id=id, team_id=id, slug=id, name="Juniper Grove", channel_id="C0REFERRALS", created_at=clock.now()
    )
    people = roster(id, clock.now())
    await database.write(lambda session: session.add(practice))
    provider_id = people[0].id
    await database.write(lambda session: session.add_all(people))
    seeder = Seeder(database, vault, id)
    started = time.perf_counter()
    await seed_past(seeder, past, clock.now(), [person.id for person in people])
    offers = await seeder.open_rounds(_OPEN, clock.now() - timedelta(hours=20), timedelta(seconds=60))
    print(f"seeded {past + _OPEN:,} referrals in {time.perf_counter() - started:.0f} s", file=sys.stderr)

    async def wake(_wakes: Any) -> None: ...

    return Office(url, database, Desk(database, vault, clock, wake), id, offers, provider_id)
