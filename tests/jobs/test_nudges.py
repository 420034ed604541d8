"""Nudges and escalations as jobs: by a wake-up of their own, or by the sweep alone."""

from collections.abc import Sequence

import pytest

from jobs import sweep
from jobs.worker import Jobs
from referrals.accept import accept
from referrals.deadlines import escalate, nudge
from referrals.progress import contacted
from referrals.tx import Wake, WakeKind
from store.tables import Provider
from store.vocabulary import AttentionKind
from tests.desk import Office, by

from .outside import Outside

pytestmark = pytest.mark.anyio


@pytest.fixture
async def maya(office: Office) -> Provider:
    return await office.provider("Maya Chen")


async def taken(office: Office, maya: Provider) -> str:
    done = await office.submit(None)
    await office.do(accept, by(maya), done.offer_id)
    return done.referral_id


async def test_the_sweep_alone_nudges_and_escalates(office: Office, maya: Provider) -> None:
    first, second = await taken(office, maya), await taken(office, maya)
    office.clock.turn(hours=12)
    found = await sweep.act_on_deadlines(Outside().deps(office), office.practice_id)
    assert (found.nudged, found.escalated) == (2, 0)
    await office.do(contacted, by(maya), first)
    office.clock.turn(hours=36)
    found = await sweep.act_on_deadlines(Outside().deps(office), office.practice_id)
    assert (found.nudged, found.escalated) == (0, 1)
    assert AttentionKind.NOT_CONTACTED in await office.attention(second)
    assert AttentionKind.NOT_CONTACTED not in await office.attention(first)
    again = await sweep.act_on_deadlines(Outside().deps(office), office.practice_id)
    assert again == sweep.Due()


async def test_a_wake_up_alone_nudges_and_escalates(office: Office, maya: Provider) -> None:
    referral_id = await taken(office, maya)
    jobs = Jobs(Outside().deps(office)).by_name()
    wakes: Sequence[Wake] = [one for one in office.woken if one.kind in (WakeKind.NUDGE, WakeKind.ESCALATE)]
    assert [(one.kind, one.id) for one in wakes] == [
        (WakeKind.NUDGE, referral_id),
        (WakeKind.ESCALATE, referral_id),
    ]
    for wake, event in zip(wakes, ("nudge", "escalate"), strict=True):
        assert wake.at is not None
        await jobs[wake.kind]({}, wake.practice_id, wake.id)
        assert event not in await office.history(await office.referral(referral_id)), "too early"
        office.clock.at = wake.at
        await jobs[wake.kind]({}, wake.practice_id, wake.id)
        await jobs[wake.kind]({}, wake.practice_id, wake.id)
        assert (await office.history(await office.referral(referral_id))).count(event) == 1


async def test_one_that_raises_stops_no_other(office: Office, maya: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await taken(office, maya), await taken(office, maya)

    def broken(tx: object, referral_id: str) -> bool:
        if referral_id == first:
            raise LookupError
        return nudge(tx, referral_id)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep.deadlines, "nudge", broken)
    office.clock.turn(hours=48)
    found = await sweep.act_on_deadlines(Outside().deps(office), office.practice_id)
    assert (found.nudged, found.escalated) == (1, 2)
    assert "nudge" in await office.history(await office.referral(second))
    assert not await office.do(escalate, first)
