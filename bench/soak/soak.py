"""The run itself: live through the storm on a fast clock, then let everything come to rest, and reckon."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import select

from bench.canaries import Leak, in_files
from jobs.auditing import audit_practice
from referrals.audit import Audit
from store.tables import AuditRun

from .accounts import Reckoning, reckon
from .chance import Chance, Storm, arrivals, next_monday
from .rows import in_database
from .surroundings import Surroundings, surroundings

_WEEK = timedelta(days=7)
_TURN_EVERY = 0.5  # seconds
#: The clock waits while more than this is due: it goes no faster than the desk can on this machine.
_MOST_BEHIND = 150
#: Two more windows of 48 h: the last preferred offer becomes a General one, and that expires.
_LAST_TURNS = 2
#: The longest lease is three minutes.
_REST_SECONDS = 330.0
_UP_SECONDS = 180.0
_PEOPLE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Given:
    """``week``: seconds of the real clock, if the desk keeps up. ``hurry``: leases of the dead are cut short."""

    seconds: float
    seed: int
    folder: Path
    database_url: str
    week: float = 150
    storm: Storm = field(default_factory=Storm)
    hurry: bool = False


@dataclass
class Result:
    """``wrong``: a line for everything that should not be; empty when all is well."""

    lived: timedelta
    took: float
    reckoning: Reckoning
    audit: Audit
    leaks: list[Leak]
    wrong: list[str]
    surroundings: Surroundings


async def soak(
    given: Given, say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)
) -> Result:
    """Runs to the end whatever happens on the way; ``say`` gets a line every ten seconds."""
    began = time.monotonic()
    async with surroundings(given.folder, given.database_url, given.seed, given.storm) as around:
        await _open(around)
        started = around.clock.now()
        wrong = await _live(given, around, say)
        lived = around.clock.now() - started
        say("the storm is over; everything is to come to rest")
        wrong += await _rest(given, around, say)
        await around.fleet.stop()
        around.outside.take()
        return await _reckoned(given, around, wrong, lived, began)


async def _open(around: Surroundings) -> None:
    """The practice, its roster, and a Monday morning."""
    await around.fleet.start()
    if not await around.fleet.all_up(_UP_SECONDS):
        raise RuntimeError("the processes did not start: " + ", ".join(around.fleet.wrong or ["too slow"]))
    await around.beside.find_practice()
    around.clients.providers = await around.beside.import_roster()
    if not await around.clock.turn(next_monday(around.clock.now()) - around.clock.now()):
        raise RuntimeError("no bot turned its clock")


async def _live(given: Given, around: Surroundings, say: Callable[[str], None]) -> list[str]:
    end = time.monotonic() + given.seconds
    coming = arrivals(Chance(given.seed, "arrivals"), around.clock.now())
    life = _Life(given, around, time.monotonic(), next(coming))
    around.trouble.begin()
    while time.monotonic() < end:
        while life.next_arrival <= around.clock.now():
            around.agenda.at(life.next_arrival, around.clients.ask_for_care)
            life.next_arrival = next(coming)
        life.wander()
        around.staff.look()
        around.outside.take()
        around.agenda.begin_due()
        await life.turn()
        life.tell(say, end - time.monotonic())
        await asyncio.sleep(0.05)
    await around.fleet.power_cut()
    await around.trouble.calm()
    if given.hurry:
        await around.beside.leases_over()
    around.fleet.go_on()
    if not await around.agenda.end(_PEOPLE_SECONDS):
        return [f"{around.agenda.behind} people are still waiting for an answer"]
    return []


@dataclass
class _Life:
    """What the loop keeps in mind."""

    given: Given
    around: Surroundings
    turned: float
    next_arrival: datetime
    due: int = 0
    held: int = 0
    _said: float = 0.0
    _wandered: datetime | None = None

    async def turn(self) -> None:
        passed = time.monotonic() - self.turned
        if passed < _TURN_EVERY:
            return
        self.turned = time.monotonic()
        self.due = await self.around.beside.due() + self.around.agenda.behind
        if self.due > _MOST_BEHIND:
            self.held += 1
            return
        await self.around.clock.turn(_WEEK * min(passed, 2 * _TURN_EVERY) / self.given.week)

    def wander(self) -> None:
        """Every hour of the practice's day somebody looks around, and now and then one pauses."""
        now, chance = self.around.clock.now(), self.around.staff.chance
        if self._wandered is None or now - self._wandered > timedelta(minutes=40):
            self._wandered = now
            self.around.agenda.at(now, self.around.staff.look_around)
            if chance.holds(0.3):
                self.around.agenda.at(now, self.around.staff.pause)

    def tell(self, say: Callable[[str], None], left: float) -> None:
        if time.monotonic() - self._said < 10:
            return
        self._said = time.monotonic()
        around = self.around
        say(
            f"{left:4.0f} s left · {around.clock.now():%a %d %b %H:%M} · {len(around.ledger.sent)} referrals · "
            f"{around.ledger.promises.total()} told done · kills {around.fleet.kills.total()} · "
            f"faults {around.trouble.struck().total()} · posts {around.outside.calls['chat.postMessage']} · "
            f"behind {self.due}, held {self.held}"
        )


