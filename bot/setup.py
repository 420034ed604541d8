"""The first start sets the practice up from the environment and Slack; later starts only check that they still fit."""

import logging
import re
import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from handlers.people import answered_code
from referrals.clock import Clock
from referrals.digest import USUAL_HOUR, begin_with
from referrals.settings.work_mail import PUBLIC_MAIL
from store.database import Database
from store.ids import new_id
from store.tables import Practice
from store.vault import Vault

from .key_check import check_keys, key_check
from .settings import Settings, SettingsError
from .socket_mode import socket_address, will_pass

log = logging.getLogger(__name__)

#: As long as a part of an address is read (referrals/practices.py).
_LONGEST_SLUG = 63


@dataclass(frozen=True, slots=True)
class Workspace:
    """What Slack says of the token."""

    team_id: str
    team: str
    bot_user_id: str


async def find_practice(
    settings: Settings, database: Database, client: AsyncWebClient, clock: Clock, vault: Vault
) -> tuple[Practice, str | None]:
    """The practice of this workspace, set up if it is the first start, and where Socket Mode connects (or None).

    Raises SettingsError naming the variable.
    """
    known = await database.read(first_practice)
    if known is not None:
        check_keys(known, vault)
    try:
        workspace = await _workspace(client)
        socket_url = await socket_address(client, settings.slack_app_token) if settings.slack_app_token else None
        if known is not None and known.team_id == workspace.team_id:
            return known, socket_url
        if known is not None:
            raise SettingsError([f"SLACK_BOT_TOKEN is of another workspace ({workspace.team}) than this database"])
        await _check_channel(client, settings.referrals_channel)
        await _check_coordinators(client, settings.coordinators)
    except SlackApiError as error:
        if known is not None and will_pass(error):
            log.warning("slack_unreachable_at_start", extra={"trouble": answered_code(error)})
            return known, None
        raise SettingsError([_slack_problem(error)]) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        if known is not None:
            log.warning("slack_unreachable_at_start", extra={"error": type(error).__name__})
            return known, None  # what is due waits in the database until Slack answers
        raise SettingsError([f"SLACK_API_URL cannot be reached ({settings.slack_api_url})"]) from error
    practice = _new_practice(settings, workspace, clock, vault)
    try:
        await database.write(lambda session: _add(session, practice))
    except IntegrityError:  # several processes start together for the first time, and another was faster
        first = await database.read(first_practice)
        if first is None or first.team_id != workspace.team_id:
            raise
        check_keys(first, vault)
        return first, socket_url
    for line in hints(practice):
        log.warning(line)
    return practice, socket_url


def hints(practice: Practice) -> list[str]:
    """What may be left out but will be missed."""
    found = []
    if not practice.work_domains:
        found.append("WORK_DOMAINS is not set: acceptance mails will carry no client contact details")
    if not practice.support_phone:
        found.append("SUPPORT_PHONE is not set: client mails will only ask to reply")
    return found


def first_practice(session: Session) -> Practice | None:
    return session.exec(select(Practice).order_by(col(Practice.created_at))).first()


def _add(session: Session, practice: Practice) -> None:
    session.add(practice)


def _new_practice(settings: Settings, workspace: Workspace, clock: Clock, vault: Vault) -> Practice:
    name = settings.practice_name or workspace.team
    practice = Practice(
        id=new_id(),
        team_id=workspace.team_id,
        slug=settings.practice_slug or slug_of(name),
        name=name,
        time_zone=settings.practice_time_zone or "America/New_York",
        channel_id=settings.referrals_channel,
        bot_user_id=workspace.bot_user_id,
        coordinators=list(settings.coordinators),
        work_domains=list(settings.work_domains) or _own_domain(settings),
        support_phone=settings.support_phone,
        support_email=settings.support_email,
        support_hours=settings.support_hours,
        created_at=clock.now(),
        key_check=key_check(vault),
        digest_hour=USUAL_HOUR,
    )
    begin_with(practice, clock.now())
    return practice


def slug_of(name: str) -> str:
    """The practice's part of the form's address: "Juniper Grove Therapy" is juniper-grove-therapy."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-") or "practice"


def domain_of(mailbox: str) -> str:
    """Of "Juniper <hello@juniper.example.org>", juniper.example.org."""
    return parseaddr(mailbox)[1].rpartition("@")[2].casefold()


def sender_address(settings: Settings) -> str:
    """From whom mail is sent: MAIL_FROM, else the support address, else an address at this desk's host."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    host = f"{host}.localdomain" if host == "localhost" else host
    return settings.mail_from or settings.support_email or f"referrals@{host}"


def _own_domain(settings: Settings) -> list[str]:
    domain = domain_of(settings.mail_from or settings.support_email)
    return [domain] if domain and domain not in PUBLIC_MAIL else []


async def _workspace(client: AsyncWebClient) -> Workspace:
    answer: Any = await client.auth_test()
    return Workspace(str(answer["team_id"]), str(answer["team"]), str(answer["user_id"]))


async def _check_channel(client: AsyncWebClient, channel: str) -> None:
    try:
        answer: Any = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        if answered_code(error) != "channel_not_found":
            raise
        problem = f"REFERRALS_CHANNEL {channel} is no channel that the bot can see: type /invite @Referral desk there"
        raise SettingsError([problem]) from error
    if answer["channel"].get("is_archived"):
        raise SettingsError([f"REFERRALS_CHANNEL {channel} is archived"])
    if not answer["channel"].get("is_member"):
        raise SettingsError([f"REFERRALS_CHANNEL {channel}: the bot is not in it; type /invite @Referral desk there"])


async def _check_coordinators(client: AsyncWebClient, users: tuple[str, ...]) -> None:
    for user in users:
        try:
            await client.users_info(user=user)
        except SlackApiError as error:
            if answered_code(error) != "user_not_found":
                raise
            raise SettingsError([f"COORDINATORS {user} is nobody in this workspace"]) from error


def _slack_problem(error: SlackApiError) -> str:
    code = answered_code(error)
    if code in {"invalid_auth", "not_authed", "token_revoked", "account_inactive", "not_allowed_token_type"}:
        return f"SLACK_BOT_TOKEN is refused by Slack ({code}): install the app again and copy its bot token"
    if code == "missing_scope":
        return f"SLACK_BOT_TOKEN lacks the scope {error.response.get('needed')}: update the app from manifest.yml"
    if will_pass(error):
        return f"Slack cannot say at the moment whose token SLACK_BOT_TOKEN is ({code}): start again in a minute"
    return f"SLACK_BOT_TOKEN: Slack answers {code}"
