"""PLATFORM.md, fault 27, and what the watch sees of a desk at work: real processes' parts, over real HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlmodel import select

from bot.house import House
from bot.watching import AUDITOR_STANDS_STILL
from jobs import audit_runs, sweep
from store.ids import new_id
from store.tables import AuditRun, Pulse
from tests.loop.conftest import flushed, monitor, valkey
from tests.loop.running import Running, running
from web.health import CHECK_SECONDS

from .test_metrics import values

__all__ = ["flushed", "monitor", "valkey"]

ACCEPT = "referral.accept"
PATIENCE = 40.0


class Watch:
    """Reads what a monitoring system reads. ``skew``: how far the machine's clock has gone on by itself."""

    def __init__(self) -> None:
        self.skew = timedelta(0)
        self.desk: Running

    def set_up(self, house: House) -> None:
        house.clock.real = lambda: datetime.now(UTC) + self.skew  # type: ignore[method-assign]

    async def ready(self) -> tuple[int, dict[str, str]]:
        status, text = await self.get("/readyz")
        return status, json.loads(text)

    async def figures(self) -> dict[tuple[str, ...], float]:
        status, text = await self.get("/metrics")
        assert status == 200
        return values(text)

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http:
            async with http.get(self.desk.house.settings.public_url + path) as answer:
                return answer.status, await answer.text()

    async def until(self, condition: Callable[[], Awaitable[object]]) -> None:
        end = time.monotonic() + PATIENCE
        while not await condition():
            assert time.monotonic() < end, await self.ready()
            await asyncio.sleep(0.1)

    async def until_ready_is(self, expected: int) -> None:
        async def as_expected() -> bool:
            return (await self.ready())[0] == expected

        await self.until(as_expected)


@pytest.fixture
async def watch_over(
    tmp_path: Path, flushed: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Watch]:
    async def nothing(*_: object) -> None: ...

    monkeypatch.setattr(audit_runs, "run_in_turn", nothing)  # here the test says what was found
    watch = Watch()
    async with running(
        tmp_path, flushed, mode="http", database_url=empty_database_url, sweep_every=1, prepare=watch.set_up
    ) as watch.desk:
        yield watch


