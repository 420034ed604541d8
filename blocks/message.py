"""What a sender hands to chat.postMessage or chat.update."""

from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """``text`` is what mobile notifications and screen readers say: it carries what the blocks carry, shortly."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    metadata: dict[str, Any] | None = None

    def arguments(self) -> dict[str, Any]:
        """As the Web API takes them; ``parse`` and ``link_names`` stay at Slack's default, which parses nothing."""
        given: dict[str, Any] = {"text": self.text, "blocks": self.blocks}
        return given | {"metadata": self.metadata} if self.metadata else given
