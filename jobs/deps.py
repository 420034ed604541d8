"""What jobs need; ``bot`` builds it once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from referrals.desk import Desk
from referrals.letters import Letter, PracticeLetter

from .slack import SlackSender
from .waits import Waits

#: Of twenty each: as many as a process can have under way on its connections without waiting long for one.
_DRAINS = 4


class MailSender(Protocol):
    async def __call__(self, letter: Letter | PracticeLetter, delivery_id: str) -> str:
        """Renders and sends; answers the Message-ID. Raises DeliveryError."""


class TextSender(Protocol):
    async def __call__(self, letter: Letter, delivery_id: str) -> str:
        """Answers the provider's id of the message. Raises DeliveryError."""


async def _alone(_what: str, _every: timedelta) -> bool:
    """Without other workers it is always one's own turn."""
    return True


@dataclass(frozen=True, slots=True)
class JobDeps:
    """``coordinator_email``: a Slack user's address, or None; only Slack knows it. Raises DeliveryError.

    ``stopping``: nothing new is taken on while it is set; what is under way is finished. ``drains``: how many may go
    through the outbox at once in this process; a burst of wake-ups would else claim more than the database can follow.
    ``once``: as ``pacing.Pace.once``.
    """

    desk: Desk
    slack: SlackSender
    send_mail: MailSender
    send_text: TextSender | None  # None: the practice has no SMS account
    coordinator_email: Callable[[str], Awaitable[str | None]]
    once: Callable[[str, timedelta], Awaitable[bool]] = _alone
    waits: Waits = field(default_factory=Waits)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    drains: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_DRAINS))
