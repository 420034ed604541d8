"""The pulse: forward only, not more often than it is worth, and never in the way of the work."""

import asyncio
from datetime import timedelta

import pytest

from jobs.posts import ChannelPoster
from jobs.pulse import SENDING, SWEEP, Heart
from jobs.sweep import Sweep
from store.database import Database
from store.tables import Pulse
from tests.desk import START, Office, new_office

from .outside import Outside


async def at(database: Database, name: str = SWEEP) -> float | None:
    """Seconds after the start."""
    row = await database.read(lambda session: session.get(Pulse, name))
    return None if row is None else (row.at - START).total_seconds()


async def beat(heart: Heart, seconds: float) -> None:
    await heart.beat(SWEEP, START + timedelta(seconds=seconds))


async def test_it_moves_forward_and_not_at_every_turn(database: Database) -> None:
    heart = Heart(database)
    assert await at(database) is None
    for seconds, expected in ((0, 0), (1, 0), (3.9, 0), (4, 4), (60, 60), (61, 60)):
        await beat(heart, seconds)
        assert await at(database) == expected
    assert await at(database, SENDING) is None


async def test_a_slow_process_takes_nothing_back(database: Database) -> None:
    await beat(Heart(database), 100)
    await beat(Heart(database), 50)
    assert await at(database) == 100


async def test_a_clock_that_was_set_back_writes_again_once_it_has_caught_up(database: Database) -> None:
    heart = Heart(database)
    for seconds, expected in ((100, 100), (10, 100), (20, 100), (105, 105)):
        await beat(heart, seconds)
        assert await at(database) == expected


async def test_many_processes_at_the_first_moment(database: Database) -> None:
    await asyncio.gather(*(beat(Heart(database), seconds) for seconds in range(8)))
    await beat(Heart(database), 9)
    assert await at(database) == 9


async def test_a_pulse_that_cannot_be_written_is_tried_again_and_stops_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heart = Heart(database)

    async def down(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(type(database), "write", down)
        await beat(heart, 0)
    assert await at(database) is None
    await beat(heart, 1)
    assert await at(database) == 1


@pytest.fixture
async def own_office(database: Database) -> Office:
    return await new_office(database)


async def test_a_sweep_that_came_through_leaves_both(own_office: Office) -> None:
    deps = Outside().deps(own_office)
    await Sweep(deps, ChannelPoster(deps)).run()
    assert await at(own_office.desk.database) == await at(own_office.desk.database, SENDING) == 0


async def test_sending_that_hangs_stops_only_its_own(own_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sending = asyncio.Event()

    async def hangs(*_: object) -> None:
        sending.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("jobs.sweep.redraw_cards", hangs)
    deps = Outside().deps(own_office)
    sweep = Sweep(deps, ChannelPoster(deps))
    running = asyncio.create_task(sweep.run())
    await asyncio.wait_for(sending.wait(), 20)
    own_office.clock.turn(minutes=5)
    await sweep.run()
    assert await at(own_office.desk.database) == 300, "deadlines do not wait for what is being sent"
    assert await at(own_office.desk.database, SENDING) is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_long_sweep_that_gets_on_shows_it(own_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand overdue deadlines take minutes; that is not standing still."""
    monkeypatch.setattr("jobs.sweep._LIMIT", 1)
    for _ in range(3):
        await own_office.submit()
    own_office.clock.turn(days=3)
    seen: list[float | None] = []
    deps = Outside().deps(own_office)

    from jobs import sweep

    expire = sweep.deadlines.expire

    async def seeing() -> None:
        seen.append(await at(own_office.desk.database))

    def slow(tx: object, offer_id: str) -> bool:
        own_office.clock.turn(minutes=1)
        return expire(tx, offer_id)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep.deadlines, "expire", slow)
    found = Sweep(deps, ChannelPoster(deps))
    beat_of_it = found._beat

    async def beating(name: str) -> None:
        await beat_of_it(name)
        await seeing()

    monkeypatch.setattr(found, "_beat", beating)
    await found.run()
    sweeps = [one - 3 * 86400 for one in seen if one is not None]
    assert sweeps[:3] == [60, 120, 180]
