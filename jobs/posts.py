"""What goes into the channel, at Slack's rate: new cards, and replies to posted ones."""

import time

from sqlmodel import col, select

from referrals import slack_trouble
from referrals.outbox import CHANNEL
from referrals.tx import Tx
from store.tables import Delivery, Offer

from . import cards, outbox
from .contained import contained
from .deps import JobDeps

#: Seconds: well within a job's time, because a job that is cut off in a post leaves it unknown.
_AT_MOST = 60


class ChannelPoster:
    """One loop a practice in this process; the pace is shared with the loops of others."""

    def __init__(self, deps: JobDeps) -> None:
        self._deps = deps
        self._running: set[str] = set()
        self._asked_again: set[str] = set()

    async def run(self, practice_id: str) -> None:
        """Posts until nothing is due, or for a minute; the sweep starts it again.

        A call while one runs only makes that one look again before it ends.
        """
        if practice_id in self._running:
            self._asked_again.add(practice_id)
            return
        self._running.add(practice_id)
        end = time.monotonic() + _AT_MOST
        try:
            more = True
            while more and time.monotonic() < end and not self._deps.stopping.is_set():
                self._asked_again.discard(practice_id)
                more = await self._step(practice_id) or practice_id in self._asked_again
        finally:
            self._running.discard(practice_id)

    async def _step(self, practice_id: str) -> bool:
        """A card and a reply by turns, so that a burst of new cards does not silence what happens on posted ones."""
        offer_id = await self._deps.desk.ask(practice_id, next_card)
        if offer_id is not None:
            await _posted_or_put_off(self._deps, practice_id, offer_id)
        in_channel = col(Delivery.recipient) == CHANNEL
        replies = await self._deps.desk.do(practice_id, outbox.claim, in_channel, 1)
        for reply in replies:
            await outbox.deliver(self._deps, practice_id, reply)
        return offer_id is not None or bool(replies)


async def _posted_or_put_off(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """A fault that nobody foresaw leaves the lease on its card, and so the others have their turn."""
    with contained("post_card", offer=offer_id):
        await cards.post(deps, practice_id, offer_id)


def next_card(tx: Tx, *, probing: bool = False) -> str | None:
    """The offer whose card has waited longest to be posted; none while Slack would refuse it.

    ``probing``: it is to be tried, to see whether that is still so.
    """
    if not (probing or slack_trouble.may_post(tx)):
        return None
    return tx.session.exec(
        select(Offer.id)
        .where(Offer.practice_id == tx.practice_id, *cards.due(tx.real_now, posted=False))
        .order_by(col(Offer.card_next_at))
        .limit(1)
    ).first()
