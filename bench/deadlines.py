"""Deadlines that ran out while nobody was there: each acted on once, by one or several workers looking at once."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, func, select

from bot.house import opened
from referrals.lifecycle import Event
from referrals.notices import Template
from store.database import open_database
from store.tables import Delivery, History, Offer
from store.vocabulary import OfferOutcome

from .bare import bare_postgres, bare_sqlite
from .clinicians import roster
from .desk import seeder
from .environment import environment, settings
from .postgres import Postgres, postgres
from .processes import free_port, sandbox

_AIM = 500
_BARE = 3000


def deadlines(count: int = 100_000) -> None:
    print(f"\n{count:,} overdue deadlines, each acted on in a durable transaction of its own (aim {_AIM}/s)")
    with tempfile.TemporaryDirectory() as folder, sandbox() as (workspace, smtp):
        bare = bare_sqlite(Path(folder), _BARE)
        print(f"{'bare UPDATE and INSERT, SQLite':36}{bare:>8.0f}/s", flush=True)
        variables = environment(workspace, smtp, free_port(), DATABASE_URL=f"sqlite:///{Path(folder) / 'desk.db'}")
        _row("SQLite, one process", _cleared(variables, count, 1), count, bare)
        with postgres() as server:
            bare = asyncio.run(bare_postgres(server.new_database(), _BARE))
            print(f"{'bare UPDATE and INSERT, PostgreSQL':36}{bare:>8.0f}/s", flush=True)
            one = _on_postgres(server, variables, count, 1)
            _row("PostgreSQL, 1 worker", one, count, bare)
            _row("PostgreSQL, 2 workers", _on_postgres(server, variables, count, 2), count, bare, one)


def _on_postgres(server: Postgres, variables: dict[str, str], count: int, workers: int) -> float:
    return _cleared(variables | {"DATABASE_URL": server.new_database()}, count, workers)


def _row(name: str, seconds: float, count: int, bare: float, one: float | None = None) -> None:
    beside = f"{one / seconds:>8.2f} x one worker" if one else ""
    rate = count / seconds
    print(f"{name:36}{rate:>8.0f}/s {rate / bare:>8.2f} x bare {rate / _AIM:>8.2f} x the aim{beside}", flush=True)


def _cleared(variables: dict[str, str], count: int, workers: int) -> float:
    """Seconds from the start of the first worker's look to the end of the last one's."""
    print(f"seeding {count:,} …", file=sys.stderr)
    asyncio.run(_seeded(variables, count))
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(_worker(variables)) for _ in range(workers)]
        for worker in running:
            _line(worker)
        started = time.perf_counter()
        for worker in running:
            _tell(worker)
        acted = [int(_line(worker)) for worker in running]
        taken = time.perf_counter() - started
    asyncio.run(_check(variables["DATABASE_URL"], count))
    if workers > 1:
        print(f"acted on by each: {', '.join(f'{one:,}' for one in acted)}", file=sys.stderr)
    return taken


async def _seeded(variables: dict[str, str], count: int) -> None:
    """Open since three days: reminders were due as well, and must not be sent any more."""
    async with opened(settings(variables)) as house:
        people = roster(house.practice.id, house.clock.now())
        await house.database.write(lambda session: session.add_all(people))
        await seeder(house).open_rounds(count, house.clock.now() - timedelta(days=3), timedelta(milliseconds=1))


async def _check(url: str, count: int) -> None:
    """Raises unless each has one expiry in its history and one final notice, and nobody was reminded."""
    database = open_database(url.replace("sqlite:", "sqlite+aiosqlite:"))
    expired = col(History.event) == Event.EXPIRE
    final = col(Delivery.template) == Template.CLIENT_FINAL
    reminders = [Template.CLIENT_REMINDER, Template.THREAD_REMINDER]

    def look(session: Session) -> list[int]:
        counts = (
            select(func.count()).select_from(Offer).where(Offer.outcome == OfferOutcome.EXPIRED),
            select(func.count()).select_from(History).where(expired),
            select(func.count(col(History.subject_id).distinct())).where(expired),
            select(func.count()).select_from(Delivery).where(final),
            select(func.count(col(Delivery.referral_id).distinct())).where(final),
            select(func.count()).select_from(Delivery).where(col(Delivery.template).in_(reminders)),
        )
        return [session.exec(statement).one() for statement in counts]

    try:
        found = await database.read(look)
    finally:
        await database.close()
    if found != [count] * 5 + [0]:
        raise RuntimeError(f"not each once: {found}")


@contextlib.contextmanager
def _worker(variables: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.clearing"]
    running = subprocess.Popen(command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def _line(worker: "subprocess.Popen[str]") -> str:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError("a worker has ended")
    return line


def _tell(worker: "subprocess.Popen[str]") -> None:
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
