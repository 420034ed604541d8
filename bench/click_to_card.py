"""The all-in-one process as people run it: ready after how long, how much memory, click to card seen in the channel."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

CLICKS = 25


async def click_to_card(folder: Path, sandbox: str, smtp: int, port: int) -> None:
    """Prints; the clicks come one at a time, each measured from the button until the card no longer offers it."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: ASYNC220 - the process under measure
        [sys.executable, "-c", "from bot.cli import main; main()", "run"],
        cwd=folder,
        env=_environment(sandbox, smtp, port),
    )
    try:
        async with aiohttp.ClientSession() as http:
            await _ready(http, port)
            print(f"\nAll-in-one process: ready after {time.perf_counter() - started:.2f} s (aim 3)")
            offers = await _submitted(folder, port, http, sandbox)
            taken = [await _click(http, sandbox, card) for card in offers]
            taken.sort()
            p95 = taken[int(len(taken) * 0.95)]
            median = statistics.median(taken)
            print(
                f"Click to card updated: median {1000 * median:.0f} ms, 95th percentile {1000 * p95:.0f} ms (aim 300)"
            )
            print(f"Memory of the process: {_memory_mb(process.pid):.0f} MB (aim 200)")
    finally:
        process.terminate()
        process.wait()


def _environment(sandbox: str, smtp: int, port: int) -> dict[str, str]:
    from cryptography.fernet import Fernet

    """The desk's own, and of this process's only what a program needs to run."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return inherited | {
        "DATABASE_URL": "sqlite:///desk.db",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "INDEX_KEY": "i" * 32,
        "HISTORY_KEY": "h" * 32,
        "SIGNING_KEY": "s" * 32,
        "SLACK_BOT_TOKEN": "xoxb-sandbox-bot",
        "SLACK_APP_TOKEN": "xapp-sandbox-app",
        "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
        "SLACK_API_URL": f"{sandbox}/api/",
        "REFERRALS_CHANNEL": "C0REFERRALS",
        "SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "WORK_DOMAINS": "junipergrove.example.org",
    }


async def _ready(http: aiohttp.ClientSession, port: int) -> None:
    while True:
        try:
            async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
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


async def _submitted(folder: Path, port: int, http: aiohttp.ClientSession, sandbox: str) -> list[dict[str, Any]]:
    """Imports a roster and referrals through the running process, as people do, and waits for the cards."""
    roster = Path(__file__).parent.parent / "tests" / "loop" / "roster.csv"
    header = "external_id,client_name,client_email,state,insurer,service,delivery,age_band\n"
    rows = [
        f"b{one},Client {one},client{one}@example.org,NY,aetna,individual,telehealth,18-64" for one in range(CLICKS)
    ]
    (folder / "referrals.csv").write_text(header + "\n".join(rows) + "\n")
    environment = _environment(sandbox, 1, port)
    for kind, file in (("roster", roster), ("referrals", folder / "referrals.csv")):
        importing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()", "import", kind, str(file)),
            cwd=folder,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if await importing.wait():
            raise RuntimeError(f"the {kind} was not imported")
    print(f"Waiting for {CLICKS} cards at Slack's rate of one a second …", flush=True)
    while len(cards := await _cards(http, sandbox)) < CLICKS:
        await asyncio.sleep(0.5)
    return cards


def _memory_mb(pid: int) -> float:
    """Resident memory, in MB of 10^6 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError("no VmRSS")
