"""Rows 6 to 12 of the fault table: processes die around a delivery, and Slack fails in every way it can."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from sandbox.limits import RateLimits
from store.tables import Attention

from .accounts import delivery_id
from .house import LIMIT, PATIENCE, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

MAYAS_MOBILE = "+12025550140"
#: Everything that a preferred referral sends at once.
FIRST = {"client_confirmation": 1, "provider_offer": 1, "provider_offer_sms": 1}
ACCEPTED = {"thread_accepted": 1, "acceptor_dm": 1, "acceptor_mail": 1}


# 6


async def test_06_kill_between_commit_and_slack_email_sms(house: House) -> None:
    """Without its queue a desk commits and sends nothing; killed there, it sends everything once it is back."""
    before, card = await house.posted()
    await house.wires["redis"].refuse()
    done = await house.submit(preferred="maya")
    assert (await house.person("samir").click(card, "referral.accept")).ok
    await house.kill(house.processes)
    assert not house.cards(done.code) and not house.client_mail(done.code) and not house.mail("maya", done.code)
    assert set(await house.notices(before.referral_id, "pending")) == set(ACCEPTED)

    await house.wires["redis"].mend()
    await house.complete()
    await house.quiet()
    assert await house.notices(done.referral_id) == FIRST
    assert (await house.notices(before.referral_id)).items() >= ACCEPTED.items()
    assert len(house.cards(done.code)) == 1 and "<@U0MAYA>" in house.cards(done.code)[0].all_text
    assert len(house.client_mail(done.code)) == len(house.mail("maya", done.code)) == 1
    assert len(house.thread(before.code)) == len(house.told("samir", before.code)) == 1
    assert not house.told("robin", done.code)


async def test_06_kill_in_the_middle_of_sending(house: House) -> None:
    """Everything is on its way and nothing has arrived. A text that may have gone out is never sent again: its
    fate is told to a coordinator. All else is looked for or repeated under the same name, and arrives once.
    """
    texts = len(house.slack.sms.messages)
    for name in ("slack", "smtp", "twilio"):
        house.wires[name].stall()
    done = await house.submit(preferred="maya")

    async def under_way() -> bool:
        offer = (await house.offers(done.referral_id))[0]
        sending = await house.notices(done.referral_id, "sending")
        return offer.card_lease_until is not None and {"client_confirmation", "provider_offer_sms"} <= set(sending)

    await house.until(under_way)
    await house.kill(house.workers)
    for name in ("slack", "smtp", "twilio"):
        house.wires[name].cut()
    await house.mend()
    await house.leases_over()
    await house.quiet()
    assert len(house.cards(done.code)) == 1
    assert len(house.client_mail(done.code)) == len(house.mail("maya", done.code)) == 1
    assert await house.notices(done.referral_id, "unknown") == {"provider_offer_sms": 1}
    assert len(house.slack.sms.messages) == texts
    (alert,) = house.told("robin", done.code)
    assert "text message" in alert.all_text


# 7


async def test_07_kill_between_slacks_200_and_saving_ts(house: House) -> None:
    """The card is posted and its answer held back; the poster is killed before it can note down where it stands."""
    held = house.slack.fault("slow_after", "chat.postMessage", seconds=300)
    done = await house.submit()
    card = await house.card(done.code)
    assert held.struck == 1
    await house.kill(house.workers)
    assert (await house.offers(done.referral_id))[0].card_ts is None
    await house.leases_over()
    await house.complete()
    await house.quiet()
    assert [one.ts for one in house.cards(done.code)] == [card.ts]
    assert (await house.offers(done.referral_id))[0].card_ts == card.ts

    house.slack.fault("slow_after", "chat.postMessage", times=2, seconds=300)
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.slack.until(lambda: house.thread(done.code) and house.told("maya", done.code), PATIENCE)
    await house.kill_workers()
    await house.quiet()
    assert len(house.thread(done.code)) == len(house.told("maya", done.code)) == 1
    assert "*Accepted*" in card.all_text
    assert not house.told("robin", done.code)


async def test_07_kill_between_the_mail_servers_250_or_twilios_201_and_saving_it(house: House) -> None:
    """A mail in the dark comes once more under the same Message-ID; a text never does, and its callback tells of it."""
    house.slack.fault("smtp_slow_after", times=2, seconds=300)
    house.slack.fault("twilio_slow_after", seconds=300)
    texts = len(house.slack.sms.messages)
    done = await house.submit(preferred="maya")
    await house.slack.until(lambda: not house.slack.faults.active, PATIENCE, "all three have struck")
    await house.slack.until(lambda: len(house.slack.sms.messages) > texts, PATIENCE)

    async def reported() -> bool:
        return any(row.receipt == "delivered" for row in await house.deliveries(done.referral_id))

    await house.until(reported)
    await house.kill_workers()
    await house.quiet()
    for mails in (house.client_mail(done.code), house.mail("maya", done.code)):
        assert len(mails) == 2 and len({mail.headers["Message-ID"] for mail in mails}) == 1
        house.resent.add(delivery_id(mails[0].headers["Message-ID"]))
    assert len(house.slack.sms.messages) == texts + 1
    assert (await house.notices(done.referral_id))["provider_offer_sms"] == 1
    assert not house.told("robin", done.code)


# 8


async def test_08_connection_dropped_after_a_post(house: House) -> None:
    """Card, reply and direct message: each is there although its answer never came, and none is posted blindly."""
    house.slack.fault("drop_after", "chat.postMessage")
    done, card = await house.posted()
    house.slack.fault("drop_after", "chat.postMessage", times=2)
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.quiet()
    assert not house.slack.faults.active, "all three were hit"
    assert [one.ts for one in house.cards(done.code)] == [card.ts]
    assert len(house.thread(done.code)) == len(house.told("maya", done.code)) == 1


async def test_08_every_socket_to_slack_cut_while_it_answers(house: House) -> None:
    held = house.slack.fault("slow_after", "chat.postMessage", seconds=300)
    done = await house.submit()
    card = await house.card(done.code)
    assert held.struck == 1 and house.wires["slack"].cut()
    await house.slack.sockets.disconnect("socket_drop")
    await house.quiet()
    assert [one.ts for one in house.cards(done.code)] == [card.ts]
    await house.slack.until(lambda: len(house.slack.sockets.connections) == len(house.bots), PATIENCE)
    assert (await house.person("noor").click(card, "referral.accept")).ok
    await house.quiet()
    assert len(house.told("noor", done.code)) == 1


# 9


async def test_09_429_and_a_burst_are_paced(house: House) -> None:
    """Against Slack's own limits: twelve cards at once, and in their middle a 429 that asks for three seconds.

    A thousand at once, which take a quarter of an hour at Slack's rate, are measured by ``make bench``.
    """
    house.slack.limiter.limits, off = RateLimits(), house.slack.limiter.limits
    refused = house.slack.rate_limited
    try:
        done = [await house.submit() for _ in range(12)]
        asked = house.slack.fault("rate_limited", "chat.postMessage", seconds=3)
        await house.slack.until(lambda: asked.struck, PATIENCE)
        await house.slack.until(lambda: all(house.cards(one.code) for one in done), PATIENCE)
        assert house.slack.rate_limited == refused + 1, "no 429 but the one that the test has asked for"
        (at,) = [post.at for post in _posts(house) if post.status == 429]
        after = [post.at for post in _posts(house) if post.at > at]
        assert min(after) - at >= 3, "nobody posts there before the time is over"
        assert all(len(house.cards(one.code)) == 1 for one in done)
        assert max(after) - min(after) <= 1.5 * len(after) + 5, "and then at Slack's rate"
    finally:
        house.slack.limiter.limits = off
    # They are over for the tests that follow.
    await asyncio.gather(*(house.person("maya").click(house.cards(one.code)[-1], "referral.accept") for one in done))


# 10


async def test_10_500_502_html_timeout_and_internal_error(house: House) -> None:
    """Every way to end in the dark, before the work is done and after, and a time limit that passes: none lost or
    posted twice, and nobody is bothered with it.
    """
    kinds = ("http_500", "http_502", "internal_error", "drop")
    kinds += ("http_500_after", "http_502_after", "internal_error_after", "fatal_error_after")
    done, card = await house.posted()
    house.slack.fault("slow_after", "chat.update", seconds=300)  # longer than a call may take
    assert (await house.person("noor").click(card, "referral.accept")).ok
    for kind in kinds:
        house.slack.fault(kind, "chat.postMessage")
    more = [await house.submit() for _ in range(3)]
    await house.quiet()
    assert not house.slack.faults.active
    assert all(len(house.cards(one.code)) == 1 for one in [done, *more])
    assert "*Accepted*" in card.all_text and len(house.thread(done.code)) == 1
    assert not [one for one in [done, *more] if house.told("robin", one.code)]
    await asyncio.gather(*(house.person("maya").click(house.cards(one.code)[-1], "referral.accept") for one in more))


async def test_10_what_slack_refuses_for_good_is_told_once(house: House) -> None:
    """Somebody to whom the app may not write: it fails for good, a coordinator hears of it, all else goes on."""
    done, card = await house.posted()
    refused = house.slack.fault("message_not_found", "conversations.open")  # ines has not been written to before
    assert (await house.person("ines").click(card, "referral.accept")).ok
    await house.quiet()
    await house.quiet()  # what the coordinator is told
    assert refused.spent
    assert await house.notices(done.referral_id, "failed") == {"acceptor_dm": 1}
    assert len(house.told("robin", done.code)) == len(house.thread(done.code)) == 1
    assert len(house.mail("ines", done.code)) == 1 and not house.told("ines", done.code)


# 11


@pytest.mark.parametrize("trouble", ["archive", "remove_bot"])
async def test_11_channel_archived_or_bot_removed(house: House, trouble: str) -> None:
    """Coordinators hear of it once; decisions are kept, mails and direct messages go on; then it all appears."""
    _done, card = await house.posted()
    alerts = len(await _open_trouble(house))
    house.slack.administration.change_channel(house.slack.channel("referrals"), trouble)
    late = await house.submit(preferred="maya")

    async def alerted() -> bool:
        return len(await _open_trouble(house)) > alerts

    await house.until(alerted)
    home = (await house.person("maya").open_home()).view
    assert home is not None
    assert (await house.person("maya").click(home, "referral.accept", value=late.offer_id)).ok
    await house.slack.until(lambda: house.told("maya", late.code), PATIENCE)
    await house.slack.until(lambda: house.client_mail(late.code), PATIENCE)
    assert (await house.referral(late.code)).status == "accepted"
    told = [
        one for one in house.slack.dm("robin").messages if "#referrals" in one.all_text or "channel" in one.all_text
    ]
    assert told, "the coordinators are told what is wrong"
    assert not house.cards(late.code)

    back = {"archive": "unarchive", "remove_bot": "add_bot"}[trouble]
    house.slack.administration.change_channel(house.slack.channel("referrals"), back)
    await house.quiet()
    assert len(house.cards(late.code)) == 1 and "*Accepted*" in house.cards(late.code)[0].all_text
    assert len(house.thread(late.code)) == 1
    assert not await _open_trouble(house)
    assert (await house.person("samir").click(card, "referral.accept")).ok


async def test_11_message_deleted(house: House) -> None:
    """A card that somebody deletes is posted anew, with what has happened since under it."""
    done, card = await house.posted(preferred="maya")
    house.slack.workspace.remove(card)
    home = (await house.person("maya").open_home()).view
    assert home is not None
    assert (await house.person("maya").click(home, "referral.accept", value=done.offer_id)).ok
    anew = await house.card(done.code, "*Accepted*")
    await house.quiet()
    assert anew.ts != card.ts and len(house.cards(done.code)) == 1 and len(anew.replies) == 1
    assert not house.told("robin", done.code)


# 12


@pytest.mark.parametrize("how", ["revoke_tokens", "uninstall"])
async def test_12_token_revoked_uninstall_reinstall(house: House, how: str) -> None:
    """Sending to Slack stops, but for a look now and then; mail goes on; once reinstalled all of it arrives once."""
    done, card = await house.posted()
    await getattr(house.slack, how)()
    late = await house.submit()
    await house.slack.until(lambda: house.client_mail(late.code), PATIENCE)

    async def known() -> bool:
        return bool(await _open_trouble(house))

    await house.until(known)
    refused = len(_posts(house))
    await house.queue.forget_turns()
    await house.queue.ask_for_sweep()
    await house.slack.until(lambda: _probes(house), PATIENCE, "it looks whether it may come in again")
    assert len(_posts(house)) == refused, "and sends nothing meanwhile"
    assert (await house.offers(late.referral_id))[0].card_ts is None

    house.slack.reinstall()
    await house.quiet()
    assert not await _open_trouble(house)
    assert len(house.cards(late.code)) == 1
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.quiet()
    assert "*Accepted*" in card.all_text and len(house.thread(done.code)) == 1
    assert (await house.person("maya").click(house.cards(late.code)[0], "referral.accept")).ok


def _posts(house: House) -> list[Any]:
    return [call for call in house.slack.traffic.calls("chat.postMessage") if call.sent["channel"] == "C0REFERRALS"]


def _probes(house: House) -> list[Any]:
    calls = house.slack.traffic.calls("auth.test")
    return [call for call in calls if call.response.get("error") in ("token_revoked", "account_inactive")]


async def _open_trouble(house: House) -> list[Attention]:
    items = await house.all(select(Attention).where(Attention.kind == "slack"))
    return [item for item in items if item.settled_at is None]
