"""Slack keeps the desk out, or out of its channel: one alert, hardly a call, nothing lost, nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col

from jobs import cards, outbox
from jobs.errors import DeliveryError, FailureKind
from jobs.outbox import claim, deliver, drain
from jobs.posts import ChannelPoster, next_card
from jobs.probe import look_again
from jobs.sweep import redraw_cards, stale_cards
from referrals import slack_trouble
from referrals.accept import accept
from referrals.close import close
from referrals.outbox import alert_practice
from referrals.outcomes import Done
from referrals.slack_trouble import Scope
from store.tables import Attention, Delivery, Offer, Practice
from store.vocabulary import AttentionKind, CloseReason, DeliveryState
from tests.desk import CORA, Office, by

from .outside import Outside

pytestmark = pytest.mark.anyio

ARCHIVED = DeliveryError("is_archived", FailureKind.PERMANENT)
REVOKED = DeliveryError("token_revoked", FailureKind.RETRY)


async def _sweep(office: Office, outside: Outside) -> None:
    """All that one sweep sends."""
    deps = outside.deps(office)
    await look_again(deps, office.practice_id)
    await redraw_cards(deps, office.practice_id)
    await drain(deps, office.practice_id)
    await ChannelPoster(deps).run(office.practice_id)


async def _items(office: Office) -> list[str | None]:
    """Codes of the open SLACK items."""
    found = await office.rows(Attention, kind=AttentionKind.SLACK)
    return [item.detail for item in found if item.settled_at is None]


async def _alerts(office: Office) -> int:
    return len(await office.rows(Delivery, template="coordinator_trouble"))


async def _offer(office: Office, id: str) -> Offer:
    return (await office.rows(Offer, id=id))[0]


async def _delivery(office: Office, template: str) -> Delivery:
    return (await office.rows(Delivery, template=template))[0]


async def _set_practice(office: Office, **values: Any) -> None:
    def write(tx: Any) -> None:
        for name, value in values.items():
            setattr(tx.session.get(Practice, office.practice_id), name, value)

    await office.do(write)


async def _accepted(office: Office, outside: Outside) -> Done:
    """Its card stands there; the announcement is due."""
    maya = await office.provider("Maya Lin")
    done = await office.submit(maya)
    await _sweep(office, outside)
    await office.do(accept, by(maya), done.offer_id)
    return done


async def test_an_archived_channel_alerts_once_however_many_cards_wait(office: Office) -> None:
    done = [await office.submit() for _ in range(5)]
    outside = Outside(error_on={"post": ARCHIVED})
    for _ in range(4):
        await _sweep(office, outside)
        office.clock.turn(seconds=61)
    assert await _items(office) == ["is_archived"] and await _alerts(office) == 1
    assert len(outside.posts) == 4, "one try a minute"
    for one in done:
        assert AttentionKind.DELIVERY_FAILED not in await office.attention(one.referral_id)
    outside.error_on.clear()
    await _sweep(office, outside)
    assert not await _items(office) and len(outside.posts) == 4 + len(done)
    for one in done:
        offer = await _offer(office, one.offer_id)
        assert offer.card_ts and offer.shown_version == offer.card_version
    await _sweep(office, outside)
    assert len(outside.posts) == 4 + len(done) and await _alerts(office) == 1


@pytest.mark.parametrize("code", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action"])
async def test_a_reply_waits_out_the_trouble_and_goes_out_once(office: Office, code: str) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    outside.error_on["post"] = DeliveryError(code, FailureKind.PERMANENT)
    start = len(outside.posts)
    for _ in range(4):
        await _sweep(office, outside)
        office.clock.turn(days=1, minutes=1)  # the real clock: nothing is given up
    row = await _delivery(office, "thread_accepted")
    assert (row.state, row.trouble) == (DeliveryState.PENDING, code)
    assert await _items(office) == [code] and await _alerts(office) == 1
    assert not await office.attention(done.referral_id)
    tried = len(outside.posts) - start
    assert tried == 4
    outside.error_on.clear()
    await _sweep(office, outside)
    await _sweep(office, outside)
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.SENT
    assert len(outside.posts) - start == tried + 1 and not await _items(office)


async def test_a_reply_that_is_no_longer_true_when_the_channel_is_back_is_not_sent(office: Office) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    outside.error_on["post"] = ARCHIVED
    await _sweep(office, outside)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    outside.error_on.clear()
    before = len(outside.posts)
    for _ in range(3):
        office.clock.turn(minutes=2)
        await _sweep(office, outside)
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.SUPPRESSED
    assert len(outside.posts) == before and not await _items(office), "Slack was asked, with nothing to try it with"


async def test_the_rest_goes_on_while_the_channel_is_closed(office: Office) -> None:
    outside = Outside(error_on={"post": ARCHIVED, "update": ARCHIVED})
    maya = await office.provider("Maya Lin")
    done = await office.submit(maya)
    await _sweep(office, outside)
    assert isinstance(await office.do(accept, by(maya), done.offer_id), Done)
    await _sweep(office, outside)
    sent = {row.template for row in await office.rows(Delivery) if row.state is DeliveryState.SENT}
    assert {"client_confirmation", "provider_offer_sms", "acceptor_mail", "acceptor_dm", "coordinator_trouble"} <= sent


async def test_nothing_is_drawn_in_an_archived_channel_but_in_a_read_only_one(office: Office) -> None:
    outside = Outside()
    await _accepted(office, outside)
    for code, drawn in (("is_archived", 0), ("restricted_action", 1)):
        await office.do(slack_trouble.met, code, Scope.CHANNEL)
        assert len(await office.do(stale_cards)) == drawn and await office.do(next_card) is None
        await office.do(slack_trouble.over, Scope.CHANNEL)
    assert len(await office.do(stale_cards)) == 1


async def test_a_card_in_a_channel_used_before_says_nothing_of_the_one_in_use(office: Office) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    await _set_practice(office, channel_id="C0ANOTHER")
    outside.error_on.update(update=ARCHIVED, post=ARCHIVED)
    await _sweep(office, outside)
    assert not await _items(office)
    assert await office.attention(done.referral_id) == [AttentionKind.DELIVERY_FAILED] * 2, "card and announcement"


async def test_a_revoked_token_stops_all_calls_but_a_probe_and_is_mailed_to_the_support(office: Office) -> None:
    outside = Outside()
    await _set_practice(office, support_email="help@practice.example.org")
    await _accepted(office, outside)
    outside.error_on.update(dict.fromkeys(("post", "dm", "update", "check"), REVOKED))
    deps = outside.deps(office)
    await redraw_cards(deps, office.practice_id)
    calls = outside.updates + len(outside.posts) + outside.dms
    for _ in range(5):
        await _sweep(office, outside)
        office.clock.turn(days=1)
    assert outside.updates + len(outside.posts) + outside.dms == calls, "nothing but the probe"
    assert outside.checks == 5
    assert await _items(office) == ["token_revoked"] and await _alerts(office) == 0
    mail = await _delivery(office, "support_trouble_mail")
    assert mail.state is DeliveryState.SENT and outside.mails.count(mail.id) == 1
    outside.error_on.clear()
    await _sweep(office, outside)
    await _sweep(office, outside)
    assert not await _items(office)
    states = {row.template: row.state for row in await office.rows(Delivery)}
    assert states["acceptor_dm"] is states["thread_accepted"] is DeliveryState.SENT
    assert len(outside.posts) == 2 and outside.dms == 1, "card, announcement, direct message: each once"
    assert len(await office.rows(Delivery, template="support_trouble_mail")) == 1


async def test_an_event_that_comes_too_late_is_put_right_by_the_probe(office: Office) -> None:
    await office.do(slack_trouble.met, "app_uninstalled", Scope.WORKSPACE)
    done = await office.submit()
    outside = Outside()
    await _sweep(office, outside)
    assert outside.checks == 1 and not await _items(office)
    assert (await _offer(office, done.offer_id)).card_ts


async def test_one_trouble_is_told_once_under_whatever_code_it_shows(office: Office) -> None:
    for code in ("app_uninstalled", "account_inactive", "token_revoked"):
        await office.do(slack_trouble.met, code, Scope.WORKSPACE)
    for code in ("not_in_channel", "is_inactive"):
        await office.do(slack_trouble.met, code, Scope.CHANNEL)
    assert sorted(str(code) for code in await _items(office)) == ["app_uninstalled", "not_in_channel"]
    assert await office.do(slack_trouble.current) == "app_uninstalled"
    assert await _alerts(office) == 1


async def test_a_message_to_one_person_who_is_refused_is_no_trouble_with_the_channel(office: Office) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    outside.error_on["dm"] = DeliveryError("channel_not_found", FailureKind.PERMANENT)
    await drain(outside.deps(office), office.practice_id)
    assert (await _delivery(office, "acceptor_dm")).state is DeliveryState.FAILED
    assert await office.attention(done.referral_id) == [AttentionKind.DELIVERY_FAILED] and not await _items(office)


async def test_an_alert_that_cannot_be_delivered_alerts_nobody(office: Office) -> None:
    await office.do(alert_practice, AttentionKind.AUDIT, "two_open_offers")
    outside = Outside(error=DeliveryError("user_disabled", FailureKind.PERMANENT))
    for _ in range(3):
        await _sweep(office, outside)
        office.clock.turn(minutes=20)
    (row,) = await office.rows(Delivery)
    assert row.state is DeliveryState.FAILED and len(await office.rows(Attention)) == 1
    assert outside.dms == 1


async def test_a_reply_in_the_dark_stays_in_the_dark_while_slack_is_closed(office: Office) -> None:
    """It may stand there: it is looked for before it is sent, however long the trouble lasts."""
    outside = Outside()
    await _accepted(office, outside)
    outside.error_on["post"] = DeliveryError("internal_error", FailureKind.UNKNOWN)
    await _sweep(office, outside)
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.UNKNOWN
    outside.error_on["post"] = outside.error_on["find"] = REVOKED
    for _ in range(2):
        office.clock.turn(days=4)
        await _sweep(office, outside)
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.UNKNOWN
    outside.error_on.clear()
    outside.found = "1763161200.000042"
    office.clock.turn(minutes=2)
    posts = len(outside.posts)
    await _sweep(office, outside)
    row = await _delivery(office, "thread_accepted")
    assert (row.state, row.reference) == (DeliveryState.SENT, outside.found)
    assert len(outside.posts) == posts


@pytest.mark.parametrize("code", ["thread_not_found", "message_not_found"])
async def test_a_reply_to_a_deleted_card_goes_with_the_new_one(office: Office, code: str) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    deps = outside.deps(office)
    await redraw_cards(deps, office.practice_id)
    old = await _offer(office, done.offer_id)
    assert old.shown_version == old.card_version, "nothing is due but the reply"
    outside.error_on["post"] = DeliveryError(code, FailureKind.PERMANENT)
    (reply,) = await office.do(claim, col(Delivery.recipient) == "channel", 5)
    await deliver(deps, office.practice_id, reply)
    offer, row = await _offer(office, done.offer_id), await _delivery(office, "thread_accepted")
    assert offer.card_ts is None and offer.card_version > offer.shown_version
    assert (row.state, row.trouble) == (DeliveryState.PENDING, "card_not_posted_yet")
    outside.error_on.clear()
    before = len(outside.posts)
    await _sweep(office, outside)
    await _sweep(office, outside)
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.SENT
    new = (await _offer(office, done.offer_id)).card_ts
    assert new not in (None, old.card_ts)
    assert outside.threads[before:] == [None, new], "the card, then the reply to it"
    assert not await office.attention(done.referral_id)


async def test_a_reply_that_met_the_old_card_does_not_undo_the_new_one(office: Office) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    (reply,) = await office.do(claim, col(Delivery.recipient) == "channel", 5)

    async def meanwhile(call: str) -> None:
        if call == "post":
            await office.change(Offer, done.offer_id, card_ts="9.000009")

    outside.during = meanwhile
    outside.error_on["post"] = DeliveryError("thread_not_found", FailureKind.PERMANENT)
    await deliver(outside.deps(office), office.practice_id, reply)
    assert (await _offer(office, done.offer_id)).card_ts == "9.000009"
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.PENDING


async def test_replies_that_wait_for_their_card_are_never_given_up(office: Office) -> None:
    outside = Outside()
    done = await _accepted(office, outside)
    await office.change(Offer, done.offer_id, card_ts=None, card_lease_until=office.clock.at + timedelta(days=30))
    deps = outside.deps(office)
    for _ in range(3):
        await ChannelPoster(deps).run(office.practice_id)
        office.clock.turn(days=2)
    row = await _delivery(office, "thread_accepted")
    assert (row.state, row.trouble) == (DeliveryState.PENDING, "card_not_posted_yet")
    assert not await office.attention(done.referral_id)


async def test_a_card_that_cannot_be_drawn_alerts_and_the_others_are_posted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = await office.submit(), await office.submit()
    draw = cards.referral_card

    def fails(view: Any) -> Any:
        if view.offer_id == broken.offer_id:
            raise LookupError("the words of a fault may quote a client")
        return draw(view)

    monkeypatch.setattr(cards, "referral_card", fails)
    outside = Outside()
    for _ in range(3):
        await _sweep(office, outside)
        office.clock.turn(minutes=11)
    assert (await _offer(office, sound.offer_id)).card_ts and len(outside.posts) == 1
    assert AttentionKind.DELIVERY_FAILED in await office.attention(broken.referral_id)
    failed = await office.rows(Delivery, template="coordinator_failed", referral_id=broken.referral_id)
    assert len(failed) == 1


async def test_a_turn_that_has_not_come_is_never_given_up(office: Office) -> None:
    """After three days with all workers down there is a queue: what stood in it before must not be dropped."""
    outside = Outside()
    await _accepted(office, outside)
    wait = DeliveryError("awaits_its_turn", FailureKind.RETRY, retry_after=timedelta(seconds=1))
    outside.error_on["post"] = wait
    deps = outside.deps(office)
    for _ in range(3):
        for reply in await office.do(outbox.claim, col(Delivery.recipient) == "channel", 5):
            await deliver(deps, office.practice_id, reply)
        office.clock.turn(days=2)
    assert (await _delivery(office, "thread_accepted")).state is DeliveryState.PENDING
