"""Slack fails in every way it can: each message still stands there exactly once, and nothing decided is undone."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from jobs.pacing import POST_GAP
from sandbox.limits import RateLimits

from .at_work import COORDINATOR, Running
from .running import running

pytestmark = pytest.mark.anyio

LOST_AFTER = ["drop_after", "http_500_after", "http_502_after", "internal_error_after", "fatal_error_after"]
LOST_BEFORE = ["drop", "http_500", "http_502", "internal_error"]


@pytest.mark.parametrize("kind", [*LOST_AFTER, *LOST_BEFORE])
async def test_a_post_that_ends_in_the_dark_stands_there_once(socket_desk: Running, kind: str) -> None:
    """Card, reply in the thread and direct message, each hit by the same fault."""
    desk = socket_desk
    desk.slack.fault(kind, "chat.postMessage")
    done = await desk.submit()
    await desk.quiet()
    card = await desk.card(done.code, "Open to everyone")
    assert [one.ts for one in desk.cards(done.code)] == [card.ts]
    assert (await desk.offers(done.referral_id))[0].card_ts == card.ts

    desk.slack.fault(kind, "chat.postMessage", times=2)  # the announcement and the acceptor's message
    assert (await desk.person("maya").click(card, "referral.accept")).ok
    await desk.quiet()
    assert not desk.slack.faults.active, "all three were hit"
    assert "*Accepted*" in card.all_text
    assert len(desk.thread(done.code)) == 1
    assert len(desk.told("maya", done.code)) == 1
    assert not desk.told(COORDINATOR, done.code), "nothing failed in the end"
    assert await desk.notices(done.referral_id) == {
        "client_confirmation": 1,
        "thread_accepted": 1,
        "acceptor_dm": 1,
        "acceptor_mail": 1,
    }


async def test_a_look_that_is_refused_for_now_is_no_leave_to_post_again(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    await desk.quiet()
    desk.slack.fault("drop_after", "chat.postMessage", times=2)
    desk.slack.fault("rate_limited", "conversations.replies", seconds=1)
    desk.slack.fault("rate_limited", "conversations.history", seconds=1)
    assert (await desk.person("maya").click(card, "referral.accept")).ok
    await desk.quiet()
    assert not desk.slack.faults.active
    assert len(desk.thread(done.code)) == 1 and len(desk.told("maya", done.code)) == 1


@pytest.mark.parametrize("kind", ["drop_after", "drop", "http_500", "internal_error", "rate_limited"])
async def test_a_card_that_could_not_be_redrawn_is_redrawn(socket_desk: Running, kind: str) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    desk.slack.fault(kind, "chat.update", seconds=1)
    assert (await desk.person("maya").click(card, "referral.accept")).ok
    await desk.quiet()
    assert "*Accepted*" in desk.cards(done.code)[-1].all_text
    assert not desk.told(COORDINATOR, done.code)


async def test_retry_after_is_honoured(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("rate_limited", "chat.postMessage", seconds=1)
    first, second = await desk.submit(), await desk.submit()
    await desk.quiet()
    refused, *posted = _posts(desk)
    assert refused.status == 429 and len(posted) == 2
    assert all(post.at - refused.at >= 1 for post in posted), "nobody posts there before"
    assert len(desk.cards(first.code)) == len(desk.cards(second.code)) == 1


async def test_retry_after_on_a_reply_holds_the_whole_channel(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    await desk.quiet()
    desk.slack.fault("rate_limited", "chat.postMessage", seconds=1)
    await desk.person("maya").click(card, "referral.pass")
    await desk.slack.advance(24 * 3600)
    await desk.slack.until(lambda: desk.slack.rate_limited)
    await desk.submit()
    await desk.quiet()
    at = next(post.at for post in _posts(desk) if post.status == 429)
    after = [post for post in _posts(desk) if post.at > at]
    assert len(after) == 2 and all(post.at - at >= 1 for post in after)
    assert len(desk.thread(done.code)) == 1


async def test_twelve_cards_at_once_are_paced(tmp_path: Path, flushed: str) -> None:
    """Against the limits that the sandbox takes from Slack, at the pace that the desk really keeps."""
    async with running(tmp_path, flushed, limits=RateLimits(), post_gap=POST_GAP) as desk:
        done = await asyncio.gather(*(desk.submit() for _ in range(12)))
        await desk.slack.until(lambda: all(desk.cards(one.code) for one in done), timeout=25)
        await desk.quiet()
        assert desk.slack.rate_limited == 0
        assert all(len(desk.cards(one.code)) == 1 for one in done)


async def test_a_socket_that_drops_is_opened_again(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    await desk.slack.sockets.disconnect("socket_refresh", grace_seconds=0)
    await desk.slack.until(lambda: [one for one in desk.slack.sockets.connections if not one.leaving], timeout=15)
    answer = await desk.person("maya").click(card, "referral.accept")
    assert answer.ok
    await desk.card(done.code, "*Accepted*")


def _posts(desk: Running) -> list[Any]:
    return [call for call in desk.slack.traffic.calls("chat.postMessage") if call.sent["channel"] == "C0REFERRALS"]
