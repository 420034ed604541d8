"""``make demo``: a sandbox workspace, a practice of believable people, and the desk itself, on this machine alone."""

import asyncio
import logging
import secrets
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import typer
from cryptography.fernet import Fernet

from .demo_data import demo_practice_settings, seed
from .embedded import deaf_to_the_terminal
from .house import House
from .logs import configure
from .run import run
from .settings import IsolatedSettings, Settings, SettingsError

_FOLDER = Path(".demo")
_MANIFEST = Path(__file__).parent.parent / "manifest.yml"
_HOST = "127.0.0.1"
_TWILIO_SID = "AC" + "0" * 32
#: Secrets of a workspace that exists on this machine alone, for as long as the demo runs.
_BOT_TOKEN, _APP_TOKEN, _TWILIO_TOKEN = "xoxb-sandbox", "xapp-sandbox", "sandbox-twilio"


async def demo(port: int) -> None:
    """Starts afresh each time, since the workspace keeps its messages in memory; runs until interrupted.

    Takes three ports: the workspace's page, the desk's pages (one above), the mailbox (two above).
    """
    configure(logging.WARNING)  # the terminal is for the addresses
    _need_free_ports(port)
    await asyncio.to_thread(_clear_folder)
    settings = _settings(port)
    async with _workspace(settings, port):
        await run(settings, on_ready=lambda house: _welcome(house, port))


def _clear_folder() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir()


def _settings(port: int) -> Settings:
    return IsolatedSettings(
        database_url=f"sqlite:///{_FOLDER / 'referrals.db'}",
        encryption_keys=(Fernet.generate_key().decode(),),
        index_key=secrets.token_urlsafe(32),
        history_key=secrets.token_urlsafe(32),
        signing_key=secrets.token_urlsafe(32),
        slack_bot_token=_BOT_TOKEN,
        slack_app_token=_APP_TOKEN,
        slack_signing_secret=secrets.token_hex(16),
        slack_api_url=f"http://{_HOST}:{port}/api/",
        referrals_channel="C0REFERRALS",
        smtp_url=f"smtp://{_HOST}:{port + 2}",
        twilio_account_sid=_TWILIO_SID,
        twilio_auth_token=_TWILIO_TOKEN,
        twilio_from="+15550100100",
        twilio_api_url=f"http://{_HOST}:{port}",
        public_url=f"http://{_HOST}:{port + 1}",
        host=_HOST,
        port=port + 1,
        **demo_practice_settings(),
    )


@asynccontextmanager
async def _workspace(settings: Settings, port: int) -> AsyncIterator[None]:
    """The sandbox as a process of its own, as Slack is."""
    form = f"{settings.public_url}/refer/{settings.practice_slug}"
    with deaf_to_the_terminal():
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "sandbox"),
            *("--port", str(port)),
            *("--smtp-port", str(port + 2)),
            *("--manifest", str(_MANIFEST)),
            *("--team", settings.practice_name or ""),
            *("--bot-token", settings.slack_bot_token),
            *("--app-token", settings.slack_app_token or ""),
            *("--signing-secret", settings.slack_signing_secret or ""),
            *("--twilio-sid", settings.twilio_account_sid or ""),
            *("--twilio-token", settings.twilio_auth_token or ""),
            *("--sms-callback", f"{settings.public_url}/twilio/{settings.practice_slug}/message"),
            *("--clock-url", f"{settings.public_url}/clock"),
            *("--link", f"The practice's public form={form}"),
            stdout=asyncio.subprocess.DEVNULL,
        )
    try:
        await _until_up(f"http://{_HOST}:{port}/ui/state", process)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _until_up(address: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
    raise SettingsError(["the sandbox workspace did not start"])


async def _welcome(house: House, port: int) -> None:
    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty() or done == total:
            typer.echo(
                f"\rLiving through a month of the practice: {done} of {total} referrals", err=True, nl=done == total
            )

    await seed(house.desk, house.practice.id, house.clock, progress)
    await house.waker.sweep()
    typer.echo(
        f"""
  The workspace       http://{_HOST}:{port}
  The public form     {house.settings.public_url}/refer/{house.practice.slug}

  Open the first. Be anyone there, turn the clock, read the mail. Ctrl-C ends it."""
    )


def _need_free_ports(port: int) -> None:
    for wanted in (port, port + 1, port + 2):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, wanted))
            except OSError as error:
                raise SettingsError([f"port {wanted} is taken; try `referrals demo --port 9100`"]) from error