async def test_fault_27_a_sweep_that_hangs_stops_the_heartbeat(
    watch_over: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, let_go, hanging = sweep.act_on_deadlines, asyncio.Event(), asyncio.Event()

    async def hangs(*given: Any) -> Any:
        hanging.set()
        await let_go.wait()
        return await act(*given)

    async def beats() -> bool:
        pulses = await watch_over.desk.all(select(Pulse))
        return {one.name for one in pulses} == {"sweep", "sending"}

    await watch_over.until(beats)
    await watch_over.until_ready_is(200)
    watch_over.skew += timedelta(minutes=3)
    await watch_over.until_ready_is(200)  # the sweep comes round, and all is well

    monkeypatch.setattr(sweep, "act_on_deadlines", hangs)
    await asyncio.wait_for(hanging.wait(), PATIENCE)
    assert (await watch_over.ready())[0] == 200, "not yet: a sweep may take its time"
    watch_over.skew += timedelta(minutes=3)
    await watch_over.until_ready_is(503)
    (sending,) = await watch_over.desk.all(select(Pulse.at).where(Pulse.name == "sending"))

    async def others_came_round() -> bool:
        return (await watch_over.desk.all(select(Pulse.at).where(Pulse.name == "sending")))[0] > sending

    await watch_over.until(others_came_round)  # which find it running, and must not cover it up
    await watch_over.until_ready_is(503)
    states = (await watch_over.ready())[1]
    assert states["sweep"] == "stands still"
    assert {one for name, one in states.items() if name != "sweep"} == {"ok"}
    now = await watch_over.figures()
    assert now["referrals_pulse_age_seconds", "sweep"] > 180
    assert now["referrals_check_ok", "sweep"] == 0 and now["referrals_check_ok", "database"] == 1
    assert await watch_over.get("/healthz") == (200, "ok")
    assert (await watch_over.get(f"/refer/{watch_over.desk.house.practice.slug}"))[0] == 200, "clients are still let in"

    let_go.set()
    await watch_over.until_ready_is(200)


async def test_what_the_auditor_finds_stops_the_heartbeat_until_all_was_looked_at_again(watch_over: Watch) -> None:
    slug = watch_over.desk.house.practice.slug
    await watch_over.until_ready_is(200)
    await _audited(watch_over, findings=2, whole=True)
    await watch_over.until_ready_is(503)
    assert (await watch_over.ready())[1]["auditor"] == "found something"
    now = await watch_over.figures()
    assert now["referrals_audit_findings", slug] == 2 and now["referrals_check_ok", "auditor"] == 0
    await _audited(watch_over, findings=0, whole=False)
    assert (await watch_over.figures())["referrals_audit_findings", slug] == 2, "a look at some takes nothing back"
    await _audited(watch_over, findings=0, whole=True)
    await watch_over.until_ready_is(200)


async def test_an_auditor_that_no_longer_comes_stops_the_heartbeat(watch_over: Watch) -> None:
    """One that fails leaves nothing behind but a line in the log, which nobody reads."""
    await watch_over.until_ready_is(200)
    watch_over.skew += AUDITOR_STANDS_STILL + timedelta(minutes=1)

    async def only_the_auditor() -> bool:
        return {name for name, one in (await watch_over.ready())[1].items() if one != "ok"} == {"auditor"}

    await watch_over.until(only_the_auditor)
    status, states = await watch_over.ready()
    assert (status, states["auditor"]) == (503, "stands still")
    await _audited(watch_over, findings=0, whole=False)
    await watch_over.until_ready_is(200)


async def test_clicks_and_the_queue_are_measured(watch_over: Watch) -> None:
    desk, slug = watch_over.desk, watch_over.desk.house.practice.slug
    before = await watch_over.figures()
    assert ("referrals_answer_seconds_count", "accept") not in before
    done = await desk.submit()
    answer = await desk.person("maya").click(await desk.card(done.code), ACCEPT)
    assert answer.ok
    now = await watch_over.figures()
    assert now["referrals_answer_seconds_count", "accept"] == 1
    assert now["referrals_answer_seconds_bucket", "accept", "3.0"] == 1, "within Slack's three seconds"
    assert now[("referrals_queue_jobs",)] >= 2, "the round's reminder and its end"
    assert now["referrals_by_state", slug, "pending"] == 0, "kept for a while, however often somebody asks"
    assert not any(value for (name, *_), value in now.items() if name == "referrals_figure_missing")


async def test_a_database_that_hangs_is_told_in_time(watch_over: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    await watch_over.until_ready_is(200)
    engine, let_go = type(watch_over.desk.house.database), asyncio.Event()
    read = engine.read

    async def hangs(*given: Any) -> Any:
        await let_go.wait()
        return await read(*given)

    with monkeypatch.context() as broken:
        broken.setattr(engine, "read", hangs)
        await watch_over.until_ready_is(503)
        began = time.monotonic()
        _, states = await watch_over.ready()
        assert time.monotonic() - began < 2 * CHECK_SECONDS + 1, "one patience for all of them"
        assert states["database"] == "does not answer" and states["queue"] == "ok"
        assert await watch_over.get("/healthz") == (200, "ok")
    let_go.set()
    await watch_over.until_ready_is(200)


async def _audited(watch: Watch, *, findings: int, whole: bool) -> None:
    now = datetime.now(UTC) + watch.skew
    run = AuditRun(
        id=new_id(),
        practice_id=watch.desk.practice,
        whole=whole,
        started_at=now,
        finished_at=now,
        looked_at=1,
        findings=findings,
    )
    await watch.desk.house.database.write(lambda session: session.add(run))
