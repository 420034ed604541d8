"""Keeps every card in the channel showing what is: posts it once, then redraws it whenever its version has moved on."""

import logging
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from blocks.card import referral_card
from referrals.outbox import need_attention
from referrals.tx import Tx, WakeKind
from referrals.views.card import CardView, card
from store.tables import Delivery, Offer, Referral
from store.vocabulary import AttentionKind, DeliveryState, Status

from .deps import JobDeps
from .errors import DeliveryError, FailureKind
from .notices import NO_CARD_YET
from .slack import METADATA_CARD

log = logging.getLogger(__name__)

_LEASE = timedelta(seconds=30)


async def redraw(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """Brings a posted card up to date, again and again until nothing has changed meanwhile."""
    while await deps.desk.do(practice_id, claim, offer_id, posted=True):
        view = await deps.desk.ask(practice_id, card, offer_id)
        if view is None or view.channel is None or view.ts is None:
            return
        try:
            await deps.slack.update(view.channel, view.ts, referral_card(view))
        except DeliveryError as error:
            await _failed(deps, practice_id, view, error)
            return
        if not await deps.desk.do(practice_id, shown, offer_id, view.version):
            return


async def post(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """Posts a new card, unless an earlier attempt that ended in the dark turns out to have posted it."""
    attempts = await deps.desk.do(practice_id, claim, offer_id, posted=False)
    view = await deps.desk.ask(practice_id, card, offer_id) if attempts else None
    if view is None:
        return
    if view.superseded or view.status is Status.CLOSED:
        await deps.desk.do(practice_id, shown, offer_id, view.version)  # it ended before anybody could see it
        return
    practice = await deps.desk.ask(practice_id, Tx.practice)
    channel = practice.channel_id
    try:
        ts = await _found(deps, channel, view) if attempts > 1 else None
        if ts is None:
            channel, ts = await deps.slack.post(channel, referral_card(view))
        link = await _link(deps, channel, ts)
    except DeliveryError as error:
        await _failed(deps, practice_id, view, error)
        return
    await deps.desk.do(practice_id, posted, offer_id, channel, ts, link, view.version)


def claim(tx: Tx, offer_id: str, *, posted: bool) -> int:
    """Takes the lease on a card that is due; answers how often it has been tried, this time included, or 0.

    One conditional UPDATE, so that of many workers one gets it. Leases run on the real clock.
    """
    has_ts = col(Offer.card_ts).is_not(None) if posted else col(Offer.card_ts).is_(None)
    claimed = tx.session.execute(
        update(Offer)
        .where(
            col(Offer.id) == offer_id,
            col(Offer.practice_id) == tx.practice_id,
            col(Offer.card_version) > col(Offer.shown_version),
            col(Offer.card_next_at) <= tx.real_now,
            has_ts,
        )
        .values(card_next_at=tx.real_now + _LEASE, card_attempts=col(Offer.card_attempts) + 1)
        .returning(col(Offer.card_attempts))
    ).scalar()
    return claimed or 0


def shown(tx: Tx, offer_id: str, version: int) -> bool:
    """Records what has been drawn; answers whether it is out of date already."""
    offer = tx.lock(Offer, offer_id)
    if offer is None:
        return False
    offer.shown_version, offer.card_attempts, offer.card_trouble = version, 0, None
    offer.card_next_at = tx.real_now
    return offer.card_version > version


def posted(tx: Tx, offer_id: str, channel: str, ts: str, link: str | None, version: int) -> None:
    """Records the new card; the cards of earlier rounds can now point to it."""
    offer = tx.lock(Offer, offer_id)
    if offer is None:
        return
    offer.card_channel, offer.card_ts, offer.card_link = channel, ts, link
    if shown(tx, offer_id, version):
        tx.wake(WakeKind.CARD, offer_id)
    _send_what_waited(tx, offer_id)
    earlier = select(Offer).where(
        Offer.referral_id == offer.referral_id, Offer.round < offer.round, col(Offer.card_ts).is_not(None)
    )
    for old in tx.session.exec(earlier):
        old.card_version += 1
        old.card_next_at = tx.real_now
        tx.wake(WakeKind.CARD, old.id)


def _send_what_waited(tx: Tx, offer_id: str) -> None:
    """Mails that link to the card and replies to it need wait no longer."""
    waiting = update(Delivery).where(
        col(Delivery.offer_id) == offer_id,
        col(Delivery.state) == DeliveryState.PENDING,
        col(Delivery.trouble) == NO_CARD_YET,
    )
    if tx.session.execute(waiting.values(next_at=tx.real_now)).rowcount:  # type: ignore[attr-defined]
        tx.wake(WakeKind.DELIVERY, offer_id)


async def _found(deps: JobDeps, channel: str, view: CardView) -> str | None:
    oldest = deps.desk.clock.real() - timedelta(days=3)
    return await deps.slack.find_posted(channel, METADATA_CARD, "offer_id", view.offer_id, oldest=oldest.timestamp())


async def _link(deps: JobDeps, channel: str, ts: str) -> str | None:
    try:
        return await deps.slack.permalink(channel, ts)
    except DeliveryError:
        return None  # a nicety: the card is posted, and that is what has to be remembered


async def _failed(deps: JobDeps, practice_id: str, view: CardView, error: DeliveryError) -> None:
    log.warning("card_not_shown", extra={"offer": view.offer_id, "trouble": error.code, "kind": error.kind})
    wait = error.retry_after or deps.waits.card
    await deps.desk.do(practice_id, note_failure, view.offer_id, error.code, error.kind, wait, deps.waits.blocked_card)


def note_failure(tx: Tx, offer_id: str, code: str, kind: FailureKind, wait: timedelta, blocked_wait: timedelta) -> None:
    """Says when to try again. A card that somebody deleted is posted anew; one that cannot be shown alerts, once."""
    offer = tx.lock(Offer, offer_id)
    referral = tx.get(Referral, offer.referral_id) if offer else None
    if offer is None or referral is None:
        return
    if kind is FailureKind.RETRY:
        offer.card_attempts -= 1  # certainly not posted, so nothing to look for next time
        offer.card_next_at = tx.real_now + wait
    elif kind is FailureKind.UNKNOWN:
        offer.card_next_at = tx.real_now + wait
    elif code == "message_not_found":
        offer.card_ts = offer.card_link = None
        offer.card_attempts, offer.card_next_at = 0, tx.real_now
        if offer.id != referral.offer_id:
            offer.shown_version = offer.card_version  # an old card that is gone is as good as shrunk
    else:
        offer.card_attempts = 0
        offer.card_next_at = tx.real_now + blocked_wait
        if offer.card_trouble is None:
            need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, detail=f"card:{code}")
        offer.card_trouble = code
