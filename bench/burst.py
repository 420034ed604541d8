"""A thousand referrals at once: posted at Slack's rate, each once, while people go on clicking.

A thousand posts take Slack 17 minutes. Unless asked for that, they go at limits and a pace that are both sped up, where
a millisecond late counts for more; a minute at the real ones then says what the rate is.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp

from jobs.pacing import POST_GAP
from sandbox.config import Manifest, SandboxConfig
from sandbox.limits import RateLimits
from sandbox.server import Sandbox

from .click_to_card import until_ready
from .commands import import_referrals, import_roster
from .environment import environment
from .processes import MANIFEST, free_port, process

CHANNEL = "C0REFERRALS"
_PEOPLE = ("maya", "tomas", "yuki", "dara", "samir")
#: Seconds between two clicks at the real rate; and between two looks.
_CLICK_EVERY = 10.0
_LOOK_EVERY = 0.1
#: Seconds after which a channel in which nothing comes gets nothing more.
_NOTHING_MORE = 60.0


@dataclass(frozen=True, slots=True)
class Click:
    """Seconds until it was answered, and until its card showed it."""

    answered: float
    shown: float


def burst(*, full: bool = False) -> None:
    """``full``: all of it at the real rate."""
    runs = [(1000, 1.0)] if full else [(1000, 20.0), (60, 1.0)]
    for count, faster in runs:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_burst(Path(folder), count, faster))


async def _burst(folder: Path, count: int, faster: float) -> None:
    port = free_port()
    config = SandboxConfig(
        manifest=Manifest.read(MANIFEST),
        mode="http",
        limits=RateLimits().faster(faster),
        request_url=f"http://127.0.0.1:{port}/slack/events",
    )
    box = await Sandbox(config).start()
    variables = environment(box.base_url, box.mailbox.port, port)
    gap = POST_GAP.total_seconds() / faster
    try:
        with process("-m", "bench.desk", f"{gap:.6f}", env=variables, cwd=folder):
            async with aiohttp.ClientSession() as http:
                await until_ready(http, port)
            await import_roster(folder, variables)
            print(f"\nA burst of {count:,} referrals, everything {faster:g} x as fast as Slack allows", flush=True)
            await import_referrals(folder, variables, count)
            found = await _watched(box, count, faster)
    finally:
        await box.stop()
    _print(box, count, box.limiter.limits.post_per_second, found)


async def _watched(box: Sandbox, count: int, faster: float) -> list[Click]:
    """Clicks on posted cards until all are posted, or nothing comes any more."""
    clicks: list[Click] = []
    unclicked, people = 0, cycle(_PEOPLE)
    quiet_since, seen, next_click = time.monotonic(), 0, 0.0
    while len(cards := _cards(box)) < count and time.monotonic() - quiet_since < _NOTHING_MORE:
        if len(cards) > seen:
            seen, quiet_since = len(cards), time.monotonic()
            if seen % 100 == 0:
                print(f"{seen:,} posted", file=sys.stderr)
        if cards[unclicked:] and time.monotonic() >= next_click:
            next_click = time.monotonic() + _CLICK_EVERY / faster
            clicks.append(await _click(box, next(people), cards[-1]))
            unclicked = len(cards)
        await asyncio.sleep(_LOOK_EVERY / faster)
    return clicks


async def _click(box: Sandbox, name: str, card: Any) -> Click:
    started = time.perf_counter()
    if not (await box.person(name).click(card, "referral.accept")).ok:
        raise RuntimeError(f"{name}'s click was not answered")
    answered = time.perf_counter() - started
    await box.until(lambda: "referral.accept" not in str(card.blocks), timeout=60)
    return Click(answered, time.perf_counter() - started)


def _cards(box: Sandbox) -> list[Any]:
    return [one for one in box.channel(CHANNEL).messages if (one.metadata or {}).get("event_type") == "referral_card"]


def _print(box: Sandbox, count: int, limit: float, clicks: list[Click]) -> None:
    offers = Counter(one.metadata["event_payload"]["offer_id"] for one in _cards(box))
    posts = [one for one in box.traffic.calls("chat.postMessage") if one.sent["channel"] == CHANNEL]
    at = [one.at for one in posts if one.ok]
    rate = (len(at) - 1) / (at[-1] - at[0])
    refused = box.limiter.refused
    print(f"posted into the channel: {len(at):,}, at {rate:.2f}/s = {rate / limit:.3f} of the limit (aim 0.97)")
    lost, twice = count - len(offers), sum(n > 1 for n in offers.values())
    print(f"cards: {len(offers):,}; lost {lost}, twice {twice} (aim 0, 0)")
    print(f"answered with 429: {sum(refused.values())} {dict(refused) or ''}(aim 0)")
    for what, times in (
        ("answered", [one.answered for one in clicks]),
        ("card shows it", [one.shown for one in clicks]),
    ):
        times.sort()
        p95, most = times[int(len(times) * 0.95)], times[-1]
        print(
            f"click meanwhile to {what:13} median {1000 * statistics.median(times):5.0f} ms,"
            f" 95th percentile {1000 * p95:5.0f} ms, longest {1000 * most:5.0f} ms, of {len(times)} (aim 2000)"
        )
    if lost or twice or refused:
        raise RuntimeError(f"lost {lost}, twice {twice}, refused {sum(refused.values())}")
