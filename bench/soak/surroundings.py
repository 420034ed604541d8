"""Everything a soak needs, put up and taken down: workspace, queue, database, processes, people and the storm."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from bench.environment import environment
from bench.processes import free_port
from sandbox.server import Sandbox

from .agenda import Act, Agenda
from .beside import Beside
from .chance import Chance, Storm
from .clients import Clients
from .clock import DeskClock
from .fleet import Fleet, Part
from .hands import Hands
from .ledger import Ledger
from .outside import Outside, workspace
from .practice import COORDINATORS
from .queue import Queue
from .staff import Staff
from .trouble import Trouble

_PROCESSES = ("bot", "bot", "bot", "worker", "worker", "worker")


@dataclass
class Surroundings:
    box: Sandbox
    outside: Outside
    queue: Queue
    beside: Beside
    fleet: Fleet
    clock: DeskClock
    agenda: Agenda
    ledger: Ledger
    clients: Clients
    staff: Staff
    trouble: Trouble
    variables: dict[str, str]


@contextlib.asynccontextmanager
async def surroundings(folder: Path, database_url: str, seed: int, storm: Storm) -> AsyncIterator[Surroundings]:
    """``database_url``: of an empty PostgreSQL database. The processes have not been started yet."""
    async with contextlib.AsyncExitStack() as stack:
        box = await workspace().start()
        stack.push_async_callback(box.stop)
        queue = Queue(free_port(), folder)
        await queue.start()
        stack.push_async_callback(queue.stop)
        web = await stack.enter_async_context(aiohttp.ClientSession())
        variables = _variables(box, queue, database_url)
        beside = Beside(variables)
        stack.push_async_callback(beside.close)
        restart = Chance(seed, "restart")
        parts = [Part(role, number % 3 + 1, free_port()) for number, role in enumerate(_PROCESSES)]
        fleet = Fleet(folder, variables, parts, lambda: restart.uniform(0.2, 3))
        stack.push_async_callback(fleet.close)
        clock = DeskClock(web, box.config.signing_secret, _base(fleet))
        agenda, ledger = Agenda(clock.now), Ledger()
        stack.push_async_callback(agenda.close)
        hands = Hands(box, fleet, Chance(seed, "ways"), ledger)

        def now_on(later: timedelta, act: Act) -> None:
            agenda.at(clock.now() + later, act)

        clients = Clients(web, _base(fleet), Chance(seed, "clients"), ledger, [], [])
        staff = Staff(hands, agenda, Chance(seed, "staff"), now_on)
        trouble = Trouble(box, fleet, queue, Chance(seed, "trouble"), storm)
        yield Surroundings(
            box, Outside(box), queue, beside, fleet, clock, agenda, ledger, clients, staff, trouble, variables
        )


def _base(fleet: Fleet) -> Callable[[], str | None]:
    def base() -> str | None:
        bot = fleet.next_bot()
        return bot.base if bot else None

    return base


def _variables(box: Sandbox, queue: Queue, database_url: str) -> dict[str, str]:
    config = box.config
    more = {
        "DATABASE_URL": database_url,
        "REDIS_URL": queue.url,
        "SLACK_APP_TOKEN": config.app_token,
        "COORDINATORS": ",".join(COORDINATORS),
        "MAIL_FROM": "desk@junipergrove.example.org",
        "TWILIO_ACCOUNT_SID": config.twilio_sid,
        "TWILIO_AUTH_TOKEN": config.twilio_token,
        "TWILIO_FROM": "+12025550100",
        "TWILIO_API_URL": box.base_url,
        "PRACTICE_NAME": "Juniper Grove Therapy",
        "PRACTICE_TIME_ZONE": "America/New_York",
        "PAGES_PER_MINUTE": "0",  # all clients come from one address here
        "FORMS_PER_MINUTE": "0",
    }
    return environment(box.base_url, box.mailbox.port, free_port(), **more)
