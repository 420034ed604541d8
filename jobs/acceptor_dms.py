"""Brings the direct messages to whoever accepted a referral up to date, beside its card. What fails is let be.

Nothing here may hold up a card: a message that somebody deleted, or that Slack does not take now, is left as it is
until the referral's state changes again.
"""

import asyncio
import logging

from blocks.message import Message
from blocks.notices import notice, over
from referrals.sent import Standing, standing

from .contained import contained
from .deps import JobDeps
from .errors import DeliveryError

log = logging.getLogger(__name__)

#: Seconds, for all messages of one referral: less than a card's lease leaves (jobs/cards.py).
_LONGEST = 5
#: How often a message is written for one redraw: others may change what it shows meanwhile.
_REDRAWS = 3


async def redraw(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """What they say is read anew after each update: of two at once, the one that arrives last shows what is."""
    shown: dict[str, Message] = {}
    with contained("acceptor_dm", offer=offer_id):
        try:
            async with asyncio.timeout(_LONGEST):
                for _ in range(_REDRAWS):
                    found = await deps.desk.ask(practice_id, standing, offer_id)
                    drawn = {one.ts: (one, _drawn(one)) for one in found}
                    stale = [(one, message) for one, message in drawn.values() if shown.get(one.ts) != message]
                    if not stale:
                        return
                    for one, message in stale:
                        shown[one.ts] = message
                        await _update(deps, one, message)
        except TimeoutError:
            log.warning("acceptor_dm_not_redrawn", extra={"offer": offer_id, "trouble": "too_long"})


async def _update(deps: JobDeps, one: Standing, message: Message) -> None:
    try:
        await deps.slack.update(await deps.slack.open_dm(one.slack_user), one.ts, message)
    except DeliveryError as error:
        log.warning("acceptor_dm_not_redrawn", extra={"delivery": one.delivery_id, "trouble": error.code})


def _drawn(one: Standing) -> Message:
    if one.letter is not None:
        return notice(one.letter, one.delivery_id)
    return over(one.code, one.status, one.delivery_id, theirs=one.theirs)
