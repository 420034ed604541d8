"""The whole house for stories: a strict sandbox workspace, a real queue server, real SMTP, a real database file."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlmodel import col, select

from bot.house import House, opened
from bot.run import serve
from bot.settings import Settings
from referrals.actor import CLIENT, OPERATOR
from referrals.imports import FileKind, import_file
from referrals.intake import Intake
from referrals.outcomes import Done
from referrals.submit import submit
from sandbox.config import Manifest, SandboxConfig
from sandbox.limits import RateLimits
from sandbox.server import Sandbox
from store.tables import Delivery, Offer, Provider, Referral

MANIFEST = Manifest.read(Path(__file__).parents[2] / "manifest.yml")
ROSTER = (Path(__file__).parent / "roster.csv").read_bytes()

#: Two identities no one else has: whatever leaves the house is searched for them.
CANARY_NAME = "Quillon Canary-Zzyzx"
CANARY_EMAIL = "quillon.zzyzx@clients.example.net"
CANARY_PHONE = "+12025550147"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A desk at work and its workspace. Reads the database through the desk, acts through Slack."""

    house: House
    slack: Sandbox

    async def submit(self, preferred: str | None = None, **more: Any) -> Done:
        """A client asks for care; ``preferred`` is a provider's Slack user."""
        provider = (await self.provider(preferred)).id if preferred else None
        facts: dict[str, Any] = {
            "client_name": CANARY_NAME,
            "client_email": CANARY_EMAIL,
            "client_phone": CANARY_PHONE,
            "state": "NY",
            "insurer": "aetna",
            "service": "individual",
            "delivery": "telehealth",
            "age_band": "18-64",
            "concerns": ("anxiety",),
            "channel": "form",
            "preferred_provider_id": provider,
        }
        return await self.house.desk.do(self.practice, submit, CLIENT, Intake(**(facts | more)))

    @property
    def practice(self) -> str:
        return self.house.practice.id

    async def provider(self, slack_user: str) -> Provider:
        return await self.read(select(Provider).where(Provider.slack_user == slack_user))

    async def referral(self, code: str) -> Referral:
        return await self.read(select(Referral).where(Referral.code == code))

    async def offers(self, referral_id: str) -> list[Offer]:
        statement = select(Offer).where(Offer.referral_id == referral_id).order_by(col(Offer.round))
        return list(await self.house.database.read(lambda session: session.exec(statement).all()))

    async def read(self, statement: Any) -> Any:
        return await self.house.database.read(lambda session: session.exec(statement).one())

    async def deliveries(self, referral_id: str) -> dict[tuple[str, str], str]:
        """(template, kind of recipient) -> state."""
        statement = select(Delivery).where(Delivery.referral_id == referral_id)
        rows = await self.house.database.read(lambda session: session.exec(statement).all())
        return {(row.template, row.recipient.partition(":")[0]): row.state for row in rows}

    async def card(self, code: str, saying: str = "") -> Any:
        """The newest card of this referral, once it says so."""
        await self.slack.until(lambda: self._cards(code) and saying in self._cards(code)[-1].all_text)
        return self._cards(code)[-1]

    def _cards(self, code: str) -> list[Any]:
        return [
            message
            for message in self.slack.channel("referrals").messages
            if code in message.all_text and (message.metadata or {}).get("event_type") == "referral_card"
        ]

    def mail(self, address: str, saying: str = "") -> list[Any]:
        return [one for one in self.slack.mailbox.to(address) if saying in one.text]

    async def quiet(self) -> None:
        """Until every notice is sent and every card shows what is."""

        async def undone() -> int:
            notices = select(Delivery.id).where(col(Delivery.state).in_(["pending", "sending"]))
            cards = select(Offer.id).where(col(Offer.card_version) > col(Offer.shown_version))
            return await self.house.database.read(
                lambda session: len(session.exec(notices).all()) + len(session.exec(cards).all())
            )

        async with asyncio.timeout(30):
            while await undone():
                await self.house.waker.sweep()
                await asyncio.sleep(0.05)

    async def turn(self, hours: float) -> None:
        """Turns the desk's clock as a person does on the sandbox's page, and waits until all is done."""
        await self.slack.advance(int(hours * 3600))
        await self.quiet()


@asynccontextmanager
async def running(
    folder: Path, redis_url: str, *, mode: str = "socket", limits: RateLimits | None = None, **more: Any
) -> AsyncIterator[Running]:
    """A desk with the roster of ``roster.csv`` in a sandbox, over Socket Mode or signed HTTP."""
    port = free_port()
    config = SandboxConfig(
        manifest=MANIFEST,
        mode=mode,
        limits=limits or RateLimits.off(),
        request_url=f"http://127.0.0.1:{port}/slack/events",
        clock_url=f"http://127.0.0.1:{port}/clock",
    )
    sandbox = await Sandbox(config).start()
    settings = Settings(
        _env_file=None,
        **{
            "database_url": f"sqlite:///{folder / 'desk.db'}",
            "redis_url": redis_url,
            "encryption_keys": (Fernet.generate_key().decode(),),
            "index_key": "i" * 32,
            "history_key": "h" * 32,
            "signing_key": "s" * 32,
            "slack_bot_token": config.bot_token,
            "slack_app_token": config.app_token if mode == "socket" else None,
            "slack_signing_secret": config.signing_secret,
            "slack_api_url": sandbox.api_url,
            "referrals_channel": "C0REFERRALS",
            "coordinators": ("U0ROBIN",),
            "smtp_url": f"smtp://127.0.0.1:{sandbox.mailbox.port}",
            "mail_from": "desk@junipergrove.example.org",
            "twilio_account_sid": config.twilio_sid,
            "twilio_auth_token": config.twilio_token,
            "twilio_from": "+12025550100",
            "twilio_api_url": sandbox.base_url,
            "public_url": f"http://127.0.0.1:{port}",
            "port": port,
            "practice_name": "Juniper Grove Therapy",
            "practice_time_zone": "America/New_York",
            "support_phone": "+1 202 555 0111",
        }
        | more,
    )
    stopping = asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sandbox.stop)
        house = await stack.enter_async_context(opened(settings, post_gap=timedelta(milliseconds=20)))
        ready = asyncio.Event()

        async def on_ready(_house: House) -> None:
            ready.set()

        serving = asyncio.create_task(serve(house, stopping, on_ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if serving.done():
            serving.result()
        report = await import_file(house.desk, house.practice.id, FileKind.ROSTER, ROSTER, actor=OPERATOR)
        assert not report.problems, [str(problem) for problem in report.problems]
        try:
            yield Running(house, sandbox)
        finally:
            stopping.set()
            await serving
