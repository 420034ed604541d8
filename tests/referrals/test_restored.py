"""What becomes of a restored practice: nothing old is said again, nobody is forgotten, the channel shows what is."""

from datetime import timedelta

import pytest

from referrals.accept import accept
from referrals.close import close
from referrals.deadlines import expire, remind, remind_client
from referrals.restored import Restored, restored
from store.tables import Attention, Delivery, History, Offer
from store.vocabulary import CloseReason, DeliveryState
from tests.desk import CORA, Office, by

pytestmark = pytest.mark.anyio


async def _cards(office: Office) -> dict[str, Offer]:
    return {one.id: one for one in await office.rows(Offer)}


async def _shown(office: Office, offer: Offer) -> None:
    await office.change(
        Offer, offer.id, shown_version=offer.card_version, card_ts="1.000001", card_channel="C0", card_attempts=0
    )


async def test_what_was_waiting_to_be_sent_is_given_up_and_the_coordinators_hear_of_it(office: Office) -> None:
    maya = await office.provider("Maya Okonkwo")
    await office.submit(maya)
    waiting = await office.rows(Delivery)
    texts = [one for one in waiting if one.channel == "sms"]
    mails = [one for one in waiting if one.channel == "email"]
    await office.change(Delivery, texts[0].id, state=DeliveryState.UNKNOWN)
    await office.change(Delivery, mails[0].id, state=DeliveryState.SENT)
    await office.change(Delivery, mails[1].id, state=DeliveryState.UNKNOWN)
    done = await office.do(restored)
    assert done.notices == len(waiting) - 2
    after = {one.id: one for one in await office.rows(Delivery)}
    assert after[texts[0].id].state is DeliveryState.UNKNOWN, "it is never sent twice, and its trouble is known"
    assert after[mails[0].id].state is DeliveryState.SENT
    given_up = [after[one.id] for one in waiting if one.id not in (texts[0].id, mails[0].id)]
    assert {(one.state, one.trouble) for one in given_up} == {(DeliveryState.SUPPRESSED, "restored")}
    (alert,) = [one for key, one in after.items() if key not in {row.id for row in waiting}]
    assert (alert.template, alert.state) == ("coordinator_trouble", DeliveryState.PENDING)
    (item,) = await office.rows(Attention)
    assert (item.kind, item.detail) == ("restored", str(done.notices))
    (event,) = await office.rows(History, subject_id=office.practice_id)
    assert (event.event, event.actor, event.surface) == ("restored", "operator", "command")
    assert event.data == {"notices": done.notices, "reminders": 0, "cards": 0}


async def test_reminders_that_are_due_may_have_been_sent_and_deadlines_are_still_met(office: Office) -> None:
    maya = await office.provider("Maya Okonkwo")
    early = await office.submit(maya)
    office.clock.turn(hours=25)
    late = await office.submit(maya)
    done = await office.do(restored)
    assert done.reminders == 2, "the provider's and the client's of the first round"
    (offer,) = await office.offers(early.referral_id)
    assert offer.remind_due is None and offer.remind_client_due is None
    assert not await office.do(remind, offer.id) and not await office.do(remind_client, offer.id)
    (ahead,) = await office.offers(late.referral_id)
    assert ahead.remind_due is not None
    office.clock.turn(hours=24)
    assert await office.do(expire, offer.id)
    assert [one.outcome for one in await office.offers(early.referral_id)] == ["expired", None]
    told = [template for template, _ in await office.told(early.referral_id)]
    assert "provider_reminder" not in told and "client_reminder" not in told


async def test_cards_at_work_are_redrawn_and_one_without_a_place_is_looked_for(office: Office) -> None:
    maya = await office.provider("Maya Okonkwo")
    pending, taken, ended, unseen = [await office.submit(maya) for _ in range(4)]
    for one in (pending, taken, ended):
        if one is taken:
            await office.do(accept, by(maya), (await office.offers(one.referral_id))[0].id)
        if one is ended:
            await office.do(close, CORA, one.referral_id, CloseReason.WITHDRAWN)
        await _shown(office, (await office.offers(one.referral_id))[0])
    before = await _cards(office)
    done = await office.do(restored)
    after = await _cards(office)
    offers = {one: (await office.offers(one.referral_id))[0].id for one in (pending, taken, ended, unseen)}
    moved = [name for name, id in offers.items() if after[id].card_version > before[id].card_version]
    assert moved == [pending, taken] and done.cards == 2
    looked_for = after[offers[unseen]]
    assert (looked_for.card_attempts, looked_for.card_ts) == (1, None), "as after a post that ended in the dark"
    assert looked_for.card_first_tried == looked_for.opened_at


async def test_a_clients_last_word_becomes_a_call(office: Office) -> None:
    done = await office.submit()
    (offer,) = await office.offers(done.referral_id)
    office.clock.at = offer.expires_at + timedelta(seconds=1)
    await office.do(expire, offer.id)
    result: Restored = await office.do(restored)
    assert result.phone_tasks == 1
    assert "phone_task" in await office.attention(done.referral_id)
    assert "coordinator_phone" in [template for template, _ in await office.told(done.referral_id)]


async def test_a_practice_with_nothing_to_do_is_told_all_the_same(office: Office) -> None:
    assert await office.do(restored) == Restored(0, 0, 0, 0)
    (item,) = await office.rows(Attention)
    assert (item.kind, item.detail) == ("restored", "0")
    assert len(await office.rows(History, event="restored")) == 1
