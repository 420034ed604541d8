"""Deadlines fire through their wake-ups alone, through the sweep alone, and at once when the clock is turned."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import time

import pytest
from cryptography.fernet import Fernet
from freezegun import freeze_time
from redis import Redis

from bot.house import House
from jobs import sweep
from jobs.queue import QUEUE
from referrals import digest
from referrals.tx import Wake
from store.tables import Offer
from tests.canary import Watch

from .at_work import COORDINATOR, Running
from .running import running

pytestmark = pytest.mark.anyio

#: As short as the columns, which count seconds, allow; and one that no test lives to see.
SHORT, LONG = 1, 3600


async def _nobody(_wakes: Sequence[Wake]) -> None:
    """Loses every wake-up."""


def _deaf(house: House) -> None:
    house.desk.wake = _nobody


async def _lives_through_its_deadlines(desk: Running) -> None:
    """Both kinds of round, reminded or expired without anybody's doing, in real time; and two that nobody contacts."""
    held = {}
    for windows in ({"nudge_after": SHORT, "escalate_after": LONG}, {"nudge_after": LONG, "escalate_after": SHORT}):
        await desk.change_practice(**windows)
        done = await desk.submit()
        assert (await desk.person("tomas").click(await desk.card(done.code), "referral.accept")).ok
        held[next(iter(windows.values()))] = done
    nudged, escalated = held[SHORT].code, held[LONG].code
    await desk.slack.until(
        lambda: any("have you reached" in dm.all_text for dm in desk.told("tomas", nudged)), timeout=30
    )
    await desk.slack.until(lambda: desk.told(COORDINATOR, escalated), timeout=30)
    assert not desk.told(COORDINATOR, nudged)
    assert not any("have you reached" in dm.all_text for dm in desk.told("tomas", escalated))
    await desk.change_practice(remind_after=SHORT, expire_after=LONG)
    reminded = {"maya": await desk.submit(preferred="maya"), "": await desk.submit()}
    await desk.change_practice(remind_after=LONG, expire_after=SHORT)
    expired = {"maya": await desk.submit(preferred="maya"), "": await desk.submit()}
    await desk.change_practice(expire_after=LONG)  # for the round that follows
    await desk.slack.until(lambda: all(desk.thread(done.code) for done in reminded.values()), timeout=30)
    await desk.slack.until(lambda: desk.mail("maya", "left to answer"), timeout=30)
    for done in reminded.values():
        await desk.slack.until(lambda code=done.code: desk.client_mail(code, "not forgotten"), timeout=30)
    await desk.slack.until(lambda: desk.client_mail(expired[""].code, "none of our providers"), timeout=30)
    await desk.slack.until(lambda: desk.told(COORDINATOR, expired[""].code), timeout=30)
    await desk.slack.until(lambda: desk.client_mail(expired["maya"].code, "not available at this time"), timeout=30)
    # Their first cards may have been too late for their hour; what is shown in the end is what counts.
    for done, saying in ((expired["maya"], "Open to everyone"), (expired[""], "Nobody took")):
        await desk.slack.until(
            lambda code=done.code, saying=saying: any(saying in card.all_text for card in desk.cards(code)), timeout=30
        )
    for done in reminded.values():
        assert [offer.outcome for offer in await desk.offers(done.referral_id)] == [None]
    assert [offer.outcome for offer in await desk.offers(expired["maya"].referral_id)] == ["expired", None]


async def test_with_the_sweep_off_the_wake_ups_suffice(
    tmp_path: Path, flushed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        swept = []
        monkeypatch.setattr(sweep, "act_on_deadlines", lambda *_: swept.append(True))
        await _lives_through_its_deadlines(desk)
    assert not swept, "nothing but the wake-ups looked at a deadline"


async def test_with_every_wake_up_lost_the_sweep_suffices(tmp_path: Path, flushed: str, watch: Watch) -> None:
    async with running(tmp_path, flushed, sweep_every=1, prepare=_deaf) as desk:
        await _lives_through_its_deadlines(desk)
    assert not any("expire(" in line for line in watch.log.lines if line.startswith("arq.worker"))


async def test_a_queue_emptied_under_the_worker_loses_nothing(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, sweep_every=1) as desk:
        await desk.change_practice(remind_after=SHORT, expire_after=LONG)
        reminded = await desk.submit(preferred="maya")
        await desk.change_practice(remind_after=LONG, expire_after=SHORT)
        expired = await desk.submit(preferred="maya")
        await desk.change_practice(expire_after=LONG)
        Redis.from_url(flushed).flushall()
        await desk.slack.until(lambda: desk.mail("maya", "left to answer"), timeout=30)
        # Its first card may have been too late for its hour, and is then never posted.
        await desk.slack.until(
            lambda: any("Open to everyone" in card.all_text for card in desk.cards(expired.code)), timeout=30
        )
        await desk.quiet()
        assert len(desk.thread(reminded.code)) == 1


async def test_no_wake_up_comes_before_its_moment(tmp_path: Path, flushed: str) -> None:
    """One that came a trice too early would find nothing due, and would be the last."""
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        done = [await desk.submit() for _ in range(5)]
        await desk.slack.until(lambda: all(desk.cards(one.code) for one in done))
        await desk.house.waker.settle()
        due = [moment for one in done for offer in await desk.offers(one.referral_id) for moment in _moments(offer)]
        due.append(digest.next_due(desk.house.practice, desk.house.clock.now()))
        queued = await desk.house.redis.zrange(QUEUE, 0, -1, withscores=True)
        later = sorted(at for _, at in queued if at > time() * 1000 + 1000)
        for moment, at in zip(sorted(due), later, strict=True):
            assert moment.timestamp() * 1000 <= at <= moment.timestamp() * 1000 + 2


def _moments(offer: Offer) -> list[datetime]:
    return [moment for moment in (offer.remind_due, offer.remind_client_due, offer.expires_at) if moment]


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
    keys = Fernet.generate_key().decode()
    async with running(tmp_path, flushed, encryption_keys=keys) as desk:
        await desk.turn(24)
        desk.slack.workspace.clock.offset_seconds = 0
        assert not await desk.slack.advance(60), "back is refused"
        assert desk.house.clock.offset.total_seconds() == 24 * 3600
    async with running(tmp_path, flushed, roster=None, encryption_keys=keys) as desk:
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
