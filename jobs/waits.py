"""How long a failed delivery waits before it is tried again, on the real clock. The values are here; the rules not."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Waits:
    """``notice``: after the first, second … attempt, the last one again and again. Tests hand in shorter ones.

    ``blocked_card``: a channel that is archived or that the bot has left may come back: keep looking, seldom.
    ``for_card``: what links to a card, or replies to one, waits until the card is posted.
    """

    notice: tuple[timedelta, ...] = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900))
    card: timedelta = timedelta(seconds=5)
    blocked_card: timedelta = timedelta(minutes=10)
    for_card: timedelta = timedelta(seconds=2)

    def after(self, attempts: int) -> timedelta:
        """``attempts``: how often a notice has been tried, 1 or more."""
        return self.notice[min(attempts, len(self.notice)) - 1]
