"""Pausing at all and for one insurer, what waits meanwhile, leaving, and the alert that nobody is left."""

from datetime import timedelta

import pytest

from referrals.accept import accept
from referrals.actor import OPERATOR, SYSTEM, Actor
from referrals.coordinate import reopen
from referrals.deadlines import expire
from referrals.decline import pass_
from referrals.outcomes import Missing, Refusal, Refused
from referrals.pausing.availability import (
    Availability,
    alert_round,
    alert_where_nobody_is_left,
    hand_over,
    make_inactive,
    pause,
    release_waiting,
    resume,
    rounds_without_anybody,
)
from referrals.pausing.subjects import ALL, insurer
from referrals.progress import contacted
from referrals.tx import Tx
from store.tables import Attention, Delivery, Offer, Provider
from store.vocabulary import AttentionKind, Kind, OfferOutcome, ProviderStatus, Status
from tests.desk import CORA, START, Office, by

Team = list[Provider]
BOTH = [{"insurer": "aetna", "accepting": True}, {"insurer": "cigna", "accepting": True}]


@pytest.fixture
async def team(office: Office) -> Team:
    return await office.team("Maya Chen", "Noor Haddad", "Omar Vance")


async def test_pausing_keeps_what_waits_until_it_is_released(office: Office, team: Team) -> None:
    maya = team[0]
    done = await office.submit(maya)
    paused = await office.do(pause, by(maya), maya.id, until=START + timedelta(days=7))
    assert paused == Availability(ProviderStatus.PAUSED, ALL, START + timedelta(days=7), (done.offer_id,))
    assert (await office.offers(done.referral_id))[0].outcome is None
    assert await office.do(release_waiting, by(maya), maya.id) == 1
    first, second = await office.offers(done.referral_id)
    assert (first.outcome, second.kind) == (OfferOutcome.RELEASED, Kind.GENERAL)
    assert second.excluded == [], "who has paused may still accept, when asked"
    assert await office.do(release_waiting, by(maya), maya.id) == 0


async def test_pausing_for_one_insurer_is_about_that_insurer(office: Office) -> None:
    maya = await office.provider("Maya Chen", insurers=BOTH)
    aetna, cigna = await office.submit(maya), await office.submit(maya, insurer="cigna")

    paused = await office.do(pause, by(maya), maya.id, subject=insurer("cigna"))

    assert paused == Availability(ProviderStatus.ACTIVE, insurer("cigna"), None, (cigna.offer_id,))
    assert await office.do(release_waiting, by(maya), maya.id, subject=insurer("cigna")) == 1
    assert len(await office.offers(aetna.referral_id)) == 1, "the other one is still theirs"
    assert len(await office.offers(cigna.referral_id)) == 2
    again = [await office.submit(maya, insurer=slug) for slug in ("aetna", "cigna")]
    kinds = [(await office.offers(one.referral_id))[0].kind for one in again]
    assert kinds == [Kind.PREFERRED, Kind.GENERAL]
    assert await office.do(resume, by(maya), maya.id, subject=insurer("cigna")) == Availability(
        ProviderStatus.ACTIVE, insurer("cigna"), None, ()
    )


async def test_a_panel_they_are_not_on(office: Office, team: Team) -> None:
    maya = team[0]
    assert await office.do(pause, by(maya), maya.id, subject=insurer("cigna")) == Refused(Refusal.NOT_IN_NETWORK)
    assert await office.history(maya) == ["pause:not_in_network"]


@pytest.mark.parametrize("use_case", [pause, resume])
async def test_nobody_does_it_for_a_colleague(office: Office, team: Team, use_case: object) -> None:
    maya, noor, _ = team
    assert callable(use_case)
    assert await office.do(use_case, by(noor), maya.id) == Refused(Refusal.NOT_THEIRS)
    assert await office.do(use_case, by(noor), "nobody") == Missing()
    assert isinstance(await office.do(use_case, CORA, maya.id), Availability)
    name = use_case.__name__
    assert await office.history(maya) == [f"{name}:not_theirs", name]


@pytest.mark.parametrize("use_case", [pause, resume])
async def test_the_inactive_neither_pause_nor_resume(office: Office, team: Team, use_case: object) -> None:
    maya = team[0]
    await office.do(make_inactive, CORA, maya.id)
    assert await office.do(use_case, by(maya), maya.id) == Refused(Refusal.INACTIVE)
    assert (await office.rows(Provider, id=maya.id))[0].status is ProviderStatus.INACTIVE


