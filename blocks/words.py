"""What a notice says, before it becomes blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement

from .message import Block


@dataclass(frozen=True, slots=True)
class Words:
    """Escaped mrkdwn. ``lead`` says what matters and is enough for a notification; ``rest`` says what to do."""

    lead: str
    rest: Sequence[str] = ()
    below: Sequence[Block] = ()  # what cannot be said in text
    small: Sequence[str] = ()
    buttons: Sequence[ButtonElement] = ()
