"""Builds the dependencies of a process, once, and lets go of them in the reverse order."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import aiohttp
from arq.connections import ArqRedis
from slack_sdk.web.async_client import AsyncWebClient

from handlers.people import People, SlackSilent
from jobs.deps import JobDeps
from jobs.errors import DeliveryError, FailureKind
from jobs.mail import Mailer, Rendered, build_message, render
from jobs.pacing import POST_GAP, Pace
from jobs.queue import Waker
from jobs.slack import SlackSender
from jobs.sms import Texter, sms_text
from jobs.waits import Waits
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.letters import Letter, PracticeLetter
from store.database import Database
from store.in_turn import InTurn
from store.tables import Practice
from store.vault import Vault

from .clock import read_offset
from .embedded import valkey
from .opening import database_at, queue_at
from .settings import Settings, StoreSettings
from .setup import domain_of, find_practice, sender_address

log = logging.getLogger(__name__)

#: Of the sixteen connections to PostgreSQL that a process may have (store.database).
_FOR_JOBS = 10
#: A call to Slack that has not answered by then is unknown (PLATFORM.md, fault 10).
_SLACK_TIMEOUT = 20
#: Seconds at the end of the process for handing the last wake-ups to the queue.
_LAST_WAKES = 2


#: Sends a rendered mail: to whom, and the id that its Message-ID is made of. Raises DeliveryError.
PostMail = Callable[[Rendered, str, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class House:
    """Everything one process works with. ``practice`` is as it was at start.

    ``socket_url``: where Socket Mode connects first, if it is used and Slack has told.
    """

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
    socket_url: str | None
    jobs: JobDeps
    post: PostMail


def vault_of(settings: StoreSettings) -> Vault:
    return Vault(settings.encryption_keys, settings.index_key, settings.history_key)


@asynccontextmanager
async def opened(
    settings: Settings, post_gap: timedelta = POST_GAP, waits: Waits | None = None
) -> AsyncIterator[House]:
    """Opens, migrates and connects everything. Raises SettingsError or DatabaseInUse.

    The practice is set up last, once everything else has answered: its row stays for good.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(database_at(settings.database_url))
        clock = Clock()
        if settings.sandboxed:
            clock.offset = await read_offset(database)
        redis_url = settings.redis_url or stack.enter_context(valkey(settings.data_folder / "queue"))
        redis = await queue_at(redis_url)
        stack.push_async_callback(redis.aclose)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack = slack_client(settings, session)
        vault = vault_of(settings)
        practice, socket_url = await find_practice(settings, database, slack, clock, vault)
        waker = Waker(redis, clock)
        stack.push_async_callback(_let_go, waker)
        desk = Desk(database, vault, clock, waker)
        people = People(slack)
        for_jobs = desk if settings.on_sqlite else replace(desk, database=InTurn(database, _FOR_JOBS))
        post = _post(settings)
        jobs = _jobs(settings, for_jobs, slack, session, Pace(redis, post_gap), people, waits or Waits(), post)
        yield House(
            settings, database, clock, desk, redis, waker, slack, session, people, practice, socket_url, jobs, post
        )


async def _let_go(waker: Waker) -> None:
    """A queue that is away keeps nobody from ending: a wake-up that is lost costs only time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WAKES):
            await waker.settle()


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
    post: PostMail,
) -> JobDeps:
    async def send_mail(letter: Letter | PracticeLetter, delivery_id: str) -> str:
        return await post(render(letter, settings.public_url), letter.address, delivery_id)

    async def coordinator_email(user: str) -> str | None:
        try:
            person = await people.find(user)
        except SlackSilent as error:  # not the same as having no address, which would give the mail up
            raise DeliveryError("users_info_unanswered", FailureKind.RETRY) from error
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

    async def send_text(letter: Letter, delivery_id: str) -> str:
        if texter is None:
            raise RuntimeError("no SMS account")
        callback = _status_callback(settings, letter.practice.slug, delivery_id)
        return await texter.send(letter.address, sms_text(letter), callback)

    return JobDeps(
        desk=desk,
        slack=SlackSender(slack, pace),
        send_mail=send_mail,
        send_text=send_text if texter else None,
        coordinator_email=coordinator_email,
        once=pace.once,
        waits=waits,
    )


def _post(settings: Settings) -> PostMail:
    mailer, sender = Mailer(settings.smtp_url), sender_address(settings)

    async def post(rendered: Rendered, to: str, delivery_id: str) -> str:
        domain = domain_of(sender)
        return await mailer.send(build_message(rendered, to=to, sender=sender, delivery_id=delivery_id, domain=domain))

    return post


def _status_callback(settings: Settings, slug: str, delivery_id: str) -> str | None:
    """Where Twilio tells of a text's fate (web/twilio.py). None on this machine alone: Twilio itself refuses the whole
    text for an address that it cannot reach (https://www.twilio.com/docs/api/errors/21609).
    """
    if not settings.twilio_can_call:
        return None
    return f"{settings.public_url}/twilio/{slug}/status?delivery={delivery_id}"
