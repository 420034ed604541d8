"""The morning's digest as coordinators get it: on the minute, by the wake-up or the sweep alone, once, and in words."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from jobs import sweep
from referrals import digest
from store.tables import Delivery, History, Practice

from .at_work import COORDINATOR, Running
from .running import running
from .test_time import _deaf

pytestmark = pytest.mark.anyio


def told(desk: Running) -> list[Any]:
    return [message for message in desk.slack.dm(COORDINATOR).messages if "Every day at 8 am" in message.all_text]


async def test_a_day_on_it_has_come_once_and_says_what_is_due(desk: Running) -> None:
    done = await desk.accepted("tomas")
    other = await desk.submit()
    await desk.card(other.code)
    assert not told(desk), "the desk has only just begun"
    # More than a day from now, today's request either came yesterday or ends that day, at whatever hour this runs.
    due = await _eight_o_clock(desk, timedelta(days=1))
    await desk.turn((due - desk.house.clock.now()) / timedelta(hours=1) + 0.1)
    await desk.slack.until(lambda: told(desk), timeout=20)
    (message,) = told(desk)
    assert "Due today" in message.all_text or "Yesterday" in message.all_text, "as the hour is where the tests run"
    for code in (done.code, other.code):
        assert code not in message.all_text
    for _ in range(3):
        await desk.house.waker.sweep()
    await desk.turn(0.1)
    assert len(told(desk)) == 1
    assert not any("Every day at" in one.all_text for one in desk.slack.dm("tomas").messages)
    opened = await desk.person(COORDINATOR).click(message, "referral.desk_page")
    assert opened.ok


async def test_with_the_sweep_off_the_wake_up_suffices(
    tmp_path: Path, flushed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        swept = []
        monkeypatch.setattr(sweep, "act_on_deadlines", lambda *_: swept.append(True))
        due = await _shortly(desk)
        await desk.slack.until(lambda: told(desk), timeout=30)
        event = await desk.read(select(History).where(History.event == "digest"))
        assert due <= event.at < due + timedelta(minutes=1), "not a trice too early"
        assert not swept and len(told(desk)) == 1


async def test_with_the_wake_up_lost_the_sweep_suffices(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, sweep_every=1, prepare=_deaf) as desk:
        await _shortly(desk)
        await desk.slack.until(lambda: told(desk), timeout=30)
        await desk.quiet()
        assert len(told(desk)) == 1


async def test_a_quiet_practice_hears_nothing(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed) as desk:
        await desk.turn(48)
        assert not [row for row in await desk.all(select(Delivery)) if row.template == "coordinator_digest"]
        assert not told(desk)


async def _shortly(desk: Running) -> datetime:
    """Something needs a person, and the next eight o'clock is a moment away; answers when that is."""
    await desk.submit(state="AK")
    due = await _eight_o_clock(desk)
    desk.house.clock.offset += due - desk.house.clock.now() - timedelta(seconds=2)
    await desk.house.desk.do(desk.practice, digest.plan)
    return due


async def _eight_o_clock(desk: Running, after: timedelta = timedelta()) -> datetime:
    practice = await desk.read(select(Practice).where(Practice.id == desk.practice))
    return digest.next_due(practice, desk.house.clock.now() + after)
