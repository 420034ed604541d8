"""Deadlines fire through their wake-ups alone, through the sweep alone, and at once when the clock is turned."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from freezegun import freeze_time
from redis import Redis

from bot.house import House
from referrals.tx import Wake
from tests.canary import Watch

from .at_work import COORDINATOR, Running
from .running import running

pytestmark = pytest.mark.anyio

#: As short as the columns, which count seconds, allow.
SHORT = {"remind_after": 1, "expire_after": 2}


async def _nobody(_wakes: Sequence[Wake]) -> None:
    """Loses every wake-up."""


def _deaf(house: House) -> None:
    house.desk.wake = _nobody


async def _lives_through_its_deadlines(desk: Running) -> None:
    """Both kinds of round, reminded and expired without anybody's doing, in real time."""
    asked = await desk.submit(preferred="maya")
    anyones = await desk.submit()
    await desk.slack.until(lambda: len(desk.cards(asked.code)) == len(desk.cards(anyones.code)) == 1)
    await desk.slack.until(lambda: desk.thread(asked.code) and desk.thread(anyones.code))
    await desk.slack.until(lambda: desk.mail("maya", "left to answer"))
    await desk.slack.until(lambda: desk.client_mail(anyones.code, "not forgotten"))
    await desk.slack.until(lambda: desk.client_mail(anyones.code, "none of our providers"), timeout=8)
    await desk.slack.until(lambda: desk.told(COORDINATOR, anyones.code), timeout=8)
    await desk.slack.until(lambda: len(desk.cards(asked.code)) == 2, timeout=8)
    await desk.slack.until(lambda: desk.client_mail(asked.code, "not available at this time"), timeout=8)
    await desk.slack.until(lambda: "Nobody took" in desk.cards(anyones.code)[-1].all_text, timeout=8)
    assert [offer.outcome for offer in await desk.offers(anyones.referral_id)] == ["expired"]
    assert (await desk.offers(asked.referral_id))[0].outcome == "expired"


async def test_with_the_sweep_off_the_wake_ups_suffice(tmp_path: Path, flushed: str, watch: Watch) -> None:
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        await desk.change_practice(**SHORT)
        await _lives_through_its_deadlines(desk)
    assert any("expire(" in line for line in watch.log.lines if line.startswith("arq.worker"))
    assert not any("sweep(" in line for line in watch.log.lines if line.startswith("arq.worker"))


async def test_with_every_wake_up_lost_the_sweep_suffices(tmp_path: Path, flushed: str, watch: Watch) -> None:
    async with running(tmp_path, flushed, sweep_every=1, prepare=_deaf) as desk:
        await desk.change_practice(**SHORT)
        await _lives_through_its_deadlines(desk)
    assert not any("expire(" in line for line in watch.log.lines if line.startswith("arq.worker"))


async def test_a_queue_emptied_under_the_worker_loses_nothing(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, sweep_every=1) as desk:
        await desk.change_practice(**SHORT)
        done = await desk.submit(preferred="maya")
        await desk.card(done.code)
        Redis.from_url(flushed).flushall()
        await desk.slack.until(lambda: desk.mail("maya", "left to answer"))
        await desk.slack.until(lambda: len(desk.cards(done.code)) == 2, timeout=8)
        assert len(desk.thread(done.code)) == 1


async def test_turning_the_clock_fires_at_once(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        done = await desk.submit()
        await desk.card(done.code)
        assert await desk.slack.advance(24 * 3600)
        await desk.slack.until(lambda: desk.thread(done.code), timeout=2)
        assert await desk.slack.advance(24 * 3600)
        await desk.slack.until(lambda: desk.told(COORDINATOR, done.code), timeout=2)
        assert (await desk.referral(done.code)).status == "expired"


async def test_the_clock_only_goes_ahead_and_stays_where_it_was(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed) as desk:
        await desk.turn(24)
        desk.slack.workspace.clock.offset_seconds = 0
        assert not await desk.slack.advance(60), "back is refused"
        assert desk.house.clock.offset.total_seconds() == 24 * 3600
    async with running(tmp_path, flushed, roster=None) as desk:
        assert desk.house.clock.offset.total_seconds() == 24 * 3600


async def test_a_window_is_elapsed_time_across_the_change_to_summer_time(tmp_path: Path, flushed: str) -> None:
    with freeze_time("2026-03-07 17:00:00", tick=True, real_asyncio=True):  # noon in New York, a day before the change
        async with running(tmp_path, flushed) as desk:
            done = await desk.submit(preferred="maya")
            await desk.card(done.code)
            await desk.quiet()
            (offer,) = await desk.offers(done.referral_id)
            assert offer.expires_at.replace(second=0, microsecond=0) == datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
            (mail,) = desk.mail("maya", done.code)
            assert "1:00 PM EDT" in mail.text or "1:00 pm EDT" in mail.text
            await desk.turn(48)
            assert len(desk.cards(done.code)) == 2