@pytest.mark.parametrize("actor", [SYSTEM, "herself"])
async def test_only_coordinators_make_inactive(office: Office, team: Team, actor: Actor | str) -> None:
    maya = team[0]
    assert not await office.do(make_inactive, by(maya) if isinstance(actor, str) else actor, maya.id)
    assert await office.history(maya) == ["make_inactive:not_coordinator"]
    assert await office.do(make_inactive, OPERATOR, maya.id)
    assert not await office.do(make_inactive, OPERATOR, maya.id), "once"


async def test_leaving_hands_over_what_waits_and_what_was_taken(office: Office, team: Team) -> None:
    maya = team[0]
    waiting, taken, reached = [await office.submit(maya) for _ in range(3)]
    for one in (taken, reached):
        await office.do(accept, by(maya), one.offer_id)
    await office.do(contacted, by(maya), reached.referral_id)

    await office.do(lambda tx: hand_over(tx, SYSTEM, maya))

    assert [offer.kind for offer in await office.offers(waiting.referral_id)] == [Kind.PREFERRED, Kind.GENERAL]
    assert await office.attention(taken.referral_id) == [AttentionKind.ACCEPTOR_GONE]
    assert (await office.referral(taken.referral_id)).status is Status.ACCEPTED
    assert await office.attention(reached.referral_id) == []


async def alerts(office: Office, referral_id: str) -> int:
    items = await office.rows(Attention, referral_id=referral_id, kind=AttentionKind.NOBODY_ELIGIBLE)
    told = await office.rows(Delivery, referral_id=referral_id, template="coordinator_nobody")
    assert len(told) == len(items)
    return len(items)


async def look_again(office: Office) -> None:
    for _ in range(3):
        await office.do(alert_where_nobody_is_left)


async def test_nobody_from_the_start(office: Office) -> None:
    done = await office.submit()
    assert await alerts(office, done.referral_id) == 1
    await look_again(office)
    assert await alerts(office, done.referral_id) == 1
    assert (await office.offers(done.referral_id))[0].outcome is None, "open to its deadline all the same"


async def test_nobody_after_the_last_pass_and_pause(office: Office, team: Team) -> None:
    maya, noor, omar = team
    done = await office.submit()
    await office.do(pass_, by(maya), done.offer_id)
    await office.do(pause, by(noor), noor.id)
    assert await alerts(office, done.referral_id) == 0
    await office.do(pass_, by(omar), done.offer_id)
    assert await alerts(office, done.referral_id) == 1
    await office.do(resume, by(noor), noor.id)
    await office.do(pause, by(noor), noor.id)
    await office.do(pass_, by(noor), done.offer_id)
    await look_again(office)
    assert await alerts(office, done.referral_id) == 1, "once a round"


async def test_nobody_noticed_by_the_sweep(office: Office) -> None:
    """A licence that ends tells nobody: only looking again finds it."""
    maya = await office.provider("Maya Chen", licences=[{"state": "NY", "expires": START.date().isoformat()}])
    done = await office.submit()
    await look_again(office)
    assert await alerts(office, done.referral_id) == 0
    office.clock.turn(hours=5.5)  # tomorrow in UTC, 23:30 of its last day for her
    await look_again(office)
    assert await alerts(office, done.referral_id) == 0
    office.clock.turn(hours=1)
    await look_again(office)
    assert await alerts(office, done.referral_id) == 1
    assert maya.licences


async def test_each_round_anew(office: Office) -> None:
    done = await office.submit()
    office.clock.turn(hours=48)
    await office.do(expire, done.offer_id)
    assert await office.attention(done.referral_id) == [AttentionKind.EXPIRED], "one item, not two, about one thing"
    await office.do(reopen, CORA, done.referral_id)
    assert await alerts(office, done.referral_id) == 2
    assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]


async def test_no_alert_about_what_is_reserved_or_taken(office: Office, team: Team) -> None:
    maya = team[0]
    reserved, taken = await office.submit(maya), await office.submit()
    await office.do(accept, by(maya), taken.offer_id)

    def everybody_pauses(tx: Tx) -> None:
        for provider in tx.roster():
            provider.status = ProviderStatus.PAUSED

    await office.do(everybody_pauses)
    await look_again(office)
    assert await alerts(office, reserved.referral_id) == await alerts(office, taken.referral_id) == 0


async def test_the_sweep_takes_one_round_at_a_time(office: Office) -> None:
    first, second = [await office.submit() for _ in range(2)]
    for one in (first, second):
        await office.change(Offer, one.offer_id, nobody_alerted=False)
    assert await office.do(rounds_without_anybody) == [
        one.offer_id for one in sorted((first, second), key=lambda done: done.referral_id)
    ]
    await office.do(alert_round, first.offer_id)
    assert await office.do(rounds_without_anybody) == [second.offer_id]
