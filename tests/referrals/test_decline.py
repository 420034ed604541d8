"""Giving back: who may still come near the client, what the client is told, and whose item goes from the list."""

import pytest

from referrals.accept import accept
from referrals.composing import compose
from referrals.coordinate import assign
from referrals.decline import decline, pass_, release
from referrals.letters import Letter, Void
from referrals.notices import Template as T
from referrals.outcomes import Done
from referrals.pausing.availability import make_inactive
from referrals.progress import contacted, scheduled
from store.tables import Attention, Delivery, Offer, Provider
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, SlackStanding, Status
from tests.desk import CORA, Office, by

Team = list[Provider]


@pytest.fixture
async def team(office: Office) -> Team:
    return await office.team("Maya Chen", "Noor Haddad", "Omar Vance")


async def sent(office: Office, template: T) -> list[bool]:
    """Of each delivery of this template, whether it would be sent now."""
    found = await office.rows(Delivery, template=str(template))
    return [isinstance(await office.do(compose, one), Letter) for one in found]


async def test_released_by_a_coordinator_the_holder_is_told_even_outside_slack(office: Office, team: Team) -> None:
    """Otherwise two people call the same client."""
    by_mail = await office.provider("Pia Lund", slack_user=None, slack_standing=SlackStanding.MISSING)
    done = await office.submit(by_mail)
    await office.do(accept, by(by_mail), done.offer_id)
    await office.do(release, CORA, done.referral_id, DeclineReason.OTHER)
    assert await sent(office, T.ACCEPTOR_STOP_MAIL) == [True]
    assert await sent(office, T.ACCEPTOR_STOP_DM) == [False]
    assert await sent(office, T.ACCEPTOR_MAIL) == [False], "nor is the mail with the details sent any more"


async def test_released_and_given_back_to_the_same_provider(office: Office, team: Team) -> None:
    """Whoever holds it again is not told to stop, and gets the details once."""
    maya = team[0]
    done = await office.submit(maya)
    await office.do(accept, by(maya), done.offer_id)
    await office.do(release, CORA, done.referral_id, DeclineReason.OTHER)
    await office.do(assign, CORA, done.referral_id, maya.id)
    assert await sent(office, T.ACCEPTOR_STOP_DM) == [True]
    await office.do(accept, by(maya), (await office.referral(done.referral_id)).offer_id)
    assert await sent(office, T.ACCEPTOR_STOP_DM) == [False]
    assert await sent(office, T.ACCEPTOR_MAIL) == [False, True]
    assert await sent(office, T.CLIENT_RELEASED) == [False], "a later round has its own mail"


async def test_released_after_a_first_session(office: Office, team: Team) -> None:
    maya, noor, _ = team
    done = await office.submit(source="Dr. Reed", source_email="reed@clinic.example.com")
    await office.do(accept, by(maya), done.offer_id)
    await office.do(scheduled, by(maya), done.referral_id)
    await office.do(release, by(maya), done.referral_id, DeclineReason.NOT_MY_SPECIALTY)

    referral = await office.referral(done.referral_id)
    assert referral.status is Status.PENDING
    left = (referral.accepted_by, referral.accepted_at, referral.contacted_at, referral.scheduled_at)
    assert (*left, referral.answered_at) == (None,) * 5, "the client waits again"

    await office.do(accept, by(noor), referral.offer_id)
    await office.do(contacted, by(noor), referral.id)
    await office.do(scheduled, by(noor), referral.id)
    told = [template for template, _ in await office.told(done.referral_id)]
    assert told.count("source_thanks") == 1, "DOMAIN.md R2: thanked once"
    assert told.count("source_acknowledgement") == 1


async def test_exclusions_add_up(office: Office, team: Team) -> None:
    done = await office.submit()
    for provider in team[:2]:
        await office.do(accept, by(provider), (await office.referral(done.referral_id)).offer_id)
        await office.do(release, by(provider), done.referral_id, DeclineReason.SCHEDULE)
    last = (await office.offers(done.referral_id))[-1]
    assert last.excluded == sorted(provider.id for provider in team[:2])
    assert await office.attention(done.referral_id) == []
    await office.do(pass_, by(team[2]), last.id)
    assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]


async def test_the_acceptor_is_gone_and_a_coordinator_gives_it_to_everyone(office: Office, team: Team) -> None:
    maya = team[0]
    done = await office.submit(maya)
    await office.do(accept, by(maya), done.offer_id)
    await office.do(make_inactive, CORA, maya.id)
    assert await office.attention(done.referral_id) == [AttentionKind.ACCEPTOR_GONE]
    await office.do(release, CORA, done.referral_id, DeclineReason.OTHER)
    assert await office.attention(done.referral_id) == []
    assert [one.settled_by for one in await office.rows(Attention)] == [CORA.name]


async def test_the_client_wants_no_more(office: Office, team: Team) -> None:
    done = await office.submit()
    await office.do(accept, by(team[0]), done.offer_id)
    answer = await office.do(release, by(team[0]), done.referral_id, DeclineReason.NO_LONGER_WANTS)
    assert isinstance(answer, Done)
    referral = await office.referral(done.referral_id)
    assert (referral.status, referral.close_reason) == (Status.CLOSED, CloseReason.NO_LONGER_NEEDED)
    assert len(await office.offers(done.referral_id)) == 1


async def test_a_passer_may_still_accept(office: Office, team: Team) -> None:
    done = await office.submit()
    for _ in range(2):
        assert isinstance(await office.do(pass_, by(team[0]), done.offer_id), Done)
    assert await office.history(await office.referral(done.referral_id)) == ["submit", "pass"], "once"
    assert isinstance(await office.do(accept, by(team[0]), done.offer_id), Done)


async def test_a_decline_notice_that_comes_after_the_next_round(office: Office, team: Team) -> None:
    """ "Now open to others" would be wrong by then; the new round's confirmation says how it is."""
    done = await office.submit(team[0])
    await office.do(decline, by(team[0]), done.offer_id, DeclineReason.SCHEDULE)
    assert await sent(office, T.CLIENT_DECLINED) == [True]
    await office.do(assign, CORA, done.referral_id, team[1].id)
    late = (await office.rows(Delivery, template=str(T.CLIENT_DECLINED)))[0]
    assert await office.do(compose, late) == Void("no_longer_true")
    assert await sent(office, T.CLIENT_CONFIRMATION) == [False, True]


async def test_the_only_eligible_provider_declines_and_coordinators_hear_at_once(office: Office) -> None:
    """Nobody is left to wait for, 48 hours before the round ends; the decliner may still change their mind."""
    [maya] = await office.team("Maya Chen")
    done = await office.submit(maya)
    assert not await office.rows(Attention, referral_id=done.referral_id)
    await office.do(decline, by(maya), done.offer_id, DeclineReason.SCHEDULE)
    [item] = await office.rows(Attention, referral_id=done.referral_id)
    assert item.kind is AttentionKind.NOBODY_ELIGIBLE
    [following] = [one for one in await office.rows(Offer, referral_id=done.referral_id) if one.outcome is None]
    assert isinstance(await office.do(accept, by(maya), following.id), Done)
