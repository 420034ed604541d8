"""Accepting for somebody else, late, after giving back; and a reservation that has run out unnoticed."""

import pytest

from referrals.accept import accept
from referrals.coordinate import assign
from referrals.deadlines import expire
from referrals.decline import decline, release
from referrals.outcomes import Asks, Done, Missing, Question, Refusal, Refused, Reserved, Since
from store.tables import Attention, History, Provider
from store.vocabulary import AttentionKind, DeclineReason, Kind, OfferOutcome, Status, Urgency
from tests.desk import CORA, Office, by

Team = list[Provider]


@pytest.fixture
async def team(office: Office) -> Team:
    return await office.team("Maya Chen", "Noor Haddad", "Omar Vance")


async def test_a_coordinator_accepts_for_whoever_it_is_reserved_for(office: Office, team: Team) -> None:
    maya, noor, _ = team
    coordinating = by(noor, coordinator=True)
    done = await office.submit(maya)

    asks = await office.do(accept, coordinating, done.offer_id)
    assert isinstance(asks, Asks) and asks.questions == (Question.ON_BEHALF,)
    assert asks.whose is not None and asks.whose.name == maya.name
    assert isinstance(await office.do(accept, coordinating, done.offer_id, confirmed=frozenset(Question)), Done)

    assert (await office.referral(done.referral_id)).accepted_by == maya.id
    row = (await office.rows(History, subject_id=done.referral_id))[-1]
    assert (row.actor, row.on_behalf_of, row.data["confirmed"]) == (f"provider:{noor.id}", maya.id, ["on_behalf"])
    told = await office.told(done.referral_id)
    assert ("acceptor_mail", f"provider:{maya.id}") in told
    assert not [one for one in told if one[1] == f"provider:{noor.id}"]


async def test_a_coordinator_whose_own_it_is_is_not_asked(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    assert isinstance(await office.do(accept, by(team[0], coordinator=True), done.offer_id), Done)
    assert (await office.rows(History, subject_id=done.referral_id))[-1].on_behalf_of is None


async def test_a_coordinator_accepts_a_general_round_for_themselves(office: Office, team: Team) -> None:
    done = await office.submit()
    assert isinstance(await office.do(accept, by(team[1], coordinator=True), done.offer_id), Done)
    assert (await office.referral(done.referral_id)).accepted_by == team[1].id


async def test_a_yes_that_comes_after_the_round(office: Office, team: Team) -> None:
    """The question was shown; meanwhile the provider has declined."""
    done = await office.submit(team[0])
    await office.do(decline, by(team[0]), done.offer_id, DeclineReason.SCHEDULE)
    late = await office.do(accept, CORA, done.offer_id, confirmed=frozenset(Question))
    assert isinstance(late, Since)
    assert (late.status, late.round_kind, late.by) == (Status.PENDING, Kind.GENERAL, None)


async def test_reserved_until(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    office.clock.turn(hours=48, seconds=-1)
    answer = await office.do(accept, by(team[1]), done.offer_id)
    assert isinstance(answer, Reserved)
    assert (answer.whose.slack_user, answer.until) == (
        team[0].slack_user,
        (await office.offers(done.referral_id))[0].expires_at,
    )


async def test_another_click_on_an_overdue_reservation_expires_it_first(office: Office, team: Team) -> None:
    maya, noor, _ = team
    done = await office.submit(maya)
    office.clock.turn(hours=48)

    assert isinstance(await office.do(accept, by(noor), done.offer_id), Done)

    referral = await office.referral(done.referral_id)
    assert (referral.status, referral.accepted_by) == (Status.ACCEPTED, noor.id)
    first, second = await office.offers(done.referral_id)
    assert (first.outcome, second.outcome, second.kind) == (OfferOutcome.EXPIRED, OfferOutcome.ACCEPTED, Kind.GENERAL)
    assert await office.history(referral) == ["submit", "expire", "accept"]
    assert not await office.do(expire, done.offer_id), "the job comes too late"
    told = [template for template, _ in await office.told(done.referral_id)]
    assert told.count("client_declined") == 1
    assert "client_final" not in told
    since = await office.do(accept, by(maya), done.offer_id)
    assert isinstance(since, Since) and since.by is not None and since.by.name == noor.name


async def test_whose_it_is_may_accept_until_the_expiry_is_written(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    office.clock.turn(hours=72)
    assert isinstance(await office.do(accept, by(team[0]), done.offer_id), Done)
    assert len(await office.offers(done.referral_id)) == 1


async def test_a_general_round_too(office: Office, team: Team) -> None:
    done = await office.submit()
    office.clock.turn(hours=72)
    assert isinstance(await office.do(accept, by(team[0]), done.offer_id), Done)


async def test_declining_anothers_overdue_reservation_expires_it(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    office.clock.turn(hours=48)
    answer = await office.do(decline, by(team[1]), done.offer_id, DeclineReason.SCHEDULE)
    assert isinstance(answer, Since) and answer.round_kind is Kind.GENERAL
    assert await office.history(await office.referral(done.referral_id)) == ["submit", "expire"]


async def test_whoever_gave_it_back_gets_it_only_from_a_coordinator(office: Office, team: Team) -> None:
    maya = team[0]
    done = await office.submit(maya)
    await office.do(accept, by(maya), done.offer_id)
    await office.do(release, by(maya), done.referral_id, DeclineReason.CONFLICT)
    second = (await office.referral(done.referral_id)).offer_id
    assert await office.do(accept, by(maya), second) == Refused(Refusal.GAVE_IT_BACK, done.code)

    assert isinstance(await office.do(assign, CORA, done.referral_id, maya.id), Done)
    third = (await office.referral(done.referral_id)).offer_id
    assert isinstance(await office.do(accept, by(maya), third), Done)


async def test_a_click_on_an_old_card(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    await office.do(decline, by(team[0]), done.offer_id, DeclineReason.INSURER)
    assert isinstance(await office.do(accept, by(team[1]), done.offer_id), Since), "not taken through the old card"
    assert await office.do(accept, by(team[1]), "no such offer") == Missing()


async def test_accepting_takes_the_urgent_item_off_the_list(office: Office, team: Team) -> None:
    done = await office.submit(urgency=Urgency.URGENT)
    assert await office.attention(done.referral_id) == [AttentionKind.URGENT]
    assert ("coordinator_urgent", "slack:U0CORA") in await office.told(done.referral_id)
    await office.do(accept, by(team[0]), done.offer_id)
    assert await office.attention(done.referral_id) == []
    assert [one.settled_by for one in await office.rows(Attention)] == [f"provider:{team[0].id}"]
