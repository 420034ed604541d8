"""What the desk has told people: the promises that it is held to at the end."""

from collections import Counter
from dataclasses import dataclass, field

from bench.canaries import Identity


@dataclass(frozen=True, slots=True)
class Promise:
    """``events``: any of these in the history keeps it. ``code``: the referral's; "" where it is about the person."""

    user: str
    events: tuple[str, ...]
    code: str


@dataclass
class Ledger:
    sent: dict[str, Identity] = field(default_factory=dict)  # code of the referral -> who asked for care
    promises: Counter[Promise] = field(default_factory=Counter)
    otherwise: int = 0  # clicks that were answered, and not with yes
    unanswered: int = 0  # clicks and forms that nobody answered: Slack or the browser said so
    slowest: float = 0.0  # seconds, of all answers

    def promised(self, user: str, code: str, *events: str) -> None:
        self.promises[Promise(user, events, code)] += 1