async def _rest(given: Given, around: Surroundings, say: Callable[[str], None]) -> list[str]:
    if not await around.fleet.all_up(_UP_SECONDS):
        return ["not all processes came up again"]
    wrong = await _quiet(around, say)
    for _ in range(_LAST_TURNS):
        if not await _until(partial(around.clock.turn, timedelta(hours=50)), 30):
            wrong.append("no bot turned its clock")
        wrong += await _quiet(around, say)
    return wrong


async def _quiet(around: Surroundings, say: Callable[[str], None]) -> list[str]:
    """Until nothing is due or under way."""
    end, said = time.monotonic() + _REST_SECONDS, time.monotonic()
    while left := await around.beside.left():
        around.outside.take()
        if time.monotonic() > end:
            return ["still to be done: " + ", ".join(f"{count} {name}" for name, count in left.items())]
        if time.monotonic() - said > 10:
            said = time.monotonic()
            say("still to be done: " + ", ".join(f"{count} {name}" for name, count in left.items()))
        await asyncio.sleep(0.25)
    return []


async def _until(work: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if await work():
            return True
        await asyncio.sleep(0.3)
    return False


async def _reckoned(given: Given, around: Surroundings, wrong: list[str], lived: timedelta, began: float) -> Result:
    beside = around.beside
    await beside.look_at_clock()
    audit = await audit_practice(beside.desk, beside.practice, patience=timedelta(0))
    code, said = await around.fleet.command("audit")
    if code or "Nothing is wrong" not in said:
        wrong.append(f"`referrals audit` ended with {code}: {said[-500:]}")
    lost_answers = around.fleet.logged("response_url failed") + around.fleet.logged("views.open failed")
    reckoning = await reckon(beside, around.outside, around.ledger, lost_answers)
    leaks = [*around.outside.leaks, *around.queue.leaks, *in_files(given.folder)]
    async for leak in in_database(beside.url):
        leaks.append(leak)
    wrong += around.fleet.wrong
    wrong += [f"somebody could not act: {trouble}" for trouble in around.agenda.troubles]
    wrong += [f"one form, two answers: {one} and {other}" for one, other in around.clients.codes_of_one]
    wrong += [f"lost: {line}" for line in reckoning.lost]
    wrong += [f"doubled: {line}" for line in reckoning.doubled]
    wrong += [f"unexpected: {line}" for line in reckoning.unexpected]
    wrong += [f"audit: {finding}" for finding in audit.findings]
    wrong += [f"an audit in between found {run.findings}" for run in await beside.all(_found_something())]
    wrong += [f"leaked: {leak}" for leak in dict.fromkeys(leaks)]
    wrong += [f"in the logs: {one}" for one in around.fleet.complaints() if not one.of_a_storm]
    return Result(lived, time.monotonic() - began, reckoning, audit, leaks, wrong, around)


def _found_something() -> object:
    return select(AuditRun).where(AuditRun.findings > 0)
