"""Slack turns its back: the channel archived, the bot removed, a card deleted, the token revoked, the app uninstalled.

What people decide is kept, coordinators hear of it once, everything else goes on, and each message is there once when
Slack is back (PLATFORM.md, faults 11 and 12).
"""

from typing import Any

import pytest
from sqlmodel import select

from store.tables import Attention
from store.vocabulary import AttentionKind

from .at_work import COORDINATOR, WORK, Running

pytestmark = pytest.mark.anyio

SUPPORT = "help" + WORK
_CHANNEL_AGAIN = {"archive": "unarchive", "remove_bot": "add_bot"}


@pytest.mark.parametrize(
    ("do", "code", "says"),
    [
        ("archive", "is_archived", "Please unarchive it"),
        ("remove_bot", "not_in_channel", "/invite"),
    ],
)
async def test_a_closed_channel_alerts_once_decisions_go_on_and_it_recovers(
    socket_desk: Running, do: str, code: str, says: str
) -> None:
    desk = socket_desk
    _change_channel(desk, do)
    done = [await desk.submit(preferred="maya"), await desk.submit(), await desk.submit()]
    await desk.slack.until(lambda: _alerts(desk), timeout=20)
    await desk.slack.until(lambda: all(desk.client_mail(one.code) for one in done), timeout=20)
    await desk.swept(lambda: len(_refused(desk, code)) > 5)
    (alert,) = _alerts(desk)
    assert says in alert.all_text and "R-" not in alert.all_text
    assert not any(desk.told(COORDINATOR, one.code) for one in done), "once for all, and not for each card"
    assert says in _text((await desk.person(COORDINATOR).open_home()).view)

    home = (await desk.person("maya").open_home()).view
    assert home is not None
    assert (await desk.person("maya").click(home, "referral.accept", value=done[0].offer_id)).ok
    assert (await desk.referral(done[0].code)).status == "accepted"
    await desk.slack.until(lambda: desk.told("maya", done[0].code), timeout=20)

    _change_channel(desk, _CHANNEL_AGAIN[do])
    await desk.quiet()
    for one in done:
        (card,) = desk.cards(one.code)
        assert len(card.replies) == (one is done[0])
    assert "*Accepted*" in desk.cards(done[0].code)[0].all_text
    assert len(_alerts(desk)) == 1 and not await _open_items(desk)


async def test_a_channel_archived_under_posted_cards_is_brought_up_to_date_later(socket_desk: Running) -> None:
    desk = socket_desk
    done, other = await desk.submit(), await desk.submit()
    card, second = await desk.card(done.code), await desk.card(other.code)
    await desk.quiet()
    desk.slack.archive("referrals")
    assert (await desk.person("maya").click(card, "referral.accept")).ok
    await desk.slack.until(lambda: _alerts(desk), timeout=20)
    await desk.swept(lambda: len(_refused(desk, "is_archived")) > 4)
    assert "Open to everyone" in card.all_text
    assert (
        await desk.person(COORDINATOR).click(second, "referral.more", value=f"referral.close:{other.referral_id}")
    ).ok
    _change_channel(desk, "unarchive")
    await desk.quiet()
    assert "*Accepted*" in desk.cards(done.code)[0].all_text and len(desk.thread(done.code)) == 1
    assert len(_alerts(desk)) == 1 and not await _open_items(desk)
    assert not desk.told(COORDINATOR, done.code)


