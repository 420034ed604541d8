"""How a delivery to the outside world can fail. Carries codes only: never an address, a text or a server's words."""

from datetime import timedelta
from enum import StrEnum


class FailureKind(StrEnum):
    """What may be done next. PLATFORM.md, "Email and SMS" and fault 10."""

    RETRY = "retry"  # certainly not delivered; try again later
    PERMANENT = "permanent"  # certainly not delivered, and it never will be like this
    UNKNOWN = "unknown"  # it may have been delivered; a blind repeat could send it twice


TOO_LONG = "took_too_long"


class DeliveryError(Exception):
    """``code`` is safe to store and to log, e.g. ``smtp_451``; ``retry_after`` is what the other side asks for.

    ``about``: of a reply, the ts of the message that it answers to.
    """

    def __init__(
        self, code: str, kind: FailureKind, retry_after: timedelta | None = None, about: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.kind = kind
        self.retry_after = retry_after
        self.about = about
