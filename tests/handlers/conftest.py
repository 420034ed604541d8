"""A desk on a real database file, its Bolt app behind signed HTTP, and the strict sandbox workspace in front of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select

from blocks.card import referral_card
from handlers.app import build_app
from handlers.deps import SlackDeps
from handlers.people import People
from handlers.practices import Practices
from referrals.actor import CLIENT
from referrals.clock import Clock
from referrals.deadlines import expire
from referrals.desk import Desk
from referrals.intake.request import Intake
from referrals.outcomes import Done
from referrals.submit import submit
from referrals.tx import Tx, Wake
from referrals.views.card import card
from sandbox import Manifest, RateLimits, Sandbox, SandboxConfig
from sandbox.workspace import Message
from store.database import Database
from store.tables import Attention, Delivery, History, Offer, Practice, Provider, Referral
from store.vocabulary import SlackStanding
from tests.desk import new_vault
from tests.neighbour import ours

CHANNEL = "C0REFERRALS"
PUBLIC_URL = "https://desk.example.org"
#: In every client's record of these tests; nowhere in anything that Slack is sent.
CANARY = "Zoraqvist"


@dataclass
class Stage:
    box: Sandbox
    desk: Desk
    app: AsyncApp
    deps: SlackDeps

    def person(self, name: str) -> Any:
        return self.box.person(name)

    async def refer(self, preferred: str | None = None, **more: Any) -> tuple[Done, Message]:
        """A new referral, its card posted as the jobs would post it."""
        given: dict[str, Any] = {
            "client_name": f"{CANARY} Ámbar-Łuk",
            "client_email": f"{CANARY}@mail.example.com",
            "client_phone": "+12025550147",
            "notes": f"{CANARY} says",
            "state": "NY",
            "insurer": "aetna",
            "service": "individual",
            "delivery": "telehealth",
            "age_band": "18-64",
            "concerns": ("anxiety",),
            "channel": "form",
            "preferred_provider_id": preferred,
        }
        done = await self.desk.do("p", submit, CLIENT, Intake(**(given | more)))
        return done, await self.post(done.offer_id)

    async def post(self, offer_id: str) -> Message:
        view = await self.desk.ask("p", card, offer_id)
        assert view is not None
        answer = await self.deps.client.chat_postMessage(channel=CHANNEL, **referral_card(view).arguments())

        def posted(tx: Tx) -> None:
            offer = tx.get(Offer, offer_id)
            assert offer is not None
            offer.card_channel, offer.card_ts, offer.shown_version = CHANNEL, answer["ts"], view.version

        await self.desk.do("p", posted)
        return self.box.message(answer["ts"])

    async def redraw(self, offer_id: str) -> Message:
        view = await self.desk.ask("p", card, offer_id)
        assert view is not None and view.ts is not None
        await self.deps.client.chat_update(channel=CHANNEL, ts=view.ts, **referral_card(view).arguments())
        return self.box.message(view.ts)

    async def later(self, hours: float) -> None:
        self.desk.clock.offset += timedelta(hours=hours)

    async def expire(self, offer_id: str) -> None:
        assert await self.desk.do("p", expire, offer_id)

    async def referral(self, id: str) -> Referral:
        found = await self.desk.ask("p", lambda tx: tx.get(Referral, id))
        assert found is not None
        return found

    async def provider(self, id: str) -> Provider:
        found = await self.desk.ask("p", lambda tx: tx.get(Provider, id))
        assert found is not None
        return found

    async def change(self, id: str, **values: Any) -> None:
        def work(tx: Tx) -> None:
            row = tx.lock(Provider, id)
            for name, value in values.items():
                setattr(row, name, value)

        await self.desk.do("p", work)

    async def history(self, subject_id: str) -> list[tuple[str, str]]:
        """(event, result), oldest first."""

        def read(tx: Tx) -> list[tuple[str, str]]:
            rows = tx.session.exec(
                select(History).where(History.subject_id == subject_id).order_by(col(History.seq))
            ).all()
            return [(row.event, row.result) for row in rows]

        return await self.desk.ask("p", read)

    async def deliveries(self) -> list[str]:
        return await self.desk.ask("p", lambda tx: [row.template for row in tx.session.exec(ours(select(Delivery)))])

    async def items(self) -> list[Attention]:
        return await self.desk.ask("p", lambda tx: list(tx.session.exec(ours(select(Attention)))))

    async def dm(self, user: str, arguments: dict[str, Any]) -> Message:
        answer = await self.deps.client.chat_postMessage(channel=self.box.dm(user).id, **arguments)
        return self.box.message(answer["ts"])


def seed(tx: Tx) -> None:
    tx.add(
        Practice(
            id="p",
            team_id="T0SANDBOX",
            slug="juniper",
            name="Juniper Grove Therapy",
            channel_id=CHANNEL,
            bot_user_id="U0DESK",
            coordinators=["U0ROBIN"],
            work_domains=["junipergrove.example.org"],
            created_at=tx.now,
        )
    )
    for key in ("maya", "tomas", "dara"):
        tx.add(
            Provider(
                id=key,
                practice_id="p",
                slack_user=f"U0{key.upper()}",
                slack_standing=SlackStanding.MEMBER,
                name=key.title(),
                work_email=f"{key}@junipergrove.example.org",
                licences=[{"state": "NY"}, {"state": "TX"}],
                insurers=[{"insurer": "aetna", "accepting": True}],
                created_at=tx.now,
            )
        )


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    manifest = Manifest.read(Path(__file__).parents[2] / "manifest.yml")
    config = SandboxConfig(manifest=manifest, limits=RateLimits.off(), mode="http", home_wait_seconds=2)
    box = await Sandbox(config).start()
    desk = Desk(database, new_vault(), Clock(), _wake)
    await desk.do("p", seed)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(box.config.bot_token, box.api_url, session=session, retry_handlers=[])
        deps = SlackDeps(desk, client, People(client), box.config.bot_token, Practices(database), PUBLIC_URL)
        app = build_app(deps)
        runner = await _serve(app)
        box.config.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield Stage(box, desk, app, deps)
        await runner.cleanup()
    try:
        assert box.traffic.search(CANARY, "slack") == []
    finally:
        await box.stop()


async def _wake(_wakes: list[Wake]) -> None:
    """No jobs here: tests draw cards themselves."""


async def _serve(app: AsyncApp) -> web.AppRunner:
    async def receive(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(AsyncBoltRequest(body=await request.text(), headers=dict(request.headers)))
        headers = {name: values[0] for name, values in answer.headers.items()}
        return web.Response(status=answer.status, body=answer.body, headers=headers)

    application = web.Application()
    application.router.add_post("/slack/events", receive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner
