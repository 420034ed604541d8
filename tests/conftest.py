"""What every test may ask for, and what is looked for after each: clients' identities, and the practice next door."""

import logging
from collections.abc import Iterator

import aiohttp
import pytest

from sandbox.server import Sandbox
from tests import canary
from tests.engines import (
    Neighbours,
    _neighbours,
    _shared_url,
    database,
    database_url,
    empty_database_url,
    engine,
    migrated,
    next_door,
    peopled,
    postgres,
    session_database,
    shared_database,
)

__all__ = [
    "_neighbours",
    "_shared_url",
    "database",
    "database_url",
    "empty_database_url",
    "engine",
    "migrated",
    "next_door",
    "peopled",
    "postgres",
    "session_database",
    "shared_database",
]

# Where these fail, it should be said why, as in a test.
pytest.register_assert_rewrite("tests.browser", "tests.demo.newcomer")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "all_practices: of what goes over every practice, the one next door included")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _asked_addresses() -> Iterator[None]:
    """Every address that anybody asks for over HTTP, and what they are answered: the desk, the sandbox and the tests
    all use this client. And every workspace.
    """
    with pytest.MonkeyPatch.context() as patch:
        ask = aiohttp.ClientSession._request

        async def noted(self: aiohttp.ClientSession, method: str, url: object, **options: object) -> object:
            canary.note_url(url)
            if params := options.get("params"):
                canary.note_url(params)
            return await ask(self, method, url, **options)  # type: ignore[arg-type]

        patch.setattr(aiohttp.ClientSession, "_request", noted)
        read, start = aiohttp.ClientResponse.read, Sandbox.start

        async def read_and_noted(self: aiohttp.ClientResponse) -> bytes:
            body = await read(self)
            canary.note_page(body.decode("latin-1"))
            return body

        async def started_and_noted(self: Sandbox) -> Sandbox:
            canary.note_workspace(self)
            return await start(self)

        patch.setattr(aiohttp.ClientResponse, "read", read_and_noted)
        patch.setattr(Sandbox, "start", started_and_noted)
        yield


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """What a process sets up for good, and a command run inside a test as well, must not quieten the tests after it."""
    root = logging.getLogger()
    before = {name: one.level for name, one in root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, one in root.manager.loggerDict.items():
        if isinstance(one, logging.Logger):
            one.setLevel(before.get(name, logging.NOTSET))


@pytest.fixture(autouse=True)
def watch(_logging_as_it_was: None, _neighbours: Neighbours, request: pytest.FixtureRequest) -> Iterator[canary.Watch]:
    """Set up before and looked at after everything else: once a desk has run, nothing may have told who a client is.

    And whatever has run, nothing may have shown the practice next door, or changed it.
    """
    watching = canary.begin()
    watching.log.start()
    yield watching
    watching.log.stop()
    changes = _neighbours.changes()
    if watching.sandboxes and not watching.forgiven:
        canary.must_be_clean(watching)
    if request.node.get_closest_marker("all_practices") is None:
        canary.must_not_show_the_neighbour(watching, changes)
