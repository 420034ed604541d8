"""Keeps every card in the channel showing what is: posts it once, then redraws it whenever its version has moved on."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import col, select

from blocks.card import referral_card
from blocks.ids import CARD_EVENT
from referrals.outbox import need_attention
from referrals.tx import Tx, WakeKind
from referrals.views.card import CardView, card
from store.columns import UtcDateTime
from store.tables import Delivery, Offer, Referral
from store.vocabulary import AttentionKind, DeliveryState, Status

from .deps import JobDeps
from .errors import TOO_LONG, DeliveryError, FailureKind
from .notices import LOOK_BACK, NO_CARD_YET

log = logging.getLogger(__name__)

#: One call of at most 20 s.
_REDRAW_LEASE = timedelta(seconds=35)
#: A turn in the channel, a look back, and a call.
_POST_LEASE = timedelta(seconds=90)
#: Between the end of an attempt and the end of its lease, for recording what became of it.
_TO_RECORD = timedelta(seconds=10)
#: On the real clock: a card whose fate stays unknown for that long alerts; it is still looked after, but seldom.
_ALERT_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Claim:
    """``until`` ends the lease, and tells its results from those of a lease that was lost. Real clock."""

    until: datetime
    attempts: int  # this one included
    first_tried: datetime


async def redraw(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """Brings a posted card up to date, again and again until nothing has changed meanwhile."""
    while mine := await deps.desk.do(practice_id, claim, offer_id, posted=True):
        view = await deps.desk.ask(practice_id, card, offer_id)
        if view is None or view.channel is None or view.ts is None:
            return
        try:
            async with _in_time(_REDRAW_LEASE):
                await deps.slack.update(view.channel, view.ts, referral_card(view))
        except DeliveryError as error:
            await _failed(deps, practice_id, view, mine, error)
            return
        if not await deps.desk.do(practice_id, shown, offer_id, mine, view.version):
            return


async def post(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """Posts a new card, unless an earlier attempt that ended in the dark turns out to have posted it."""
    mine = await deps.desk.do(practice_id, claim, offer_id, posted=False)
    view = await deps.desk.ask(practice_id, card, offer_id) if mine else None
    if view is None or mine is None:
        return
    if view.superseded or view.status is Status.CLOSED:
        await deps.desk.do(practice_id, shown, offer_id, mine, view.version)  # it ended before anybody could see it
        return
    practice = await deps.desk.ask(practice_id, Tx.practice)
    channel = practice.channel_id
    try:
        async with _in_time(_POST_LEASE):
            ts = await _found(deps, channel, view, mine) if mine.attempts > 1 else None
            if ts is None:
                channel, ts = await deps.slack.post(channel, referral_card(view))
    except DeliveryError as error:
        await _failed(deps, practice_id, view, mine, error)
        return
    await deps.desk.do(practice_id, posted, offer_id, mine, channel, ts, view.version)
    if link := await _link(deps, channel, ts):
        await deps.desk.do(practice_id, linked, offer_id, ts, link)


def due(real_now: datetime, *, posted: bool) -> tuple[ColumnElement[bool], ...]:
    """Cards that show what no longer is, and that nobody is at."""
    return (
        col(Offer.card_version) > col(Offer.shown_version),
        col(Offer.card_next_at) <= real_now,
        or_(col(Offer.card_lease_until).is_(None), col(Offer.card_lease_until) <= real_now),
        col(Offer.card_ts).is_not(None) if posted else col(Offer.card_ts).is_(None),
    )


def claim(tx: Tx, offer_id: str, *, posted: bool) -> Claim | None:
    """Takes the lease on a card that is due; None when it is not, or somebody else's.

    One conditional UPDATE, so that of many workers one gets it. The lease is apart from when the card is due: what
    changes on the referral meanwhile makes it due again, and must not hand it to a second worker.
    """
    claimed = tx.session.execute(
        update(Offer)
        .where(
            col(Offer.id) == offer_id,
            col(Offer.practice_id) == tx.practice_id,
            *due(tx.real_now, posted=posted),
        )
        .values(
            card_lease_until=tx.real_now + (_REDRAW_LEASE if posted else _POST_LEASE),
            card_first_tried=func.coalesce(col(Offer.card_first_tried), tx.real_now, type_=UtcDateTime()),
            card_attempts=col(Offer.card_attempts) + 1,
        )
        .returning(col(Offer.card_lease_until), col(Offer.card_attempts), col(Offer.card_first_tried))
        .execution_options(synchronize_session=False)
    ).first()
    return Claim(*claimed) if claimed else None


def shown(tx: Tx, offer_id: str, mine: Claim, version: int) -> bool:
    """Records what has been drawn; answers whether it is out of date already, and still this worker's to redraw."""
    offer = _leased(tx, offer_id, mine)
    if offer is None:
        return False
    _note_shown(tx, offer, version)
    return offer.card_version > version


