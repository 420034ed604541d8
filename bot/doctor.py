"""``referrals doctor``: looks at everything the desk needs, all at once, and says in a line each what to do.

It changes nothing, sends nothing and prints no secret. Where one check cannot be made, the others are, all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import typer
from pydantic import ValidationError

from . import doctor_servers, doctor_slack, doctor_store
from .doctor_facts import Facts, Finding, Level, ok, problem, warning
from .house import slack_client
from .setting_errors import problems
from .settings import Settings

#: Each check has that long, and all run together.
_SECONDS = 5
_UNREADABLE, _PROBLEM = 2, 1

Look = Callable[[Facts], Awaitable[Finding]]

#: In the order in which they are told: name, the settings it rests on, and the check.
_CHECKS: list[tuple[str, tuple[str, ...], Look]] = [
    ("database", ("database_url",), doctor_store.database),
    ("disk", ("database_url",), doctor_store.disk),
    ("keys", ("database_url", "encryption_keys", "index_key", "history_key"), doctor_store.keys),
    ("token", ("slack_bot_token", "slack_api_url"), doctor_slack.token),
    ("scopes", ("slack_bot_token", "slack_api_url"), doctor_slack.scopes),
    ("requests", ("slack_bot_token", "slack_api_url", "slack_app_token"), doctor_slack.requests),
    ("channel", ("slack_bot_token", "slack_api_url", "referrals_channel"), doctor_slack.channel),
    ("coordinators", ("slack_bot_token", "slack_api_url", "coordinators"), doctor_slack.coordinators),
    ("mail", ("smtp_url",), doctor_servers.mail),
    ("text messages", ("twilio_account_sid", "twilio_api_url"), doctor_servers.text_messages),
    ("queue", ("redis_url",), doctor_servers.queue),
    ("clock", ("slack_bot_token", "slack_api_url"), doctor_slack.clock),
    ("database's clock", ("database_url",), doctor_store.clock),
    ("pages", ("public_url",), doctor_servers.pages),
    ("sweep", ("database_url",), doctor_store.sweep),
    ("audit", ("database_url",), doctor_store.audit),
]

#: What stands in for a setting that is wrong, so that the others can be looked at. Nothing is done with it.
_PLACEHOLDERS: dict[str, Any] = {
    "encryption_keys": ("A" * 43 + "=",),
    "index_key": "-" * 32,
    "history_key": "-" * 32,
    "signing_key": "-" * 32,
    "slack_bot_token": "xoxb-",
    "slack_app_token": "xapp-",
    "referrals_channel": "C000",
    "smtp_url": "smtp://localhost",
    "public_url": "http://localhost",
    "twilio_account_sid": None,
    "twilio_auth_token": None,
    "twilio_from": None,
}
_TWILIO = frozenset({"twilio_account_sid", "twilio_auth_token", "twilio_from"})


async def doctor_command() -> int:
    """The exit code: 0 for nothing worse than warnings, 1 for a problem, 2 when no setting can be read at all."""
    try:
        settings, wrong, lines = _settings()
    except (OSError, UnicodeError) as error:
        typer.echo(f".env cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}", err=True)
        return _UNREADABLE
    found = [_tell("settings", problem(line)) for line in lines] or [
        _tell("settings", ok("every variable is in order"))
    ]
    async with aiohttp.ClientSession() as session:
        facts = Facts(settings, session, slack_client(settings, session))
        try:
            found += await _all(facts, wrong)
        finally:
            await facts.close()
    return _PROBLEM if Level.PROBLEM in found else 0


def _settings() -> tuple[Settings, frozenset[str], Sequence[str]]:
    """The settings, with placeholders for those that are wrong; their names; and what is wrong with them."""
    try:
        return Settings(), frozenset(), ()  # type: ignore[call-arg]  # the environment fills it
    except ValidationError as error:
        lines, given = problems(error), _fields(error)
    placeholders: dict[str, Any] = {
        name: _PLACEHOLDERS.get(name, Settings.model_fields[name].default) for name in given
    }
    try:
        return Settings(**placeholders), given, lines
    except ValidationError as error:  # what is checked only once each value is in order: the three of Twilio's together
        more = given | _fields(error)
        placeholders |= {name: _PLACEHOLDERS.get(name) for name in more - given}
        return Settings(**placeholders), more, lines + problems(error)


def _fields(error: ValidationError) -> frozenset[str]:
    named = frozenset(str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"])
    return named or _TWILIO


async def _all(facts: Facts, wrong: frozenset[str]) -> list[Level]:
    looking = [
        (name, asyncio.create_task(_looked(look, facts, [one.upper() for one in needs if one in wrong])))
        for name, needs, look in _CHECKS
    ]
    return [_tell(name, await task) for name, task in looking]


async def _looked(look: Look, facts: Facts, wrong: list[str]) -> Finding:
    if wrong:
        return warning(f"not looked at, because {', '.join(wrong)} is wrong")
    try:
        async with asyncio.timeout(_SECONDS):
            return await look(facts)
    except TimeoutError:
        return problem(f"no answer within {_SECONDS} seconds")
    except Exception as error:  # noqa: BLE001 - the boundary of a check; a text might quote an address or a password
        return problem(f"could not be looked at ({type(error).__name__})")


def _tell(name: str, finding: Finding) -> Level:
    typer.echo(f"{finding.level:<8} {name}: {finding.text}")
    return finding.level
