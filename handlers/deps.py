"""What the handlers are given. Built in ``bot``; nothing here builds anything itself."""

from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from referrals.desk import Desk

from .people import People
from .practices import Practices


@dataclass(frozen=True, slots=True)
class SlackDeps:
    """``client`` carries the shared session and no retry handlers: the SDK's re-send a POST blindly."""

    desk: Desk
    client: AsyncWebClient
    people: People
    bot_token: str = field(repr=False)
    practices: Practices
    public_url: str  # where the pages are, without a slash at its end
