"""What a notice says, before it becomes blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement


@dataclass(frozen=True, slots=True)
class Words:
    """Escaped mrkdwn. ``lead`` says what matters and is enough for a notification; ``rest`` says what to do."""

    lead: str
    rest: Sequence[str] = ()
    small: Sequence[str] = ()
    buttons: Sequence[ButtonElement] = ()
