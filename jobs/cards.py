"""Keeps every card in the channel showing what is: posts it once, then redraws it whenever its version has moved on."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, update
from sqlmodel import col

from blocks.card import referral_card
from blocks.ids import CARD_EVENT
from blocks.message import Message
from referrals import slack_trouble
from referrals.slack_trouble import Scope
from referrals.tx import Tx
from referrals.views.card import CardView, card
from store.columns import UtcDateTime
from store.tables import Offer
from store.vocabulary import OfferOutcome, Status

from . import acceptor_dms
from .card_records import Claim, linked, not_linked, note_failure, posted, refused, shown
from .contained import note_fault
from .deps import JobDeps
from .errors import TOO_LONG, DeliveryError, FailureKind
from .notices import LOOK_BACK

log = logging.getLogger(__name__)

#: One call of at most 20 s.
_REDRAW_LEASE = timedelta(seconds=35)
#: A turn in the channel, a look back, and a call.
_POST_LEASE = timedelta(seconds=90)
#: Between the end of an attempt and the end of its lease, for recording what became of it.
_TO_RECORD = timedelta(seconds=10)


async def redraw(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """Brings a posted card up to date, again and again until nothing has changed meanwhile."""
    while mine := await deps.desk.do(practice_id, claim, offer_id, posted=True):
        view = await deps.desk.ask(practice_id, card, offer_id)
        if view is None or view.channel is None or view.ts is None:
            return
        link = None
        try:
            async with _in_time(_REDRAW_LEASE):
                await deps.slack.update(view.channel, view.ts, _drawn(view))
                if view.link is None and not view.superseded:
                    link = await _link(deps, view.channel, view.ts)
        except DeliveryError as error:
            await _failed(deps, practice_id, offer_id, mine, error)
            if error.kind is FailureKind.PERMANENT:
                await _tell_acceptor(deps, practice_id, view)
            return
        await _tell_acceptor(deps, practice_id, view)
        if not await deps.desk.do(practice_id, shown, offer_id, mine, view.version, link):
            return


async def post(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    """Posts a new card, unless an earlier attempt that ended in the dark turns out to have posted it."""
    mine = await deps.desk.do(practice_id, claim, offer_id, posted=False)
    view = await deps.desk.ask(practice_id, card, offer_id) if mine else None
    if view is None or mine is None:
        return
    over = view.superseded or view.status is Status.CLOSED
    if over and mine.attempts == 1:
        await deps.desk.do(practice_id, shown, offer_id, mine, view.version)  # it ended before anybody could see it
        return
    practice = await deps.desk.ask(practice_id, Tx.practice)
    try:
        async with _in_time(_POST_LEASE):
            # Also when it is over: a card that was posted in the dark must not stand there open for ever.
            there = await _found(deps, practice.channel_id, view, mine) if mine.attempts > 1 else None
            version = 0 if there else view.version  # one that was found shows what was true when it was posted
            if there is None and not over:
                there = await deps.slack.post(practice.channel_id, _drawn(view))
    except DeliveryError as error:
        await _failed(deps, practice_id, offer_id, mine, error)
        return
    if there is None:
        await deps.desk.do(practice_id, shown, offer_id, mine, view.version)
        return
    channel, ts = there
    await deps.desk.do(practice_id, posted, offer_id, mine, channel, ts, version)
    await _tell_acceptor(deps, practice_id, view)
    try:
        link = await _link(deps, channel, ts)
    except DeliveryError as error:
        log.warning("card_not_linked", extra={"offer": offer_id, "trouble": error.code})
        await deps.desk.do(practice_id, not_linked, offer_id, ts, error.retry_after or deps.waits.card)
    else:
        await deps.desk.do(practice_id, linked, offer_id, ts, link, version)


async def _tell_acceptor(deps: JobDeps, practice_id: str, view: CardView) -> None:
    """Their direct message shows what the card shows; before anybody has accepted there is none."""
    if view.outcome is OfferOutcome.ACCEPTED:
        await acceptor_dms.redraw(deps, practice_id, view.offer_id)


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
            card_channel=col(Offer.card_channel) if posted else _first_tried_in(tx.practice().channel_id),
        )
        .returning(
            col(Offer.card_lease_until), col(Offer.card_attempts), col(Offer.card_first_tried), col(Offer.card_channel)
        )
        .execution_options(synchronize_session=False)
    ).first()
    return Claim(*claimed) if claimed else None


@asynccontextmanager
async def _in_time(lease: timedelta) -> AsyncIterator[None]:
    """Cuts an attempt off before its lease ends. Raises DeliveryError: it may have been done all the same."""
    try:
        async with asyncio.timeout((lease - _TO_RECORD).total_seconds()):
            yield
    except TimeoutError:
        raise DeliveryError(TOO_LONG, FailureKind.UNKNOWN) from None


def _first_tried_in(channel: str) -> ColumnElement[str | None]:
    """Of a new card: a coordinator may choose another channel before it is certain that it stands in this one."""
    return case((col(Offer.card_attempts) == 0, channel), else_=func.coalesce(col(Offer.card_channel), channel))


async def _found(deps: JobDeps, channel: str, view: CardView, mine: Claim) -> tuple[str, str] | None:
    """Where it was posted in the dark: in the channel of now, or in the one in which it was tried first."""
    oldest = (mine.first_tried - LOOK_BACK).timestamp()
    for where in dict.fromkeys([mine.channel or channel, channel]):
        try:
            ts = await deps.slack.find_posted(where, CARD_EVENT, "offer_id", view.offer_id, oldest=oldest)
        except DeliveryError as error:
            if where == channel or slack_trouble.scope_of(error.code) is not Scope.CHANNEL:
                raise
            continue  # the desk was put out of there: what may stand in it can be neither read nor changed
        if ts:
            return where, ts
    return None


async def _link(deps: JobDeps, channel: str, ts: str) -> str:
    """Raises DeliveryError, to try again: the card itself is there."""
    try:
        return await deps.slack.permalink(channel, ts)
    except DeliveryError as error:
        later = None if error.kind is FailureKind.RETRY else deps.waits.blocked_card
        raise DeliveryError(error.code, FailureKind.RETRY, retry_after=error.retry_after or later) from None


def _drawn(view: CardView) -> Message:
    """Before anything is sent, so that a fault in drawing it leaves nothing in the dark. Raises DeliveryError."""
    try:
        return referral_card(view)
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault("card", error, offer=view.offer_id)
        raise DeliveryError("cannot_be_drawn", FailureKind.PERMANENT) from None


async def _failed(deps: JobDeps, practice_id: str, offer_id: str, mine: Claim, error: DeliveryError) -> None:
    log.warning("card_not_shown", extra={"offer": offer_id, "trouble": error.code, "kind": error.kind})
    waits, scope = deps.waits, slack_trouble.scope_of(error.code)
    if scope is not None:
        waits_too = await deps.desk.do(practice_id, refused, offer_id, mine, error.code, scope, waits.between_probes)
        if waits_too:
            return
    wait, blocked = error.retry_after or waits.card, waits.blocked_card
    await deps.desk.do(practice_id, note_failure, offer_id, mine, error.code, error.kind, wait, blocked)
