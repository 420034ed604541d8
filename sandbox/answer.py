"""What a person got for what they did. A value; made by `interactions.py`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.views import View
from sandbox.workspace import Message


@dataclass(slots=True)
class Answer:
    """`elapsed` in seconds; `error` is Slack's word for a failed delivery, or `incomplete` for a form kept here.

    `ephemerals` and `view` are what appeared by the time the app had answered; `errors` are a form's, by block_id.
    """

    ok: bool
    status: int = 0
    elapsed: float = 0.0
    error: str | None = None
    ephemerals: list[Message] = field(default_factory=list)
    view: View | None = None
    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False

    @property
    def text(self) -> str:
        """All text the person was shown privately, for assertions."""
        return "\n".join(message.all_text for message in self.ephemerals)
