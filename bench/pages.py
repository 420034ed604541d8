"""What coordinators look at, in a practice of a thousand referrals and in one of a hundred thousand, side by side.

A thousand are under way in both; the larger has two years behind it. Of each: its median, how many times that of the
small one, and whether every statement of it finds its rows by an index. Both are asked by turns.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from referrals.clock import Clock
from referrals.desk import Desk
from store.database import Database, PostgresDatabase, open_database
from store.ids import new_id
from store.tables import Practice
from store.vault import Vault

from .asked import PAGES, Page
from .plans import Statements, full_scans
from .postgres import postgres
from .years import OPEN, Years

LARGE = 100_000
_ROUNDS = 7


@dataclass
class Place:
    """A practice of one size, and what it is asked."""

    url: str
    database: Database
    desk: Desk
    practice_id: str
    seconds: dict[str, list[float]] = field(default_factory=dict)

    async def ask(self, page: Page) -> None:
        started = time.perf_counter()
        await self.run(page)
        self.seconds.setdefault(page.name, []).append(time.perf_counter() - started)

    async def run(self, page: Page) -> None:
        """As whoever writes, where the page is a use case that notes the look."""
        run = self.desk.do if page.notes else self.desk.ask
        await run(self.practice_id, page.ask)

    def median(self, page: Page) -> float:
        return statistics.median(self.seconds[page.name][1:])


def pages(large: int = LARGE) -> None:
    print(f"\nA coordinator's pages: {OPEN:,} referrals, and {large:,} of two years")
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite+aiosqlite:///{Path(folder) / name}.db" for name in ("small", "large")]
        asyncio.run(_compare("SQLite", urls, large))
    with postgres() as server:
        asyncio.run(_compare("PostgreSQL", [server.new_database(), server.new_database()], large))


async def _compare(engine: str, urls: list[str], large: int) -> None:
    small, grown = await settled(urls[0], OPEN), await settled(urls[1], large)
    print(f"{engine + ', median ms':36}{OPEN:>10,}{large:>10,}", flush=True)
    scans: list[str] = []
    for page in PAGES:
        statements = Statements()
        for _ in range(_ROUNDS + 1):
            for place in (small, grown):
                await place.ask(page)
        statements.stop()
        found = await full_scans(grown.url, statements.found)
        scans += [f"{page.name}: {line}" for line in found if not page.whole]
        before, after = small.median(page), grown.median(page)
        late = "" if after <= page.seconds else "   MISSED"
        times = f"{1000 * before:>10.1f}{1000 * after:>10.1f} {after / before:>8.2f} x"
        print(f"{page.name:36}{times}   (aim at most {1000 * page.seconds:.0f} ms){late}", flush=True)
    for place in (small, grown):
        await place.database.close()
    print(f"statements that read a whole table: {len(scans)}")
    for line in scans:
        print(f"  {line}")


async def settled(url: str, count: int) -> Place:
    """A practice with so many referrals, in a database of its own that is opened patiently to be filled."""
    filling = open_database(url, patient=True)
    await filling.migrate()
    vault, clock, id = Vault([Fernet.generate_key().decode()], "i" * 32, "h" * 32), Clock(), new_id()
    practice = Practice(
        id=id,
        team_id=id,
        slug=id,
        name="Juniper Grove",
        channel_id="C0REFERRALS",
        coordinators=["U0ROBIN"],
        ideal={"insurer": ["aetna", "cigna"], "age_band": ["18-64"]},
        created_at=clock.now(),
    )
    await filling.write(lambda session: session.add(practice))
    started = time.perf_counter()
    await Years(filling, vault, id, clock.now()).fill(count)
    if isinstance(filling, PostgresDatabase):
        await filling.write(lambda session: session.connection().exec_driver_sql("ANALYZE"))
    await filling.close()
    print(f"seeded {count:,} referrals in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    database = open_database(url)

    async def wake(_wakes: Any) -> None: ...

    return Place(url, database, Desk(database, vault, clock, wake), id)
