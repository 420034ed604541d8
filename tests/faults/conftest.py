"""One house for all tests that leave it sound, on each of the two ways to run the desk."""

from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.audits import assert_sound
from tests.canary import Watch
from tests.engines import Postgres

from .accounts import assert_accounts_agree
from .house import House, open_house

_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    """One loop for all of them: the processes' pipes, the sandbox and the wires live on it."""
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = bool(report.failed)
    return report


@dataclass
class Keeper:
    """Keeps a house for as long as it is sound."""

    kind: str
    folders: Any
    postgres: Postgres
    house: House | None = None

    async def give(self) -> House:
        if self.house is None:
            folder: Path = self.folders.mktemp(self.kind)
            self.house = await open_house(self.kind, folder, self.postgres)
        return self.house

    async def pull_down(self) -> None:
        if self.house is not None:
            house, self.house = self.house, None
            await house.close()


@pytest.fixture(scope="package", params=["one", "many"])
async def keeper(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> AsyncIterator[Keeper]:
    keeping = Keeper(request.param, tmp_path_factory, postgres)
    yield keeping
    await keeping.pull_down()


@pytest.fixture
async def house(request: pytest.FixtureRequest, keeper: Keeper, watch: Watch) -> AsyncIterator[House]:
    """Whole at the beginning; at the end nothing may be lost, doubled, forgotten or leaked."""
    house = await keeper.give()
    house.slack.traffic.entries.clear()  # searched after the test before
    watch.sandboxes.append(house.slack)
    watch.folders.append(house.folder)
    yield house
    if request.node.stash.get(_FAILED, True):
        for one in house.processes:
            print(f"--- {one.role} {one.child.pid} alive={one.alive}\n{one.said[-6000:]}")
        await keeper.pull_down()
        return
    try:
        await _look_over(house)
    except BaseException:
        await keeper.pull_down()  # the next test begins anew
        raise
    await watch.look_at_database(house.env["DATABASE_URL"])


async def _look_over(house: House) -> None:
    await house.mend()
    await house.quiet()
    await assert_sound(house)
    await assert_accounts_agree(house)
    for one in house.processes:
        assert one.alive, f"{one.role} has ended:\n{one.said[-3000:]}"
        assert "Traceback" not in one.said
