"""One card a round, whatever happens while it is being posted."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobs import cards
from jobs.card_records import note_failure, posted, shown
from jobs.cards import claim
from jobs.errors import DeliveryError, FailureKind
from jobs.posts import next_card
from jobs.sweep import redraw_cards
from referrals.close import close
from referrals.deadlines import expire
from referrals.views.card import card
from store.tables import Offer
from store.vocabulary import AttentionKind, CloseReason
from tests.desk import CORA, Office

from .outside import Outside

pytestmark = pytest.mark.anyio

RETRY, PERMANENT, UNKNOWN = FailureKind.RETRY, FailureKind.PERMANENT, FailureKind.UNKNOWN


async def _offer(office: Office, id: str) -> Offer:
    return (await office.rows(Offer, id=id))[0]


async def test_what_happens_during_the_first_post_makes_no_second_card(office: Office) -> None:
    done = await office.submit()
    other = Outside()

    async def meanwhile(call: str) -> None:
        if call == "post":
            await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
            assert await office.do(next_card) is None
            await cards.post(other.deps(office), office.practice_id, done.offer_id)

    mine = Outside(during=meanwhile)
    await cards.post(mine.deps(office), office.practice_id, done.offer_id)
    assert len(mine.posts) == 1 and not other.posts
    offer = await _offer(office, done.offer_id)
    assert offer.card_ts and offer.card_version > offer.shown_version, "it is redrawn as closed"
    await cards.redraw(mine.deps(office), office.practice_id, done.offer_id)
    offer = await _offer(office, done.offer_id)
    assert mine.updates == 1 and offer.shown_version == offer.card_version


async def test_the_card_is_remembered_before_its_link_is_asked_for(office: Office) -> None:
    done = await office.submit()
    seen: list[Any] = []

    async def meanwhile(call: str) -> None:
        if call == "permalink":
            seen.append((await _offer(office, done.offer_id)).card_ts)

    outside = Outside(during=meanwhile, link_error=DeliveryError("unreachable", RETRY))
    await cards.post(outside.deps(office), office.practice_id, done.offer_id)
    assert seen and seen[0] is not None


async def test_a_lost_lease_settles_nothing_but_a_card_that_stands_there(office: Office) -> None:
    done = await office.submit()
    lost = await office.do(claim, done.offer_id, posted=False)
    office.clock.turn(minutes=5)
    held = await office.do(claim, done.offer_id, posted=False)
    assert held.attempts == 2 and held.first_tried == lost.first_tried
    await office.do(note_failure, done.offer_id, lost, "x", PERMANENT, timedelta(), timedelta())
    assert not await office.do(shown, done.offer_id, lost, 1)
    offer = await _offer(office, done.offer_id)
    assert offer.card_lease_until == held.until and not offer.shown_version and not offer.card_trouble
    await office.do(posted, done.offer_id, lost, "C0REFERRALS", "1.000001", 1)
    await office.do(posted, done.offer_id, held, "C0REFERRALS", "1.000002", 1)
    assert (await _offer(office, done.offer_id)).card_ts == "1.000001"


async def test_a_refusal_does_not_forget_an_earlier_post_in_the_dark(office: Office) -> None:
    done = await office.submit()
    outside = Outside(error=DeliveryError("internal_error", UNKNOWN))
    deps = outside.deps(office)
    start = office.clock.at
    for error in (DeliveryError("is_archived", PERMANENT), None):
        await cards.post(deps, office.practice_id, done.offer_id)
        office.clock.turn(minutes=20)
        outside.error = error
    outside.error = None
    await cards.post(deps, office.practice_id, done.offer_id)
    assert outside.looks == [(start - timedelta(hours=1)).timestamp()] * 2
    assert (await _offer(office, done.offer_id)).card_ts


async def test_a_card_that_stays_unknown_alerts_once_after_three_days(office: Office) -> None:
    done = await office.submit(await office.provider("Maya Lin"))
    outside = Outside(error=DeliveryError("internal_error", UNKNOWN))
    deps = outside.deps(office)
    for days, alerts in ((0, 0), (2, 0), (1, 1), (1, 1)):
        office.clock.turn(days=days)
        await cards.post(deps, office.practice_id, done.offer_id)
        assert await office.attention(done.referral_id) == [AttentionKind.DELIVERY_FAILED] * alerts
    assert len(outside.posts) == 4


async def test_a_redraw_is_one_claim_one_read_one_call_and_one_record(office: Office) -> None:
    done = await office.submit()
    outside = Outside()
    deps = outside.deps(office)
    await cards.post(deps, office.practice_id, done.offer_id)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    counted: list[str] = []
    desk = office.desk

    class Counting:
        clock = desk.clock

        async def do(self, practice: str, use_case: Any, *args: Any, **more: Any) -> Any:
            counted.append("do")
            return await desk.do(practice, use_case, *args, **more)

        async def ask(self, practice: str, query: Any, *args: Any) -> Any:
            counted.append("ask")
            return await desk.ask(practice, query, *args)

    await cards.redraw(outside.deps(office, desk=Counting()), office.practice_id, done.offer_id)
    assert counted == ["do", "ask", "do"] and outside.updates == 1


async def test_a_card_with_its_address_needs_one_post_and_one_look(office: Office) -> None:
    done = await office.submit()
    outside = Outside()
    deps = outside.deps(office)
    await cards.post(deps, office.practice_id, done.offer_id)
    office.clock.turn(hours=1)
    await redraw_cards(deps, office.practice_id)
    offer = await _offer(office, done.offer_id)
    assert offer.card_link and offer.shown_version == offer.card_version
    assert (len(outside.posts), outside.links, outside.updates) == (1, 1, 0)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (DeliveryError("ratelimited", RETRY, retry_after=timedelta(seconds=20)), timedelta(seconds=20)),
        (DeliveryError("unreachable", RETRY), timedelta(seconds=5)),
        (DeliveryError("fatal_error", UNKNOWN), timedelta(seconds=30)),
    ],
)
async def test_an_address_that_could_not_be_had_is_asked_for_again(
    office: Office, error: DeliveryError, wait: timedelta
) -> None:
    """Until then the card of the round before says that a new one follows."""
    done = await office.submit(await office.provider("Maya Lin"))
    outside = Outside()
    deps = outside.deps(office)
    await cards.post(deps, office.practice_id, done.offer_id)
    office.clock.turn(hours=49)
    await office.do(expire, done.offer_id)
    first, second = await office.offers(done.referral_id)
    outside.link_error = error
    await cards.post(deps, office.practice_id, second.id)
    await redraw_cards(deps, office.practice_id)
    assert (await office.do(card, first.id)).next_link is None
    office.clock.turn(seconds=wait.total_seconds() - 1)
    await redraw_cards(deps, office.practice_id)
    assert outside.links == 2, "not before its time"
    office.clock.turn(seconds=1)
    await redraw_cards(deps, office.practice_id)
    assert outside.links == 3, "in vain once more"
    outside.link_error = None
    for _ in range(3):
        office.clock.turn(minutes=10)
        await redraw_cards(deps, office.practice_id)
    assert outside.links == 4 and len(outside.posts) == 2
    first, second = await office.offers(done.referral_id)
    assert second.card_link and (await office.do(card, first.id)).next_link == second.card_link
    assert all(one.shown_version == one.card_version for one in (first, second))
    assert AttentionKind.DELIVERY_FAILED not in await office.attention(done.referral_id)


async def test_a_crash_between_the_post_and_its_address_is_made_good(office: Office) -> None:
    done = await office.submit()
    outside = Outside(link_error=asyncio.CancelledError())  # type: ignore[arg-type]
    deps = outside.deps(office)
    with pytest.raises(asyncio.CancelledError):
        await cards.post(deps, office.practice_id, done.offer_id)
    outside.link_error = None
    await redraw_cards(deps, office.practice_id)
    assert outside.links == 1, "whoever has posted it is asking"
    office.clock.turn(seconds=31)
    await redraw_cards(deps, office.practice_id)
    offer = await _offer(office, done.offer_id)
    assert offer.card_link and offer.shown_version == offer.card_version
    assert (len(outside.posts), outside.links) == (1, 2)


async def test_what_happens_while_the_address_is_asked_for_is_drawn(office: Office) -> None:
    done = await office.submit()
    outside = Outside()

    async def meanwhile(call: str) -> None:
        if call == "permalink" and outside.links == 1:
            await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
            await redraw_cards(outside.deps(office), office.practice_id)

    outside.during = meanwhile
    await cards.post(outside.deps(office), office.practice_id, done.offer_id)
    offer = await _offer(office, done.offer_id)
    assert outside.updates == 1 and offer.shown_version == offer.card_version and offer.card_link
    assert len(outside.posts) == 1
