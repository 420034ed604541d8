"""Fixtures for the stories; how the house is run stands in ``running``."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot import embedded
from handlers import errors
from tests.canary import Watch
from tests.loop.running import Running, running
from tests.neighbour import Neighbour
from tests.queue_monitor import Monitor


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded.valkey(tmp_path_factory.mktemp("queue")) as address:
        yield address


@pytest.fixture(scope="session")
def monitor(valkey: str) -> Iterator[Monitor]:
    """Sees every command, and so every job's arguments, that the queue is given."""
    watching = Monitor(valkey)
    yield watching
    watching.stop()


@pytest.fixture
def flushed(valkey: str, monitor: Monitor, watch: Watch) -> str:
    Redis.from_url(valkey).flushall()
    monitor.clear()
    watch.queue = monitor
    return valkey


@pytest.fixture(autouse=True)
def nearly_all_of_slacks_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story is not about a machine that stood still for two seconds; tests/handlers/test_in_time.py is."""
    monkeypatch.setattr(errors, "IN_TIME", 2.8)


@pytest.fixture(params=["socket", "http"])
async def desk(
    request: pytest.FixtureRequest, tmp_path: Path, flushed: str, empty_database_url: str, next_door: Neighbour
) -> AsyncIterator[Running]:
    """Every story that takes this is told twice on each engine: over Socket Mode and over signed HTTP."""
    given = {"database_url": empty_database_url, "next_door": next_door}
    async with running(tmp_path, flushed, mode=request.param, **given) as found:
        yield found


@pytest.fixture
async def socket_desk(
    tmp_path: Path, flushed: str, empty_database_url: str, next_door: Neighbour
) -> AsyncIterator[Running]:
    async with running(tmp_path, flushed, database_url=empty_database_url, next_door=next_door) as found:
        yield found
