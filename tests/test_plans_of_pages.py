"""What coordinators look at finds its rows by an index, whatever the size of the practice: nobody waits to see that.

SQLite chooses its plans without knowing how large a table is, so a small practice shows them. PostgreSQL reads a small
table whole because that is quickest; told not to, it does so only where it has no index to take.
"""

from collections.abc import AsyncIterator

import pytest

from bench.asked import ALSO, PAGES, Page
from bench.pages import Place, settled
from bench.plans import Statements, full_scans
from bench.years import OPEN
from tests.engines import Postgres

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def url(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if engine == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_database()
    return f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('plans')}/desk.db"


@pytest.fixture(scope="module")
async def place(url: str) -> AsyncIterator[Place]:
    """A practice of some hundred referrals more than are open, so that there is a past."""
    found = await settled(url, OPEN + 300)
    yield found
    await found.database.close()


@pytest.mark.parametrize("page", [*PAGES, *ALSO], ids=lambda page: page.name)
async def test_no_table_is_read_whole(place: Place, page: Page) -> None:
    statements = Statements()
    try:
        await place.run(page)
    finally:
        statements.stop()
    assert statements.found, "it has asked the database"
    scans = await full_scans(place.url, statements.found, while_small=True)
    assert not scans or page.whole, "\n".join(scans)
