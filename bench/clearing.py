"""One worker's look for what is due, without the sending: ``python -m bench.clearing`` on what the environment names.

It says "ready", waits for a line, clears, and prints how many deadlines it has acted on.
"""

import asyncio
import sys
from types import SimpleNamespace
from typing import Any, cast

from bot.house import vault_of
from bot.settings import StoreSettings, load
from bot.setup import first_practice
from jobs.deps import JobDeps
from jobs.sweep import act_on_deadlines
from referrals.clock import Clock
from referrals.desk import Desk
from store.database import open_database


async def main() -> None:
    settings = load(StoreSettings)
    database = open_database(settings.database_url)
    practice = await database.read(first_practice)
    if practice is None:
        raise LookupError("no practice")

    async def wake(_wakes: Any) -> None:
        """The sweep alone must suffice."""

    desk = Desk(database, vault_of(settings), Clock(), wake)
    print("ready", flush=True)
    sys.stdin.readline()
    done = await act_on_deadlines(cast(JobDeps, SimpleNamespace(desk=desk)), practice.id)
    await database.close()
    print(done.expired, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
