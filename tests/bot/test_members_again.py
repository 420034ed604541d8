"""A worker outlives a member list that cannot be read or written down, and looks again soon."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot import run
from jobs.errors import DeliveryError, FailureKind

pytestmark = pytest.mark.anyio


class House:
    desk = slack = None

    class practice:
        id = "p"


@pytest.mark.parametrize(
    "trouble",
    [
        DeliveryError("ratelimited", FailureKind.RETRY),
        OperationalError("SELECT", {}, Exception("lock timeout")),
        OSError("gone"),
    ],
)
async def test_trouble_with_the_members_ends_nobody(trouble: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise trouble

    monkeypatch.setattr(run, "refresh_members", fail)
    house: Any = House()
    assert await run._read_members(house) is False


async def test_members_that_were_read_are_left_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(*_: Any) -> None: ...

    monkeypatch.setattr(run, "refresh_members", read)
    house: Any = House()
    assert await run._read_members(house) is True
