"""The whole house for stories: a strict sandbox workspace, a real queue server, real SMTP, a real database file."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bot.house import House, opened
from bot.run import serve
from bot.settings import IsolatedSettings
from jobs.waits import Waits
from jobs.worker import SWEEP_EVERY
from referrals.actor import OPERATOR
from referrals.imports.files import FileKind, import_file
from sandbox.config import Manifest, SandboxConfig
from sandbox.limits import RateLimits
from sandbox.server import Sandbox
from tests import canary, neighbour
from tests.audits import assert_sound
from tests.neighbour import Neighbour

from .at_work import Running

__all__ = ["Running", "running"]

MANIFEST = Manifest.read(Path(__file__).parents[2] / "manifest.yml")
#: As the desk makes it of the practice's name.
SLUG = "juniper-grove-therapy"
ROSTER = (Path(__file__).parent / "roster.csv").read_bytes()

#: Failed deliveries are tried again soon, so that no test waits for a real clock.
_SHORT = timedelta(milliseconds=50)
SHORT_WAITS = Waits((_SHORT,), card=_SHORT, blocked_card=_SHORT, probe=_SHORT, for_card=_SHORT)
POST_GAP = timedelta(milliseconds=5)


#: Below the range from which connections take theirs, and apart for each of pytest's workers, so that nobody gets in
#: between the look and the use.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = count(12000 + 2000 * (_WORKER % 10) + os.getpid() % 1000)


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("unreachable")


def sandbox_config(port: int, mode: str = "socket", limits: RateLimits | None = None) -> SandboxConfig:
    return SandboxConfig(
        manifest=MANIFEST,
        mode=mode,
        limits=limits or RateLimits.off(),
        request_url=f"http://127.0.0.1:{port}/slack/events",
        clock_url=f"http://127.0.0.1:{port}/clock",
        sms_inbound_url=f"http://127.0.0.1:{port}/twilio/{SLUG}/message",
    )


def environment(sandbox: Sandbox, folder: Path, port: int) -> dict[str, str]:
    """The variables of a desk in this workspace, as a person would set them."""
    config = sandbox.config
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "INDEX_KEY": "i" * 32,
        "HISTORY_KEY": "h" * 32,
        "SIGNING_KEY": "s" * 32,
        "SLACK_BOT_TOKEN": config.bot_token,
        "SLACK_APP_TOKEN": config.app_token,
        "SLACK_SIGNING_SECRET": config.signing_secret,
        "SLACK_API_URL": sandbox.api_url,
        "REFERRALS_CHANNEL": "C0REFERRALS",
        "COORDINATORS": "U0ROBIN",
        "SMTP_URL": f"smtp://127.0.0.1:{sandbox.mailbox.port}",
        "MAIL_FROM": "desk@junipergrove.example.org",
        "TWILIO_ACCOUNT_SID": config.twilio_sid,
        "TWILIO_AUTH_TOKEN": config.twilio_token,
        "TWILIO_FROM": "+12025550100",
        "TWILIO_API_URL": sandbox.base_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "PRACTICE_NAME": "Juniper Grove Therapy",
        "PRACTICE_TIME_ZONE": "America/New_York",
        "SUPPORT_PHONE": "+1 202 555 0111",
    }


@asynccontextmanager
async def running(
    folder: Path,
    redis_url: str,
    *,
    mode: str = "socket",
    limits: RateLimits | None = None,
    waits: Waits = SHORT_WAITS,
    post_gap: timedelta = POST_GAP,
    sweep_every: int | None = SWEEP_EVERY,
    prepare: Callable[[House], None] | None = None,
    roster: bytes | None = ROSTER,
    audited: bool = True,
    next_door: Neighbour | None = None,
    **more: Any,
) -> AsyncIterator[Running]:
    """A desk with a roster (that of ``roster.csv``) in a sandbox, over Socket Mode or signed HTTP.

    ``sweep_every``: seconds, None for no sweep. ``prepare`` may change the house before it serves. ``more``: settings.
    ``audited``: whether the auditor looks at what the story leaves behind. ``next_door``: moves in once the desk's own
    practice is set up, and must be found unchanged at the end.
    """
    port = free_port()
    sandbox = await Sandbox(sandbox_config(port, mode, limits)).start()
    canary.watch().sandboxes.append(sandbox)
    canary.watch().folders.append(folder)
    given: dict[str, Any] = {name.lower(): value for name, value in environment(sandbox, folder, port).items()}
    if mode == "http":
        del given["slack_app_token"]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sandbox.stop)
        settings = IsolatedSettings(redis_url=redis_url, **given | more)
        house = await stack.enter_async_context(opened(settings, post_gap, waits))
        before = await _moved_in(house, next_door) if next_door else {}
        if prepare is not None:
            prepare(house)
        await stack.enter_async_context(_serving(house, sweep_every))
        if roster:
            report = await import_file(house.desk, house.practice.id, FileKind.ROSTER, roster, actor=OPERATOR)
            assert not report.problems, [str(problem) for problem in report.problems]
        desk = Running(house, sandbox)
        yield desk
        if audited:
            await assert_sound(desk)
        if next_door:
            changes = neighbour.changes(before, await neighbour.standing(house.settings.database_url))
            assert not changes, "\n".join(changes)
        canary.watch().look_at_files(folder)  # before the log is folded back into the database
        await canary.watch().look_at_database(house.settings.database_url)


async def _moved_in(house: House, next_door: Neighbour) -> dict[str, list[str]]:
    vault = house.desk.vault
    await house.database.write(lambda session: next_door.move_in(session, vault))
    return await neighbour.standing(house.settings.database_url)


@asynccontextmanager
async def _serving(house: House, sweep_every: int | None) -> AsyncIterator[None]:
    stopping, ready = asyncio.Event(), asyncio.Event()

    async def on_ready(_house: House) -> None:
        ready.set()

    serving = asyncio.create_task(serve(house, stopping, on_ready, sweep_every=sweep_every))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=20)
    if serving.done():
        serving.result()
    try:
        yield
    finally:
        stopping.set()
        await serving
