"""While Slack keeps the desk out, or out of its channel: one careful try now and then, which opens the way again.

Everything else waits meanwhile (``referrals/slack_trouble.py``). No event from Slack is needed for either.
"""

import logging

from sqlmodel import col

from referrals import slack_trouble
from referrals.outbox import CHANNEL
from referrals.slack_trouble import Scope
from referrals.tx import Tx
from store.tables import Delivery

from . import cards, outbox
from .deps import JobDeps
from .errors import DeliveryError
from .posts import next_card

log = logging.getLogger(__name__)


async def look_again(deps: JobDeps, practice_id: str) -> None:
    """Does nothing while all is well, or while it is not yet time, or another worker's turn."""
    code = await deps.desk.ask(practice_id, slack_trouble.current)
    if code is None or not await deps.slack.may_probe(practice_id, deps.waits.probe):
        return
    scope = slack_trouble.scope_of(code) or Scope.CHANNEL
    try:
        if scope is Scope.WORKSPACE:
            await deps.slack.check_token()
        elif await _try_one(deps, practice_id) or not await _is_open(deps, practice_id):
            return
    except DeliveryError as error:
        log.info("slack_still_refuses", extra={"practice": practice_id, "trouble": error.code})
        return
    await deps.desk.do(practice_id, slack_trouble.over, scope)


async def _try_one(deps: JobDeps, practice_id: str) -> bool:
    """Posts one of those that wait: nothing else tells for certain. Whether there was one; its success is noted."""
    if offer_id := await deps.desk.ask(practice_id, next_card, probing=True):
        await cards.post(deps, practice_id, offer_id)
        return True
    in_channel = col(Delivery.recipient) == CHANNEL
    replies = await deps.desk.do(practice_id, outbox.claim, in_channel, 1, probing=True)
    for reply in replies:
        await outbox.deliver(deps, practice_id, reply)
    return bool(replies)


async def _is_open(deps: JobDeps, practice_id: str) -> bool:
    """What Slack says of the channel, when there is nothing to try it with."""
    practice = await deps.desk.ask(practice_id, Tx.practice)
    return await deps.slack.is_open(practice.channel_id)