def posted(tx: Tx, offer_id: str, mine: Claim, channel: str, ts: str, version: int) -> None:
    """Records the new card, even where the lease was lost meanwhile: whoever has it will look, and must find this."""
    offer = tx.lock(Offer, offer_id)
    if offer is None or offer.card_ts is not None:
        return
    offer.card_channel, offer.card_ts, offer.card_link = channel, ts, None
    _note_shown(tx, offer, version)
    if offer.card_version > version:
        tx.wake(WakeKind.CARD, offer_id)
    _send_what_waited(tx, offer_id)


def linked(tx: Tx, offer_id: str, ts: str, link: str) -> None:
    """Records the card's address; the cards of earlier rounds can now point to it."""
    offer = tx.lock(Offer, offer_id)
    if offer is None or offer.card_ts != ts:
        return
    offer.card_link = link
    _send_what_waited(tx, offer_id)
    earlier = select(Offer).where(
        Offer.referral_id == offer.referral_id, Offer.round < offer.round, col(Offer.card_ts).is_not(None)
    )
    for old in tx.session.exec(earlier):
        old.card_version += 1
        old.card_next_at = tx.real_now
        tx.wake(WakeKind.CARD, old.id)


def _leased(tx: Tx, offer_id: str, mine: Claim) -> Offer | None:
    """The offer, unless the lease ran out and somebody else has taken or settled it since."""
    offer = tx.lock(Offer, offer_id)
    return offer if offer is not None and offer.card_lease_until == mine.until else None


def _note_shown(tx: Tx, offer: Offer, version: int) -> None:
    offer.shown_version, offer.card_attempts, offer.card_trouble = version, 0, None
    offer.card_next_at, offer.card_lease_until, offer.card_first_tried = tx.real_now, None, None


def _send_what_waited(tx: Tx, offer_id: str) -> None:
    """Mails that link to the card and replies to it need wait no longer."""
    waiting = update(Delivery).where(
        col(Delivery.offer_id) == offer_id,
        col(Delivery.state) == DeliveryState.PENDING,
        col(Delivery.trouble) == NO_CARD_YET,
    )
    if tx.session.execute(waiting.values(next_at=tx.real_now)).rowcount:  # type: ignore[attr-defined]
        tx.wake(WakeKind.DELIVERY, offer_id)


@asynccontextmanager
async def _in_time(lease: timedelta) -> AsyncIterator[None]:
    """Cuts an attempt off before its lease ends. Raises DeliveryError: it may have been done all the same."""
    try:
        async with asyncio.timeout((lease - _TO_RECORD).total_seconds()):
            yield
    except TimeoutError:
        raise DeliveryError(TOO_LONG, FailureKind.UNKNOWN) from None


async def _found(deps: JobDeps, channel: str, view: CardView, mine: Claim) -> str | None:
    oldest = mine.first_tried - LOOK_BACK
    return await deps.slack.find_posted(channel, CARD_EVENT, "offer_id", view.offer_id, oldest=oldest.timestamp())


async def _link(deps: JobDeps, channel: str, ts: str) -> str | None:
    try:
        return await deps.slack.permalink(channel, ts)
    except DeliveryError:
        return None  # a nicety: the card is posted, and that is what has to be remembered


async def _failed(deps: JobDeps, practice_id: str, view: CardView, mine: Claim, error: DeliveryError) -> None:
    log.warning("card_not_shown", extra={"offer": view.offer_id, "trouble": error.code, "kind": error.kind})
    wait = error.retry_after or deps.waits.card
    blocked = deps.waits.blocked_card
    await deps.desk.do(practice_id, note_failure, view.offer_id, mine, error.code, error.kind, wait, blocked)


def note_failure(
    tx: Tx, offer_id: str, mine: Claim, code: str, kind: FailureKind, wait: timedelta, blocked_wait: timedelta
) -> None:
    """Says when to try again. A card that somebody deleted is posted anew; one that cannot be shown alerts, once."""
    offer = _leased(tx, offer_id, mine)
    referral = tx.get(Referral, offer.referral_id) if offer else None
    if offer is None or referral is None:
        return
    offer.card_lease_until = None
    if kind is FailureKind.UNKNOWN:
        offer.card_next_at = tx.real_now + wait
        if tx.real_now - mine.first_tried >= _ALERT_AFTER:
            _cannot_be_shown(tx, referral, offer, code, blocked_wait)
        return
    offer.card_attempts -= 1  # certainly not posted this time, so nothing to look for that was not there before
    if kind is FailureKind.RETRY:
        offer.card_next_at = tx.real_now + wait
    elif code == "message_not_found":
        offer.card_ts = offer.card_link = offer.card_first_tried = None
        offer.card_attempts, offer.card_next_at = 0, tx.real_now
        if offer.id != referral.offer_id:
            offer.shown_version = offer.card_version  # an old card that is gone is as good as shrunk
    else:
        _cannot_be_shown(tx, referral, offer, code, blocked_wait)


def _cannot_be_shown(tx: Tx, referral: Referral, offer: Offer, code: str, wait: timedelta) -> None:
    offer.card_next_at = tx.real_now + wait
    if offer.card_trouble is None:
        need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, detail=f"card:{code}")
    offer.card_trouble = code
