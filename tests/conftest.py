"""What every test may ask for, and the search for clients' identities after each."""

import logging
from collections.abc import Iterator

import aiohttp
import pytest

from tests import canary
from tests.engines import database, database_url, engine, migrated, postgres, session_database, shared_database

__all__ = ["database", "database_url", "engine", "migrated", "postgres", "session_database", "shared_database"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _asked_addresses() -> Iterator[None]:
    """Every address that anybody asks for over HTTP: the desk, the sandbox and the tests all use this client."""
    with pytest.MonkeyPatch.context() as patch:
        ask = aiohttp.ClientSession._request

        async def noted(self: aiohttp.ClientSession, method: str, url: object, **options: object) -> object:
            canary.note_url(url)
            if params := options.get("params"):
                canary.note_url(params)
            return await ask(self, method, url, **options)  # type: ignore[arg-type]

        patch.setattr(aiohttp.ClientSession, "_request", noted)
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
def watch(_logging_as_it_was: None) -> Iterator[canary.Watch]:
    """Set up before and looked at after everything else: once a desk has run, nothing may have told who a client is."""
    watching = canary.begin()
    watching.log.start()
    yield watching
    watching.log.stop()
    if watching.sandboxes and not watching.forgiven:
        canary.must_be_clean(watching)
