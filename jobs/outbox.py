"""Drains the outbox: claim with a lease, send outside any transaction, record what became of it.

A lease that runs out means that a worker died while sending: the delivery is then unknown, and settled by looking
(Slack), by the same Message-ID once more (mail), or not at all (SMS, which is never sent twice).
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, select

from referrals.letters import Letter, Void, compose
from referrals.notices import ANSWERS, Template
from referrals.outbox import need_attention, notify_client
from referrals.tx import Tx
from store.tables import Delivery, Offer, Provider, Referral
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from .deps import JobDeps
from .errors import DeliveryError, FailureKind
from .notices import send_notice
from .sms import OPTED_OUT

log = logging.getLogger(__name__)

_LEASE = timedelta(seconds=60)
_BATCH = 20
_GIVE_UP_AFTER = timedelta(days=3)
CHANNEL = "channel"


async def drain(deps: JobDeps, practice_id: str) -> int:
    """Sends all that is due but what goes into the channel, which ``posts`` paces. Answers how many were taken."""
    taken = 0
    while batch := await deps.desk.do(practice_id, claim, col(Delivery.recipient) != CHANNEL, _BATCH):
        taken += len(batch)
        await asyncio.gather(*(deliver(deps, practice_id, one) for one in batch))
    return taken


def claim(tx: Tx, which: ColumnElement[bool], limit: int) -> Sequence[Delivery]:
    """Takes the lease on due deliveries, oldest first. Rows another worker holds are passed over."""
    due = (
        select(Delivery.id)
        .where(
            Delivery.practice_id == tx.practice_id,
            col(Delivery.next_at) <= tx.real_now,
            undone(),
            which,
        )
        .order_by(col(Delivery.created_at), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.session.exec(due))
    if not ids:
        return []
    rows = tx.session.exec(
        select(Delivery).where(col(Delivery.id).in_(ids)).order_by(col(Delivery.created_at), col(Delivery.id))
    ).all()
    for row in rows:
        if row.state is DeliveryState.SENDING:
            row.state = DeliveryState.UNKNOWN  # its lease ran out
    tx.session.flush()
    pending = [row.id for row in rows if row.state is DeliveryState.PENDING]
    # The rows in hand keep the state they were found in; the database says that they are being sent.
    tx.session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(pending))
        .values(state=DeliveryState.SENDING)
        .execution_options(synchronize_session=False)
    )
    tx.session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids))
        .values(next_at=tx.real_now + _LEASE, attempts=col(Delivery.attempts) + 1)
        .execution_options(synchronize_session=False)
    )
    return rows


def undone() -> ColumnElement[bool]:
    """Still to be done. An SMS that may have gone out is done: it is never sent twice."""
    return or_(
        col(Delivery.state).in_([DeliveryState.PENDING, DeliveryState.SENDING]),
        (col(Delivery.state) == DeliveryState.UNKNOWN) & (col(Delivery.channel) != DeliveryChannel.SMS),
    )


async def deliver(deps: JobDeps, practice_id: str, delivery: Delivery) -> None:
    """One delivery that this worker has claimed."""
    letter = await _composed(deps, practice_id, delivery)
    if isinstance(letter, Void):
        await deps.desk.do(practice_id, suppressed, delivery.id, letter.reason)
        return
    try:
        reference = await send_notice(deps, letter, delivery)
    except DeliveryError as error:
        level = logging.WARNING if error.retry_after is None else logging.INFO  # its turn has not come
        log.log(level, "not_delivered", extra={"delivery": delivery.id, "trouble": error.code, "kind": error.kind})
        tried = delivery.attempts + 1  # the row in hand is as it was before this attempt
        wait = error.retry_after or deps.waits.after(tried)
        await deps.desk.do(practice_id, failed, delivery.id, error.code, error.kind, wait)
    else:
        await deps.desk.do(practice_id, sent, delivery.id, reference)


async def _composed(deps: JobDeps, practice_id: str, delivery: Delivery) -> Letter | Void:
    address = None
    if delivery.template == Template.COORDINATOR_PHONE_MAIL:
        address = await deps.coordinator_email(delivery.recipient.partition(":")[2])
    return await deps.desk.ask(practice_id, compose, delivery, address)


def sent(tx: Tx, delivery_id: str, reference: str | None) -> None:
    """Recorded; a client who now has a final word is answered."""
    delivery = tx.get(Delivery, delivery_id)
    if delivery is None:
        return
    delivery.state, delivery.reference = DeliveryState.SENT, reference
    delivery.sent_at, delivery.trouble = tx.now, None
    if delivery.template in ANSWERS:
        referral = tx.lock(Referral, delivery.referral_id)
        if referral is not None:
            referral.answered_at = referral.answered_at or tx.now


def suppressed(tx: Tx, delivery_id: str, reason: str) -> None:
    """No longer true, or nobody to send it to. Nothing was sent."""
    delivery = tx.get(Delivery, delivery_id)
    if delivery is not None:
        delivery.state, delivery.trouble = DeliveryState.SUPPRESSED, reason
        referral, offer = tx.get(Referral, delivery.referral_id), tx.get(Offer, delivery.offer_id)
        if reason == "not_mailable" and referral is not None and offer is not None:
            notify_client(tx, referral, offer, Template(delivery.template))  # opted out since: a phone task instead


def failed(tx: Tx, delivery_id: str, code: str, kind: FailureKind, wait: timedelta) -> None:
    """Retry after ``wait``, keep as unknown, or give up and tell the coordinators."""
    delivery = tx.get(Delivery, delivery_id)
    if delivery is None:
        return
    delivery.trouble = code
    if code == OPTED_OUT and (provider := tx.lock(Provider, delivery.recipient.partition(":")[2])):
        provider.sms_opted_out = True  # they answered STOP to the number, which Twilio honours and tells us now
        delivery.state = DeliveryState.SUPPRESSED
        return
    waited = tx.now - delivery.created_at
    delivery.next_at = tx.real_now + wait
    in_the_dark = delivery.state is DeliveryState.UNKNOWN  # since an earlier attempt
    if kind is FailureKind.RETRY and waited < _GIVE_UP_AFTER:
        # What may have gone out stays unknown, or the next attempt would send it without looking.
        delivery.state = DeliveryState.UNKNOWN if in_the_dark else DeliveryState.PENDING
    elif kind is FailureKind.UNKNOWN and not (in_the_dark and delivery.channel is DeliveryChannel.EMAIL):
        delivery.state = DeliveryState.UNKNOWN
    else:  # a mail in the dark was sent once more with the same Message-ID, and that is all (PLATFORM.md)
        delivery.state = DeliveryState.FAILED
    if delivery.state is DeliveryState.FAILED or _dark_sms(delivery):
        _alert(tx, delivery, code)


def _dark_sms(delivery: Delivery) -> bool:
    return delivery.channel is DeliveryChannel.SMS and delivery.state is DeliveryState.UNKNOWN


def _alert(tx: Tx, delivery: Delivery, code: str) -> None:
    referral, offer = tx.get(Referral, delivery.referral_id), tx.get(Offer, delivery.offer_id)
    if referral is None or delivery.recipient.startswith("slack:"):
        log.error("coordinator_not_reached", extra={"delivery": delivery.id, "trouble": code})
        return
    if delivery.recipient.startswith("client:") and offer is not None:
        need_attention(tx, referral, offer, AttentionKind.PHONE_TASK, detail=delivery.template)
    else:
        need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, detail=f"{delivery.template}:{code}")
