"""Who does something, and from where. Surfaces build an Actor; use cases trust it."""

from dataclasses import dataclass
from enum import StrEnum


class Surface(StrEnum):
    BUTTON = "button"
    COMMAND = "command"
    HOME = "home"
    FORM = "form"
    IMPORT = "import"
    EMAIL_LINK = "email_link"
    PAGE = "page"
    JOB = "job"
    EVENT = "event"  # Slack told us
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Actor:
    """``name`` is what history keeps: ``provider:ID``, ``slack:U…``, ``client``, ``system`` or ``operator``."""

    name: str
    surface: Surface
    provider_id: str | None = None
    slack_user: str | None = None
    coordinator: bool = False


SYSTEM = Actor("system", Surface.JOB)
CLIENT = Actor("client", Surface.FORM)
#: The person at the command line, who has the machine and so the database: as trusted as a coordinator.
OPERATOR = Actor("operator", Surface.IMPORT, coordinator=True)
