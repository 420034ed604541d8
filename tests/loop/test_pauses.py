"""A pause with an end, as a provider lives it: asked for, in force, and over by itself at its minute."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from sqlmodel import select

from jobs import sweep
from referrals.actor import Actor, Surface
from referrals.pausing.availability import pause
from referrals.pausing.subjects import ALL, Subject, insurer, state
from store.tables import History
from store.vocabulary import ProviderStatus

from .at_work import Running
from .running import running
from .test_time import _deaf

pytestmark = pytest.mark.anyio

OVER = "Your pause is over"


def told(desk: Running, saying: str = OVER) -> list[Any]:
    return [message for message in desk.slack.dm("maya").messages if saying in message.all_text]


async def pauses(desk: Running, typed: str) -> datetime:
    """By command and confirmed; answers when it ends."""
    maya = desk.person("maya")
    asked = await maya.command(f"/referrals {typed}")
    assert "Nothing has changed yet" in asked.text, asked.text
    await maya.click(asked.ephemerals[0], "referral.pause_now")
    ends = (await desk.provider("maya")).pause_ends
    assert ends is not None
    return ends


async def test_a_pause_ends_by_itself_and_says_so(desk: Running) -> None:
    ends = await pauses(desk, "pause until tomorrow")
    while_paused = await desk.submit(preferred="maya")
    await desk.card(while_paused.code, "Open to everyone")
    await desk.slack.until(lambda: desk.client_mail(while_paused.code, "not taking"), timeout=20)
    assert not desk.mail("maya", while_paused.code) and not told(desk)
    await desk.turn((ends - desk.house.clock.now()).total_seconds() / 3600 + 0.01)
    await desk.slack.until(lambda: told(desk), timeout=20)
    (message,) = told(desk)
    assert "your referrals are on again" in message.all_text
    assert (await desk.provider("maya")).status is ProviderStatus.ACTIVE
    after = await desk.submit(preferred="maya")
    await desk.card(after.code)
    assert (await desk.offers(after.referral_id))[0].kind == "preferred"
    await desk.quiet()
    assert len(told(desk)) == 1 and not any(OVER in m.all_text for m in desk.slack.dm("tomas").messages)


@pytest.mark.parametrize(
    ("now", "typed", "ends"),
    [
        # Noon on a Thursday in New York; the clocks go forward, or back, on the Sunday.
        ("2027-03-11 17:00:00", "pause until monday", datetime(2027, 3, 15, 4, 0, tzinfo=UTC)),
        ("2027-11-04 16:00:00", "pause until monday", datetime(2027, 11, 8, 5, 0, tzinfo=UTC)),
        ("2027-11-04 16:00:00", "pause NJ until sunday", datetime(2027, 11, 7, 4, 0, tzinfo=UTC)),
    ],
)
async def test_to_the_minute_across_a_change_of_the_clocks(
    tmp_path: Path, flushed: str, now: str, typed: str, ends: datetime
) -> None:
    with freeze_time(now, tick=True, real_asyncio=True):
        async with running(tmp_path, flushed) as desk:
            assert await pauses(desk, typed) == ends
            assert await desk.slack.advance(int((ends - desk.house.clock.now()).total_seconds()) - 60)
            await desk.quiet()
            assert (await desk.provider("maya")).pause_ends == ends and not told(desk), "a minute before its end"
            assert await desk.slack.advance(60)
            await desk.slack.until(lambda: told(desk), timeout=20)
            maya = await desk.provider("maya")
            resumed = await desk.read(select(History).where(History.subject_id == maya.id, History.event == "resume"))
            assert ends <= resumed.at < ends + timedelta(minutes=1)
            assert maya.pause_ends is None


async def _pauses_shortly(desk: Running, *subjects: Subject) -> None:
    """By the use case, because no words are that short."""
    maya = await desk.provider("maya")
    actor = Actor(f"provider:{maya.id}", Surface.BUTTON, maya.id, maya.slack_user)
    until = desk.house.clock.now() + timedelta(seconds=1)
    for subject in subjects:
        await desk.house.desk.do(desk.practice, pause, actor, maya.id, subject=subject, until=until)


async def test_with_the_sweep_off_the_wake_up_suffices(
    tmp_path: Path, flushed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        swept = []
        monkeypatch.setattr(sweep, "act_on_deadlines", lambda *_: swept.append(True))
        await _pauses_shortly(desk, ALL, insurer("aetna"), state("NY"))
        await desk.slack.until(lambda: told(desk), timeout=30)
        assert not swept
        (message,) = told(desk)
        assert "your referrals, referrals with Aetna and referrals from New York are on again" in message.all_text


async def test_with_the_wake_up_lost_the_sweep_suffices(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, sweep_every=1, prepare=_deaf) as desk:
        await _pauses_shortly(desk, insurer("aetna"))
        await desk.slack.until(lambda: told(desk), timeout=30)
        maya = await desk.provider("maya")
        assert all(panel["accepting"] for panel in maya.insurers) and maya.pause_ends is None
        assert len(told(desk)) == 1
