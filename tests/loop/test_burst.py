"""Hundreds of referrals at once: each posted once, none refused, and a click's card does not wait behind them."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.limits import RateLimits
from tests.loop.running import Running, running

MANY = 300
#: Slack's own limits, fifty times as fast, and our pace as much faster; the margin is ours.
FASTER = 50
LIMITS = RateLimits().faster(FASTER)
POST_GAP = timedelta(milliseconds=21)
_CODE = re.compile(r"R-\w{5}")
PEOPLE = ("maya", "yuki", "samir", "noor", "tomas", "dara")


@pytest.mark.timeout(400)
async def test_hundreds_at_once_are_each_posted_once_and_clicks_go_ahead(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, limits=LIMITS, post_gap=POST_GAP) as desk:
        done = await asyncio.gather(*(desk.submit() for _ in range(MANY)))
        for name in PEOPLE:
            card = await _card_nobody_has(desk)
            assert (await desk.person(name).click(card, "referral.accept")).ok
            await desk.slack.until(lambda card=card: "*Accepted*" in card.all_text, timeout=30)
            assert len(_posted(desk)) < MANY, "while others still wait to be posted"

        await desk.slack.until(lambda: len(_cards(desk)) >= MANY, timeout=300)
        await desk.quiet()
        assert _posted(desk) == dict.fromkeys((one.code for one in done), 1)
        assert desk.slack.rate_limited == 0
        replies = [reply for one in done for reply in desk.thread(one.code)]
        assert len(replies) == len(PEOPLE), "one announcement each"


async def _card_nobody_has(desk: Running) -> object:
    """The newest in the channel: its own post has just gone out, and hundreds come after it."""

    def newest() -> object:
        return next((one for one in reversed(_cards(desk)) if "Open to everyone" in one.all_text), None)

    return await desk.slack.until(newest, timeout=30)


def _posted(desk: Running) -> dict[str, int]:
    """How many cards each referral has, by its code."""
    return Counter(_CODE.search(one.all_text)[0] for one in _cards(desk))


def _cards(desk: Running) -> list[Any]:
    """Of the replies that the channel shows, none."""
    posted = [one for one in desk.slack.channel("referrals").messages if one.metadata]
    return [one for one in posted if one.metadata["event_type"] == "referral_card"]
