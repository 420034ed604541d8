"""`python -m sandbox` as others start it; and the small parts that everything stands on."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from sandbox import NotReached, RateLimits, Sandbox, SandboxConfig
from sandbox.changes import Changes
from sandbox.limits import Limiter

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


async def test_it_starts_says_where_it_is_and_ends(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"id": "U0ADA", "name": "ada", "real_name": "Ada Quill", "is_admin": True}]))
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0", "--team", "Alder Row"]
    command += ["--people", str(people), "--manifest", str(ROOT / "manifest.yml"), "--link", "Send=http://x.example/"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        lines = [(await asyncio.wait_for(process.stdout.readline(), 20)).decode() for _ in range(3)]
        base = lines[0].split()[1]
        async with aiohttp.ClientSession() as session, session.get(f"{base}ui/state") as answer:
            state = await answer.json()
        assert (state["team"]["name"], state["me"]) == ("Alder Row", "U0ADA")
        assert state["links"] == [{"text": "Send", "url": "http://x.example/"}]
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()


async def test_until_wakes_on_a_change_and_not_by_the_clock() -> None:
    changes, looked = Changes(), []

    def predicate() -> bool:
        looked.append(1)
        return len(looked) > 1

    waiting = asyncio.create_task(changes.until(predicate, 5))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert looked == [1]
    changes.mark()
    assert await waiting
    assert len(looked) == 2
    with pytest.raises(NotReached, match="a unicorn"):
        await changes.until(lambda: False, 0.01, "a unicorn")


async def test_until_takes_a_coroutine() -> None:
    async def found() -> str:
        return "it"

    assert await Changes().until(found, 1) == "it"


def test_waiting_as_told_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    limiter = Limiter(RateLimits(post_burst=2, post_per_second=1))
    assert [limiter.check("m", "post", "C1") for _ in range(3)] == [None, None, 1]
    now += 1
    assert limiter.check("m", "post", "C1") is None
    assert limiter.refused == {"m": 1}


def test_the_whole_workspace_has_a_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    limiter = Limiter(RateLimits(posts_per_minute=3))
    assert [limiter.check("m", "post", f"C{n}") for n in range(4)] == [None, None, None, 20]


def test_nothing_waits_when_limits_are_off() -> None:
    limiter = Limiter(RateLimits.off())
    assert {limiter.check("m", "post", "C1") for _ in range(1000)} == {None}


def test_timestamps_are_unique_and_follow_the_clock() -> None:
    box = Sandbox(SandboxConfig())
    stamps = [box.workspace.clock.next_ts() for _ in range(1000)]
    assert len(set(stamps)) == 1000
    assert stamps == sorted(stamps)
    box.workspace.clock.advance(3600)
    assert float(box.workspace.clock.next_ts()) - float(stamps[-1]) > 3599  # a thousand at once run ahead of time


def test_the_default_practice() -> None:
    people = [user for user in Sandbox().workspace.users.values() if not user.is_bot]
    assert len(people) == 12
    assert len({user.color for user in people}) == 12
    assert sum(user.is_admin for user in people) == 1
    assert [user.id for user in people if user.is_restricted] == ["U0GUS"]
    assert [user.id for user in people if user.team_id != "T0SANDBOX"] == ["U0PETRA"]
    assert len({user.tz for user in people}) >= 5
