"""Builds the dependencies of a process, once, and lets go of them in the reverse order."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from arq.connections import ArqRedis
from slack_sdk.web.async_client import AsyncWebClient

from handlers.people import People
from jobs.deps import JobDeps
from jobs.mail import Mailer, build_message, render
from jobs.pacing import POST_GAP, Pace
from jobs.queue import Waker, connect, redis_settings
from jobs.slack import SlackSender
from jobs.sms import Texter, sms_text
from jobs.waits import Waits
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.letters import Letter
from store.database import Database, open_database
from store.tables import Practice
from store.vault import Vault

from .clock import read_offset
from .embedded import valkey
from .settings import Settings, StoreSettings
from .setup import find_practice, sender_address

log = logging.getLogger(__name__)

#: A call to Slack that has not answered by then is unknown (PLATFORM.md, fault 10).
_SLACK_TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class House:
    """Everything one process works with. ``practice`` is as it was at start."""

    settings: Settings
    database: Database
    clock: Clock
    desk: Desk
    redis: ArqRedis
    waker: Waker
    slack: AsyncWebClient
    session: aiohttp.ClientSession
    people: People
    practice: Practice
    jobs: JobDeps


def vault_of(settings: StoreSettings) -> Vault:
    return Vault(settings.encryption_keys, settings.index_key, settings.history_key)


@asynccontextmanager
async def opened(
    settings: Settings, post_gap: timedelta = POST_GAP, waits: Waits | None = None
) -> AsyncIterator[House]:
    """Opens, migrates and connects everything. Raises SettingsError, DatabaseInUse, or what a server answered."""
    async with AsyncExitStack() as stack:
        database = open_database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        clock = Clock()
        if settings.sandboxed:
            clock.offset = await read_offset(database)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack = slack_client(settings, session)
        practice = await find_practice(settings, database, slack, clock)
        redis_url = settings.redis_url or stack.enter_context(valkey(settings.data_folder / "queue"))
        redis = await connect(redis_settings(redis_url))
        stack.push_async_callback(redis.aclose)
        waker = Waker(redis, clock)
        stack.push_async_callback(waker.settle)
        desk = Desk(database, vault_of(settings), clock, waker)
        people = People(slack)
        jobs = _jobs(settings, desk, slack, session, Pace(redis, post_gap), people, waits or Waits())
        yield House(settings, database, clock, desk, redis, waker, slack, session, people, practice, jobs)


def slack_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """One shared session, and no retry handlers: the SDK's own would post a message twice after a dropped answer."""
    return AsyncWebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        session=session,
        timeout=_SLACK_TIMEOUT,
        retry_handlers=[],
        trust_env_in_session=False,
    )


def _jobs(
    settings: Settings,
    desk: Desk,
    slack: AsyncWebClient,
    session: aiohttp.ClientSession,
    pace: Pace,
    people: People,
    waits: Waits,
) -> JobDeps:
    mailer = Mailer(settings.smtp_url)
    sender = sender_address(settings)

    async def send_mail(letter: Letter, delivery_id: str) -> str:
        message = build_message(
            render(letter), to=letter.address, sender=sender, delivery_id=delivery_id, domain=sender.rpartition("@")[2]
        )
        return await mailer.send(message)

    async def coordinator_email(user: str) -> str | None:
        person = await people.get(user)
        return person.email if person else None

    texter = None
    if settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from:
        texter = Texter(
            session,
            api_url=settings.twilio_api_url,
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            sender=settings.twilio_from,
        )

    async def send_text(letter: Letter) -> str:
        if texter is None:
            raise RuntimeError("no SMS account")
        return await texter.send(letter.address, sms_text(letter))

    return JobDeps(
        desk=desk,
        slack=SlackSender(slack, pace),
        send_mail=send_mail,
        send_text=send_text if texter else None,
        coordinator_email=coordinator_email,
        waits=waits,
    )
