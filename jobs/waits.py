"""How long a failed delivery waits before it is tried again, on the real clock. The values are here; the rules not."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Waits:
    """``notice``: after the first, second … attempt, the last one again and again. Tests hand in shorter ones.

    ``blocked_card``: what keeps a card from being shown may go away: keep looking, seldom.
    ``probe``: between one careful try and the next while Slack keeps the desk out, or out of its channel.
    ``for_card``: what links to a card, or replies to one, waits until the card is posted.
    """

    notice: tuple[timedelta, ...] = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900))
    card: timedelta = timedelta(seconds=5)
    blocked_card: timedelta = timedelta(minutes=10)
    probe: timedelta = timedelta(minutes=1)
    for_card: timedelta = timedelta(seconds=2)

    @property
    def between_probes(self) -> timedelta:
        """What is refused is due again by the next probe, which needs something to try."""
        return self.probe / 2

    def after(self, attempts: int) -> timedelta:
        """``attempts``: how often a notice has been tried, 1 or more."""
        return self.notice[min(attempts, len(self.notice)) - 1]