async def test_a_reminder_that_met_an_archived_channel_and_is_late_is_not_sent(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    desk.slack.archive("referrals")
    assert await desk.slack.advance(24 * 3600)
    await desk.slack.until(lambda: _alerts(desk), timeout=20)
    assert (await desk.decline("maya", card, "schedule")).ok
    _change_channel(desk, "unarchive")
    await desk.quiet()
    assert (await desk.notices(done.referral_id, "suppressed"))["thread_reminder"] == 1
    assert not any("still waits" in reply.all_text for reply in desk.thread(done.code))
    assert "Open to everyone" in desk.cards(done.code)[-1].all_text


async def test_a_deleted_card_is_posted_anew(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    desk.slack.workspace.remove(card)
    home = (await desk.person("maya").open_home()).view
    assert home is not None
    assert (await desk.person("maya").click(home, "referral.accept", value=done.offer_id)).ok
    anew = await desk.card(done.code, "*Accepted*")
    await desk.quiet()
    assert anew.ts != card.ts and len(desk.cards(done.code)) == 1
    assert len(anew.replies) == 1, "the announcement stands under the card that is there"
    assert not desk.told(COORDINATOR, done.code)


async def test_a_reminder_whose_card_was_deleted_goes_with_the_new_card(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    desk.slack.workspace.remove(card)
    await desk.turn(24)
    (anew,) = desk.cards(done.code)
    assert anew.ts != card.ts and len(anew.replies) == 1
    assert "still waits" in anew.replies[0].all_text and "reserved for you" in anew.all_text
    assert not desk.told(COORDINATOR, done.code) and not _alerts(desk)


@pytest.mark.parametrize("told", [True, False], ids=["event", "no event"])
@pytest.mark.parametrize("how", ["revoked", "uninstalled"])
async def test_without_a_token_nothing_is_sent_until_the_app_is_back(
    socket_desk: Running, how: str, told: bool
) -> None:
    desk = socket_desk
    await desk.change_practice(support_email=SUPPORT)
    done = await desk.submit()
    await desk.card(done.code)
    await desk.quiet()
    if not told:
        desk.slack.fault("event_lost")
    await (desk.slack.revoke_tokens() if how == "revoked" else desk.slack.uninstall())
    assert await desk.slack.advance(48 * 3600)
    await desk.slack.until(lambda: desk.client_mail(done.code, "none of our providers"), timeout=20)
    await desk.swept(lambda: desk.mail(SUPPORT))
    refused = len(_in_vain(desk))
    assert told or refused, "without the event, the first refusal tells"
    probes = len(desk.slack.traffic.calls("auth.test"))
    new = await desk.submit()
    await desk.swept(lambda: len(desk.slack.traffic.calls("auth.test")) > probes + 5)
    assert len(_in_vain(desk)) == refused < 5, "nothing but the probe"
    (mail,) = desk.mail(SUPPORT)
    assert "install the app again" in mail.text and "R-" not in mail.text
    assert len(await _open_items(desk)) == 1
    assert desk.client_mail(new.code), "mails go on"

    desk.slack.reinstall()
    await desk.quiet()
    assert not await _open_items(desk) and not _alerts(desk)
    assert len(desk.told(COORDINATOR, done.code)) == 1
    (card,) = desk.cards(done.code)
    assert "Nobody took" in card.all_text and len(desk.cards(new.code)) == 1
    assert len(desk.mail(SUPPORT)) == 1


async def test_a_late_event_stops_nothing_for_long(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.slack.revoke_tokens()
    desk.slack.reinstall()
    await desk.slack.delivery.event({"type": "app_uninstalled"})
    done = await desk.submit()
    await desk.quiet()
    assert len(desk.cards(done.code)) == 1 and not await _open_items(desk)


async def test_somebody_elses_revoked_token_stops_nothing(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.slack.delivery.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0MAYA"], "bot": []}})
    assert not await desk.all(select(Attention))


@pytest.mark.parametrize("kind", ["rate_limited", "drop", "http_500", "internal_error"])
async def test_a_cards_address_that_could_not_be_had_is_had_later(socket_desk: Running, kind: str) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    first = await desk.card(done.code)
    await desk.quiet()
    desk.slack.fault(kind, "chat.getPermalink", times=2, seconds=1)
    assert (await desk.decline("maya", first, "schedule")).ok
    await desk.quiet()
    assert not desk.slack.faults.active
    second = desk.cards(done.code)[-1]
    offers = await desk.offers(done.referral_id)
    assert [one.card_ts for one in offers] == [first.ts, second.ts] and offers[1].card_link
    assert offers[1].card_link in _text(first.blocks), "the old card leads to the new one"


def _change_channel(desk: Running, do: str) -> None:
    desk.slack.administration.change_channel(desk.slack.channel("referrals"), do)


def _alerts(desk: Running) -> list[Any]:
    """What the coordinator was told about Slack itself."""
    words = ("referrals channel", "referral desk in")
    messages = desk.slack.dm(COORDINATOR).messages
    return [one for one in messages if any(word in one.all_text for word in words)]


async def _open_items(desk: Running) -> list[Attention]:
    found = await desk.all(select(Attention).where(Attention.kind == AttentionKind.SLACK))
    return [one for one in found if one.settled_at is None]


def _refused(desk: Running, error: str) -> list[Any]:
    """What was tried in the channel, in vain."""
    calls = desk.slack.traffic.calls("chat.postMessage") + desk.slack.traffic.calls("chat.update")
    calls += desk.slack.traffic.calls("conversations.info")
    return [call for call in calls if call.response.get("error") == error or _says_closed(call)]


def _says_closed(call: Any) -> bool:
    channel = call.response.get("channel")
    return isinstance(channel, dict) and bool(channel.get("is_archived") or not channel.get("is_member", True))


def _in_vain(desk: Running) -> list[Any]:
    """Calls that the token was refused for, but for the probe."""
    refusals = ("token_revoked", "account_inactive")
    calls = [call for method in _METHODS for call in desk.slack.traffic.calls(method)]
    return [call for call in calls if call.response.get("error") in refusals]


_METHODS = ("chat.postMessage", "chat.update", "chat.getPermalink", "conversations.open", "users.info", "views.publish")


def _text(drawn: Any) -> str:
    return str(getattr(drawn, "blocks", drawn))
