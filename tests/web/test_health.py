"""Readiness: rules as a table, checks side by side with an end to their patience, and words that are safe to show."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette

from web import health
from web.cached import Cached
from web.health import health_routes, readiness, stands_still

from .serving import asked

NOW = datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=2)


@pytest.mark.parametrize(
    ("last", "started", "still"),
    [
        (None, 0, False),
        (None, 119, False),
        (None, 121, True),  # it never came round at all
        (5, 3600, False),
        (120, 3600, False),
        (121, 3600, True),
        (86_400, 10, False),  # the whole house was away; the work has had no time to come round
        (86_400, 121, True),
        (-30, 3600, False),  # another machine's clock is ahead
    ],
)
def test_when_work_stands_still(last: int | None, started: int, still: bool) -> None:
    """Seconds ago."""
    at = None if last is None else NOW - timedelta(seconds=last)
    assert stands_still(at, NOW - timedelta(seconds=started), NOW, PATIENCE) is still


def answering(state: str | None) -> Callable[[], Awaitable[str | None]]:
    async def check() -> str | None:
        return state

    return check


async def breaks() -> None:
    raise ConnectionError("postgresql://user:secret@host")


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_checks_run_side_by_side_and_none_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.2)
    began = time.monotonic()
    states = await readiness({"a": answering(None), "b": breaks, **dict.fromkeys("cdefghijkl", hangs)})()
    assert time.monotonic() - began < 10 * 0.2
    assert states == {"a": "ok", "b": "down"} | dict.fromkeys("cdefghijkl", "does not answer")


@pytest.mark.parametrize(("state", "status"), [(None, 200), ("stands still", 503), ("found something", 503)])
async def test_the_answer_names_what_is_wrong_and_nothing_inside(state: str | None, status: int) -> None:
    app = Starlette(routes=health_routes(readiness({"one": answering(None), "two": answering(state)})))
    answer = await asked(app, "/readyz")
    assert (answer.status, json.loads(answer.text)) == (status, {"one": "ok", "two": state or "ok"})
    assert (await asked(app, "/healthz")).text == "ok", "alive all the same"


async def test_an_error_is_not_quoted() -> None:
    answer = await asked(Starlette(routes=health_routes(readiness({"database": breaks}))), "/readyz")
    assert (answer.status, answer.text) == (503, '{"database":"down"}')


async def test_worked_out_once_for_all_who_ask_at_the_same_time() -> None:
    worked, now = 0, 0.0

    async def work() -> int:
        nonlocal worked
        worked += 1
        await asyncio.sleep(0)
        return worked

    cached = Cached(work, 10, clock=lambda: now)
    assert set(await asyncio.gather(*(cached() for _ in range(50)))) == {1}
    now = 9.9
    assert await cached() == 1
    now = 10.0
    assert await cached() == 2


async def test_a_failure_is_not_kept() -> None:
    answers = [ConnectionError(), 7]

    async def work() -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    cached = Cached(work, 10)
    with pytest.raises(ConnectionError):
        await cached()
    assert await cached() == 7
