"""What Slack says of a person, asked once in a while. Knows nothing of the roster."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from store.vocabulary import SlackStanding

from .click import table, text

log = logging.getLogger(__name__)

#: Slack has answered, and there is no such person.
_NOBODY = frozenset({"user_not_found", "user_not_visible"})
_NO_SUCH_EMAIL = frozenset({"users_not_found"})

#: A click has 3 s in all.
_PATIENCE_SECONDS = 1.2


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """``teams``: every workspace the account belongs to (more than one in an Enterprise organisation)."""

    id: str
    teams: frozenset[str]
    email: str | None
    time_zone: str | None  # an IANA name
    is_admin: bool
    is_owner: bool
    guest: bool
    deleted: bool
    is_bot: bool
    name: str = ""  # as others see it

    @property
    def standing(self) -> SlackStanding:
        if self.deleted:
            return SlackStanding.DEACTIVATED
        return SlackStanding.GUEST if self.guest else SlackStanding.MEMBER


class SlackSilent(Exception):
    """Slack did not say who somebody is; it may the next time. The text is a code or an error's type."""


class People:
    """users.info with a memory of ``ttl`` seconds of the real clock, for at most ``size`` people."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        ttl: float = 600,
        size: int = 5000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._ttl, self._size, self._monotonic = ttl, size, monotonic
        self._known: OrderedDict[str, tuple[float, SlackPerson]] = OrderedDict()

    async def get(self, user: str) -> SlackPerson | None:
        """None when Slack does not answer in time or does not know them; then only the roster can say who they are."""
        try:
            return await self.find(user)
        except SlackSilent as error:
            log.warning("users.info failed: %s", error)
            return None

    async def find(self, user: str) -> SlackPerson | None:
        """None only when there is no such person. Raises SlackSilent when that is not known."""
        kept = self._known.get(user)
        if kept is not None and kept[0] > self._monotonic():
            return kept[1]
        return await self._asked(self._client.users_info(user=user), _NOBODY)

    async def by_email(self, email: str) -> SlackPerson | None:
        """Asked anew each time. None when no account here has the address. Raises SlackSilent when that is not known.

        https://docs.slack.dev/reference/methods/users.lookupByEmail
        """
        return await self._asked(self._client.users_lookupByEmail(email=email), _NO_SUCH_EMAIL)

    async def _asked(self, call: Awaitable[AsyncSlackResponse], nobody: Collection[str]) -> SlackPerson | None:
        """``nobody``: the codes with which Slack says that there is no such person."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await call
        except SlackApiError as error:
            code = answered_code(error)
            if code in nobody:
                return None
            raise SlackSilent(code) from error
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SlackSilent(type(error).__name__) from error
        found = answer.get("user")
        return self.learn(found) if isinstance(found, dict) else None

    def learn(self, user: Mapping[str, Any]) -> SlackPerson:
        """Remembers what Slack has just said, in an answer or an event."""
        person = read_person(user)
        self._known[person.id] = (self._monotonic() + self._ttl, person)
        self._known.move_to_end(person.id)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return person

    def forget(self, user: str) -> None:
        self._known.pop(user, None)

    def forget_all(self) -> None:
        self._known.clear()


def answered_code(error: SlackApiError) -> str:
    """Slack's error code, or the HTTP status where the answer is no JSON."""
    answer: Any = error.response
    data = getattr(answer, "data", answer)
    found = data.get("error") if isinstance(data, Mapping) else None
    return str(found or getattr(answer, "status_code", "unknown"))


def read_person(user: Mapping[str, Any]) -> SlackPerson:
    """From Slack's user object: https://docs.slack.dev/reference/objects/user-object."""
    profile, enterprise = table(user.get("profile")), table(user.get("enterprise_user"))
    teams = enterprise.get("teams")
    return SlackPerson(
        id=text(user.get("id")),
        teams=frozenset(filter(None, map(text, [user.get("team_id"), *(teams if isinstance(teams, list) else ())]))),
        email=text(profile.get("email")) or None,
        time_zone=text(user.get("tz")) or None,
        is_admin=bool(user.get("is_admin")),
        is_owner=bool(user.get("is_owner") or user.get("is_primary_owner")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        deleted=bool(user.get("deleted")),
        is_bot=bool(user.get("is_bot")),
        name=text(profile.get("display_name")) or text(profile.get("real_name")) or text(user.get("name")),
    )
