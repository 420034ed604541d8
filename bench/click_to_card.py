"""The all-in-one process as people run it: ready after how long, how much memory, click to card seen in the channel."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from .commands import import_referrals, import_roster
from .environment import environment
from .processes import free_port, memory_mb, process, sandbox

_CLICKS = 25
_RUN = ("-c", "from bot.cli import main; main()", "run")


def whole_process() -> None:
    """Prints; the clicks come one at a time, each measured from the button until the card no longer offers it."""
    with sandbox("socket") as (workspace, smtp), tempfile.TemporaryDirectory() as folder:
        port = free_port()
        variables = environment(workspace, smtp, port, SLACK_APP_TOKEN="xapp-sandbox-app")
        started = time.perf_counter()
        with process(*_RUN, env=variables, cwd=Path(folder)) as pid:
            asyncio.run(_measured(Path(folder), workspace, variables, port, started))
            print(f"Memory of the process: {memory_mb(pid):.0f} MB (aim 200)")


async def _measured(folder: Path, workspace: str, variables: dict[str, str], port: int, started: float) -> None:
    async with aiohttp.ClientSession() as http:
        await until_ready(http, port)
        print(f"\nAll-in-one process: ready after {time.perf_counter() - started:.2f} s (aim 3)")
        await import_roster(folder, variables)
        await import_referrals(folder, variables, _CLICKS)
        print(f"Waiting for {_CLICKS} cards at Slack's rate of one a second …", flush=True)
        while len(offers := await _cards(http, workspace)) < _CLICKS:
            await asyncio.sleep(0.5)
        taken = sorted([await _click(http, workspace, card) for card in offers])
        p95, median = taken[int(len(taken) * 0.95)], statistics.median(taken)
        print(f"Click to card updated: median {1000 * median:.0f} ms, 95th percentile {1000 * p95:.0f} ms (aim 300)")


async def until_ready(http: aiohttp.ClientSession, port: int, patience: float = 60) -> None:
    """Raises TimeoutError after that many seconds."""
    async with asyncio.timeout(patience):
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)


async def _click(http: aiohttp.ClientSession, sandbox: str, card: dict[str, Any]) -> float:
    """From the button until the card in the channel has no Accept any more, as somebody watching sees it."""
    accept = next(
        element
        for block in card["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == "referral.accept"
    )
    block_id = next(block["block_id"] for block in card["blocks"] if accept in block.get("elements", []))
    click = {"as": "U0MAYA", "channel": "C0REFERRALS", "ts": card["ts"], "block_id": block_id}
    started = time.perf_counter()
    asking = asyncio.create_task(http.post(f"{sandbox}/ui/click", json=click | {"action_id": "referral.accept"}))
    while "referral.accept" in str(await _card(http, sandbox, card["ts"])):
        await asyncio.sleep(0.002)
    taken = time.perf_counter() - started
    (await asking).release()
    return taken


async def _cards(http: aiohttp.ClientSession, sandbox: str) -> list[dict[str, Any]]:
    async with http.get(f"{sandbox}/ui/state", params={"as": "U0MAYA"}) as answer:
        state = await answer.json()
    return [one for one in state["channels"][0]["messages"] if one.get("metadata")]


async def _card(http: aiohttp.ClientSession, sandbox: str, ts: str) -> dict[str, Any]:
    return next(one for one in await _cards(http, sandbox) if one["ts"] == ts)
