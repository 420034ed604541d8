"""The doctor's look at Slack: the token and what it may do, the channel, the coordinators, the clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from handlers.people import answered_code, read_person

from .doctor_facts import Facts, Finding, compared, ok, problem, warning
from .doctor_look import Stored, stored
from .settings import SettingsError
from .socket_mode import socket_address

#: What the app asks for: the same as in manifest.yml, which says what each is for and is not installed with the code.
SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "users:read",
        "users:read.email",
    }
)
_REINSTALL = "update the app from manifest.yml, install it again and copy its bot token"


async def token(facts: Facts) -> Finding:
    try:
        answer = await _auth(facts)
    except SlackApiError as error:
        return problem(f"SLACK_BOT_TOKEN is refused by Slack ({answered_code(error)}): {_REINSTALL}")
    except (aiohttp.ClientError, OSError) as error:
        return problem(f"Slack cannot be reached ({type(error).__name__}): check SLACK_API_URL and the network")
    known = await _stored(facts)
    if known is not None and known.team_id not in (None, answer["team_id"]):
        return problem(f"SLACK_BOT_TOKEN is of {answer['team']}, another workspace than this database's")
    return ok(f"of {answer['team']} ({answer['team_id']})")


async def scopes(facts: Facts) -> Finding:
    granted = (await _asked(facts)).headers.get("x-oauth-scopes")
    if granted is None:
        return warning("Slack does not say what the token may do")
    missing = sorted(SCOPES - {scope.strip() for scope in granted.split(",")})
    return problem(f"missing {', '.join(missing)}: {_REINSTALL}") if missing else ok("all that manifest.yml asks for")


async def requests(facts: Facts) -> Finding:
    settings = facts.settings
    if settings.slack_app_token is None:
        return ok(f"signed, at {settings.public_url}/slack/events: Slack's app settings must name that address")
    try:
        address = await socket_address(facts.slack, settings.slack_app_token)
    except SettingsError as error:
        return problem(str(error))
    return ok("Socket Mode") if address else warning("Slack cannot open Socket Mode at the moment: look again later")


async def channel(facts: Facts) -> Finding:
    known = await _stored(facts)
    id = (known and known.channel_id) or facts.settings.referrals_channel
    try:
        answer: Any = await facts.slack.conversations_info(channel=id)
    except SlackApiError as error:
        return problem(f"{id} cannot be seen ({answered_code(error)}): type /invite @Referral desk in the channel")
    found = answer["channel"]
    name = f"#{found.get('name', id)}"
    if found.get("is_archived"):
        return problem(f"{name} is archived: unarchive it in Slack")
    if not found.get("is_member"):
        return problem(f"the bot is not in {name}: type /invite @Referral desk there")
    return ok(name)


async def coordinators(facts: Facts) -> Finding:
    known = await _stored(facts)
    users: Sequence[str] = known.coordinators if known and known.team_id else facts.settings.coordinators
    if not users:
        return await _admins(known)
    wrong = [line for user in users if (line := await _unfit(facts, user))]
    if wrong:
        return problem(f"{'; '.join(wrong)}: put members' ids in COORDINATORS")
    return ok(f"{len(users)}, all members")


async def clock(facts: Facts) -> Finding:
    said = (await _asked(facts)).headers.get("Date")
    if said is None:
        return warning("Slack does not say what time it is")
    return compared("Slack's", parsedate_to_datetime(said), datetime.now(UTC))


async def _admins(known: Stored | None) -> Finding:
    if known is None or not known.admins:
        return warning(
            "none are set, and no admins are known yet: set COORDINATORS, or look again when the desk has run"
        )
    return ok(f"none are set, so the workspace's {len(known.admins)} admins and owners coordinate")


async def _unfit(facts: Facts, user: str) -> str | None:
    try:
        person = read_person((await facts.slack.users_info(user=user))["user"])
    except SlackApiError as error:
        return f"{user} is nobody in this workspace ({answered_code(error)})"
    if person.deleted:
        return f"{user} is deactivated"
    if person.guest:
        return f"{user} is a guest"
    return f"{user} is an app" if person.is_bot else None


async def _auth(facts: Facts) -> Any:
    return await facts.once("auth.test", facts.slack.auth_test())


async def _asked(facts: Facts) -> Any:
    """The answer itself, also of a refusal: its headers tell something all the same."""
    try:
        return await _auth(facts)
    except SlackApiError as error:
        return error.response


async def _stored(facts: Facts) -> Stored | None:
    """None where the database cannot be looked at, which is another check's business."""
    try:
        return await stored(facts)
    except Exception:  # noqa: BLE001 - see doctor_store.database, which names it
        return None
