"""Ours, whole, as far as a click is concerned: Slack over HTTP, one database file, no worker beside it.

``python -m bench.desk`` serves what the environment says, as ``referrals bot`` does, which refuses SQLite. With a
number of seconds it does all that ``referrals run`` does, and posts at that pace. ``prepared`` makes the database
ready before: a practice, its roster, and open rounds.
"""

import asyncio
import signal
import sys
from datetime import timedelta

from sqlmodel import func, select

from bot.house import House, opened
from bot.logs import configure
from bot.run import EVERYTHING, Role, serve
from bot.settings import Settings, load
from jobs.pacing import POST_GAP
from store.database import open_database
from store.tables import Referral
from store.vocabulary import Status

from .clinicians import roster
from .environment import settings
from .seed import Seeder


async def prepared(variables: dict[str, str], rounds: int) -> list[str]:
    """Sets up the practice of these settings with open rounds, a second apart; answers the offers' ids."""
    async with opened(settings(variables)) as house:
        people = roster(house.practice.id, house.clock.now())
        await house.database.write(lambda session: session.add_all(people))
        return await seeder(house).open_rounds(rounds, house.clock.now() - timedelta(hours=1))


async def accepted(url: str) -> int:
    """How many referrals of this database have been; it must not be in use."""
    database = open_database(url.replace("sqlite:", "sqlite+aiosqlite:"))
    counting = select(func.count()).select_from(Referral).where(Referral.status == Status.ACCEPTED)
    try:
        return await database.read(lambda session: session.exec(counting).one())
    finally:
        await database.close()


def seeder(house: House) -> Seeder:
    return Seeder(house.database, house.desk.vault, house.practice.id)


async def main(post_gap: timedelta | None) -> None:
    configure(40)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    role = Role.BOT if post_gap is None else EVERYTHING
    async with opened(load(Settings), post_gap or POST_GAP) as house:
        await serve(house, stopping, role=role)


if __name__ == "__main__":
    asyncio.run(main(timedelta(seconds=float(sys.argv[1])) if sys.argv[1:] else None))
