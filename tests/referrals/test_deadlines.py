"""Deadlines that meet, that are late, and that find nothing left to do."""

import pytest

from referrals.accept import accept
from referrals.composing import compose
from referrals.coordinate import assign, reopen
from referrals.deadlines import expire, remind, remind_client
from referrals.decline import decline, release
from referrals.letters import Void
from referrals.notices import Template as T
from referrals.pausing.availability import release_waiting
from referrals.progress import contacted
from store.tables import Delivery, Practice, Provider
from store.vocabulary import AttentionKind, DeclineReason, OfferOutcome
from tests.desk import CORA, Office, by

ACTS = {"remind": remind, "remind_client": remind_client, "expire": expire}
Team = list[Provider]


@pytest.fixture
async def team(office: Office) -> Team:
    return await office.team("Maya Chen", "Noor Haddad")


@pytest.mark.parametrize("order", [["remind", "remind_client", "expire"], ["expire", "remind_client", "remind"]])
@pytest.mark.parametrize("reserved", [True, False])
async def test_all_due_at_once_is_an_expiry_only(office: Office, team: Team, order: list[str], reserved: bool) -> None:
    """After an outage over the whole window: nobody is reminded of what is over (DESIGN.md, expire)."""
    done = await office.submit(team[0] if reserved else None)
    office.clock.turn(hours=72)
    acted = {name: await office.do(ACTS[name], done.offer_id) for name in order}
    assert acted == {"remind": False, "remind_client": False, "expire": True}
    again = {name: await office.do(ACTS[name], done.offer_id) for name in order}
    assert not any(again.values())
    told = [template for template, _ in await office.told(done.referral_id)]
    assert not [one for one in told if "reminder" in one]
    assert (told.count("client_declined"), told.count("client_final")) == ((1, 0) if reserved else (0, 1))
    first = (await office.offers(done.referral_id))[0]
    assert (first.remind_due, first.remind_client_due, first.outcome) == (None, None, OfferOutcome.EXPIRED)


async def test_the_new_round_has_a_whole_clock_of_its_own(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    office.clock.turn(hours=50)
    await office.do(expire, done.offer_id)
    general = (await office.referral(done.referral_id)).offer_id
    office.clock.turn(hours=24, seconds=-1)
    assert not await office.do(remind, general)
    office.clock.turn(seconds=1)
    assert await office.do(remind, general)
    assert await office.do(remind_client, general)
    office.clock.turn(hours=24)
    assert await office.do(expire, general)


@pytest.mark.parametrize("act", ["remind", "remind_client", "expire"])
async def test_once(office: Office, team: Team, act: str) -> None:
    done = await office.submit(team[0])
    office.clock.turn(hours=48 if act == "expire" else 24)
    assert await office.do(ACTS[act], done.offer_id)
    before = await office.told(done.referral_id)
    assert not await office.do(ACTS[act], done.offer_id)
    assert await office.told(done.referral_id) == before
    assert not await office.do(ACTS[act], "no such offer")


async def test_the_client_of_an_accepted_referral_is_reminded_once_even_late(office: Office, team: Team) -> None:
    """The round's deadline no longer counts: it was taken before."""
    done = await office.submit(team[0])
    await office.do(accept, by(team[0]), done.offer_id)
    office.clock.turn(hours=72)
    assert await office.do(remind_client, done.offer_id)
    assert not await office.do(remind_client, done.offer_id)


async def test_nothing_for_a_client_who_has_been_contacted(office: Office, team: Team) -> None:
    done = await office.submit(team[0])
    await office.do(accept, by(team[0]), done.offer_id)
    await office.do(contacted, by(team[0]), done.referral_id)
    office.clock.turn(hours=24)
    assert not await office.do(remind_client, done.offer_id)


async def test_a_reminder_that_is_sent_too_late_is_not_sent(office: Office, team: Team) -> None:
    """Put down in time, but the channel was closed to us until after the deadline, which nobody has written yet."""
    done = await office.submit(team[0])
    office.clock.turn(hours=24)
    await office.do(remind, done.offer_id)
    await office.do(remind_client, done.offer_id)
    office.clock.turn(hours=24)
    for template in (T.THREAD_REMINDER, T.PROVIDER_REMINDER, T.CLIENT_REMINDER):
        delivery = (await office.rows(Delivery, template=str(template)))[0]
        assert await office.do(compose, delivery) == Void("no_longer_true"), template


async def test_no_mail_reminder_to_a_provider_without_a_work_email(office: Office) -> None:
    maya = await office.provider("Maya Chen", work_email=None)
    done = await office.submit(maya)
    office.clock.turn(hours=24)
    assert await office.do(remind, done.offer_id)
    told = [template for template, _ in await office.told(done.referral_id)]
    assert ("thread_reminder" in told, "provider_reminder" in told) == (True, False)


async def test_a_changed_window_moves_no_running_deadline(office: Office, team: Team) -> None:
    done = await office.submit()
    await office.desk.database.write(
        lambda session: setattr(session.get(Practice, office.practice_id), "expire_after", 3600)
    )
    office.clock.turn(hours=2)
    assert not await office.do(expire, done.offer_id)
    second = await office.submit()
    office.clock.turn(hours=1)
    assert await office.do(expire, second.offer_id)


async def test_expired_twice(office: Office, team: Team) -> None:
    """Each round has its own final notice and its own item; of two notices unsent, only the last is true."""
    done = await office.submit()
    office.clock.turn(hours=48)
    await office.do(expire, done.offer_id)
    await office.do(reopen, CORA, done.referral_id)
    office.clock.turn(hours=48)
    await office.do(expire, (await office.referral(done.referral_id)).offer_id)
    finals = await office.rows(Delivery, template=str(T.CLIENT_FINAL))
    assert [isinstance(await office.do(compose, one), Void) for one in finals] == [True, False]
    assert await office.attention(done.referral_id) == [AttentionKind.EXPIRED]


@pytest.mark.parametrize("ends", ["declined", "expired", "released"])
async def test_who_gave_it_back_stays_out_of_every_later_round(office: Office, team: Team, ends: str) -> None:
    maya, noor = team
    done = await office.submit(maya)
    await office.do(accept, by(maya), done.offer_id)
    await office.do(release, by(maya), done.referral_id, DeclineReason.CONFLICT)
    await office.do(assign, CORA, done.referral_id, noor.id)
    reserved = (await office.referral(done.referral_id)).offer_id
    if ends == "declined":
        await office.do(decline, by(noor), reserved, DeclineReason.SCHEDULE)
    elif ends == "expired":
        office.clock.turn(hours=48)
        await office.do(expire, reserved)
    else:
        await office.do(release_waiting, by(noor), noor.id)
    assert [offer.excluded for offer in await office.offers(done.referral_id)] == [[], [maya.id], [maya.id], [maya.id]]
