"""What an offer's mails carry: a fresh link for each attempt at sending, for as long as DOMAIN.md P6 says."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col

from jobs.outbox import claim, deliver
from referrals.accept import accept
from referrals.by_link import No, Yes, compose_with_link, decide
from referrals.deadlines import remind
from referrals.letters import Letter, Void
from referrals.links import digest_of
from referrals.notices import Template as T
from referrals.outcomes import Done, Missing, Since
from store.tables import Delivery, Link, Offer, Provider
from store.vocabulary import DeclineReason, DeliveryChannel, DeliveryState, LinkPurpose
from tests.desk import START, Office, by
from tests.jobs.outside import Outside

pytestmark = pytest.mark.anyio


async def mail(office: Office, template: T) -> Letter | Void:
    (found,) = await office.rows(Delivery, template=str(template))
    return await office.do(compose_with_link, found)


async def token(office: Office, template: T = T.PROVIDER_OFFER) -> str:
    letter = await mail(office, template)
    assert isinstance(letter, Letter) and letter.link_token
    assert letter.link_token not in repr(letter)
    return letter.link_token


async def until(office: Office, token: str) -> datetime:
    (link,) = await office.rows(Link, digest=digest_of(token))
    return link.expires_at


async def test_twelve_hours_or_the_deadline(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    first = await token(office)
    assert await until(office, first) == START + timedelta(hours=12)
    office.clock.turn(hours=24)
    await office.do(remind, done.offer_id)
    reminder = await mail(office, T.PROVIDER_REMINDER)
    assert isinstance(reminder, Letter) and reminder.link_until == START + timedelta(hours=36)
    office.clock.turn(hours=16)
    assert await until(office, await token(office, T.PROVIDER_REMINDER)) == START + timedelta(hours=48)
    links = await office.rows(Link)
    assert len(links) == 3 and not any(one.used_at for one in links)
    assert {(one.purpose, one.offer_id, one.provider_id) for one in links} == {
        (LinkPurpose.DECIDE, done.offer_id, maya.id)
    }


async def test_every_link_of_an_offer_is_good_until_one_decides(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    older, newer = await token(office), await token(office)
    assert older != newer
    assert isinstance(await office.do(decide, older, No(DeclineReason.SCHEDULE)), Done)
    late = await office.do(decide, newer, Yes())
    assert isinstance(late, Since) and not late.mine
    assert isinstance(await office.do(decide, older, Yes()), Since)
    assert await office.do(decide, "made up", Yes()) == Missing()
    assert [bool(one.used_at) for one in await office.rows(Link)].count(True) == 1
    assert await office.history(await office.referral(done.referral_id)) == ["submit", "decline"]


async def test_no_link_for_a_mail_that_is_not_sent(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    await office.do(accept, by(maya), done.offer_id)
    assert await mail(office, T.PROVIDER_OFFER) == Void("no_longer_true")
    await office.submit(await office.provider("Noor Haddad", work_email=None))
    found = [
        row
        for row in await office.rows(Delivery, template=str(T.PROVIDER_OFFER))
        if row.referral_id != done.referral_id
    ]
    assert [await office.do(compose_with_link, row) for row in found] == [Void("no_address")] * len(found)
    assert await office.rows(Link) == []


async def test_a_link_is_issued_once_the_mail_goes_and_to_no_other(office: Office) -> None:
    """While the card is waited for there is none; each of the other mails has none either."""
    outside = Outside()
    done = await office.submit(await office.provider("Maya Chen"))
    for _ in range(3):
        for row in await office.do(claim, col(Delivery.channel) == DeliveryChannel.EMAIL, 20):
            await deliver(outside.deps(office), office.practice_id, row)
        office.clock.turn(seconds=10)
    assert await office.rows(Link) == []
    (offer,) = await office.rows(Delivery, template=str(T.PROVIDER_OFFER))
    assert (offer.state, offer.trouble) == (DeliveryState.PENDING, "card_not_posted_yet")
    assert len(outside.mails) == 1, "the client's"

    await office.change(Offer, done.offer_id, card_link="https://slack.example.com/archives/C0/p1")
    for row in await office.do(claim, col(Delivery.channel) == DeliveryChannel.EMAIL, 20):
        await deliver(outside.deps(office), office.practice_id, row)
    assert len(outside.mails) == 2 and len(await office.rows(Link)) == 1


async def test_whoever_is_gone_by_then_decides_nothing(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await office.submit(maya)
    theirs = await token(office)
    await office.change(Provider, maya.id, licences=[])
    refused = await office.do(decide, theirs, Yes())
    assert refused.reason == "no_licence"
    assert not any(one.used_at for one in await office.rows(Link)), "nothing was decided: it is as good as before"
    assert isinstance(await office.do(decide, theirs, No(DeclineReason.LOCATION)), Done)
