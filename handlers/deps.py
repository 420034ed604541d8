"""What the handlers are given. Built in ``bot``; nothing here builds anything itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from referrals.desk import Desk

from .people import People
from .practices import Practices


async def _nobody_listens(practice_id: str) -> None:
    """Until somebody wants to know."""


@dataclass(frozen=True, slots=True)
class SlackDeps:
    """``client`` carries the shared session and no retry handlers: the SDK's re-send a POST blindly.

    ``revoked`` is called with a practice's id when Slack says that its token is no longer good.
    """

    desk: Desk
    client: AsyncWebClient
    people: People
    bot_token: str = field(repr=False)
    practices: Practices
    revoked: Callable[[str], Awaitable[None]] = _nobody_listens
