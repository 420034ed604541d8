"""Drains the outbox: claim with a lease, send outside any transaction, record what became of it.

A lease that runs out means that a worker died while sending: the delivery is then unknown, and settled by looking
(Slack), by the same Message-ID once more (mail), or not at all (SMS, which is never sent twice). An attempt is cut
off before its lease ends, and a failure counts only while the row is still that attempt's.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from referrals.letters import Letter, Void, compose
from referrals.notices import ANSWERS, Template
from referrals.outbox import need_attention, notify_client
from referrals.tx import Tx
from store.tables import Delivery, Offer, Provider, Referral
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from .contained import contained, note_fault
from .deps import JobDeps
from .errors import TOO_LONG, DeliveryError, FailureKind
from .notices import send_notice
from .sms import OPTED_OUT

log = logging.getLogger(__name__)

_LEASE = timedelta(seconds=75)
_MAIL_LEASE = timedelta(seconds=180)  # jobs.mail.Mailer may take 142 s
#: Between the end of an attempt and the end of its lease, for recording what became of it.
_TO_RECORD = timedelta(seconds=15)
_BATCH = 20
#: Seconds after which a job leaves the rest to the next one: well within its time with one attempt on top.
_AT_MOST = 60
#: On the real clock, from the first attempt.
_GIVE_UP_AFTER = timedelta(days=3)
LEASE_LOST = "lease_lost"
_DONE = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SUPPRESSED})
CHANNEL = "channel"


async def drain(deps: JobDeps, practice_id: str) -> int:
    """Sends all that is due but what goes into the channel, which ``posts`` paces. Answers how many were taken."""
    taken, end = 0, time.monotonic() + _AT_MOST
    while not deps.stopping.is_set() and time.monotonic() < end:
        batch = await deps.desk.do(practice_id, claim, col(Delivery.recipient) != CHANNEL, _BATCH)
        if not batch:
            break
        taken += len(batch)
        await asyncio.gather(*(deliver(deps, practice_id, one) for one in batch))
    return taken


def claim(tx: Tx, which: ColumnElement[bool], limit: int) -> Sequence[Delivery]:
    """Takes the lease on due deliveries, oldest first. Rows another worker holds are passed over.

    An SMS whose lease ran out may have gone out: it is not handed out again, and the coordinators hear of it.
    """
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
            if _dark_sms(row):
                row.trouble = LEASE_LOST
                _alert(tx, row, LEASE_LOST)
        row.first_tried = row.first_tried or tx.real_now
    tx.session.flush()
    rows = [row for row in rows if not _dark_sms(row)]
    pending = [row.id for row in rows if row.state is DeliveryState.PENDING]
    # The rows in hand keep the state they were found in; the database says that they are being sent.
    tx.session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(pending))
        .values(state=DeliveryState.SENDING)
        .execution_options(synchronize_session=False)
    )
    for mail in (True, False):
        leased = [row.id for row in rows if (row.channel is DeliveryChannel.EMAIL) is mail]
        if leased:
            tx.session.execute(
                update(Delivery)
                .where(col(Delivery.id).in_(leased))
                .values(next_at=tx.real_now + (_MAIL_LEASE if mail else _LEASE), attempts=col(Delivery.attempts) + 1)
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
    """One delivery that this worker has claimed. Whatever goes wrong with it, the others have their turn."""
    with contained("deliver", delivery=delivery.id):
        attempt = delivery.attempts + 1  # the row in hand is as it was before this attempt
        try:
            letter = await _composed(deps, practice_id, delivery)
            if isinstance(letter, Void):
                await deps.desk.do(practice_id, suppressed, delivery.id, attempt, letter.reason)
                return
            reference = await _sent_in_time(deps, letter, delivery)
        except DeliveryError as error:
            level = logging.WARNING if error.retry_after is None else logging.INFO  # its turn has not come
            log.log(level, "not_delivered", extra={"delivery": delivery.id, "trouble": error.code, "kind": error.kind})
            wait = error.retry_after or deps.waits.after(attempt)
            await deps.desk.do(practice_id, failed, delivery.id, attempt, error.code, error.kind, wait)
        else:
            await deps.desk.do(practice_id, sent, delivery.id, reference)


async def _composed(deps: JobDeps, practice_id: str, delivery: Delivery) -> Letter | Void:
    """Raises DeliveryError: for now when the database or Slack does not answer, else for good. Nothing was sent."""
    try:
        address = None
        if delivery.template == Template.COORDINATOR_PHONE_MAIL:
            address = await deps.coordinator_email(delivery.recipient.partition(":")[2])
        return await deps.desk.ask(practice_id, compose, delivery, address)
    except DeliveryError:
        raise
    except (SQLAlchemyError, OSError) as error:
        note_fault("compose", error, delivery=delivery.id)
        raise DeliveryError("cannot_be_read", FailureKind.RETRY) from None
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault("compose", error, delivery=delivery.id)
        raise DeliveryError("cannot_be_written", FailureKind.PERMANENT) from None


async def _sent_in_time(deps: JobDeps, letter: Letter, delivery: Delivery) -> str | None:
    """Raises DeliveryError. What breaks in the middle of sending may have gone out."""
    lease = _MAIL_LEASE if delivery.channel is DeliveryChannel.EMAIL else _LEASE
    try:
        async with asyncio.timeout((lease - _TO_RECORD).total_seconds()):
            return await send_notice(deps, letter, delivery)
    except DeliveryError:
        raise
    except TimeoutError:
        raise DeliveryError(TOO_LONG, FailureKind.UNKNOWN) from None
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault("send", error, delivery=delivery.id)
        raise DeliveryError("unforeseen", FailureKind.UNKNOWN) from None


def sent(tx: Tx, delivery_id: str, reference: str | None) -> None:
    """Recorded, whosever the row is by now: it did go out. A client who now has a final word is answered."""
    delivery = tx.lock(Delivery, delivery_id)
    if delivery is None or delivery.state is DeliveryState.SENT:
        return
    delivery.state, delivery.reference = DeliveryState.SENT, reference
    delivery.sent_at, delivery.trouble = tx.now, None
    if delivery.template in ANSWERS:
        referral = tx.lock(Referral, delivery.referral_id)
        if referral is not None:
            referral.answered_at = referral.answered_at or tx.now


def suppressed(tx: Tx, delivery_id: str, attempt: int, reason: str) -> None:
    """No longer true, or nobody to send it to. Nothing was sent."""
    delivery = _of_attempt(tx, delivery_id, attempt)
    if delivery is not None:
        delivery.state, delivery.trouble = DeliveryState.SUPPRESSED, reason
        referral, offer = tx.get(Referral, delivery.referral_id), tx.get(Offer, delivery.offer_id)
        if reason == "not_mailable" and referral is not None and offer is not None:
            notify_client(tx, referral, offer, Template(delivery.template))  # opted out since: a phone task instead


def failed(tx: Tx, delivery_id: str, attempt: int, code: str, kind: FailureKind, wait: timedelta) -> None:
    """Retry after ``wait``, keep as unknown, or give up and tell the coordinators."""
    delivery = _of_attempt(tx, delivery_id, attempt)
    if delivery is None:
        return
    delivery.trouble = code
    if code == OPTED_OUT and (provider := tx.lock(Provider, delivery.recipient.partition(":")[2])):
        provider.sms_opted_out = True  # they answered STOP to the number, which Twilio honours and tells us now
        delivery.state = DeliveryState.SUPPRESSED
        return
    given_up = delivery.first_tried is not None and tx.real_now - delivery.first_tried >= _GIVE_UP_AFTER
    delivery.next_at = tx.real_now + wait
    in_the_dark = delivery.state is DeliveryState.UNKNOWN  # since an earlier attempt
    if kind is FailureKind.RETRY and not given_up:
        # What may have gone out stays unknown, or the next attempt would send it without looking.
        delivery.state = DeliveryState.UNKNOWN if in_the_dark else DeliveryState.PENDING
    elif kind is FailureKind.UNKNOWN and _may_be_settled(delivery, given_up=given_up):
        delivery.state = DeliveryState.UNKNOWN
    else:  # a mail in the dark was sent once more with the same Message-ID, and that is all (PLATFORM.md)
        delivery.state = DeliveryState.FAILED
    if delivery.state is DeliveryState.FAILED or _dark_sms(delivery):
        _alert(tx, delivery, code)


def _of_attempt(tx: Tx, delivery_id: str, attempt: int) -> Delivery | None:
    """None when the row is done, or somebody else's since this attempt's lease ran out."""
    delivery = tx.lock(Delivery, delivery_id)
    return delivery if delivery and delivery.attempts == attempt and delivery.state not in _DONE else None


def _may_be_settled(delivery: Delivery, *, given_up: bool) -> bool:
    """Whether another attempt may still tell what became of it; an SMS stays in the dark, and is not tried again."""
    if delivery.channel is DeliveryChannel.SMS:
        return True
    again = delivery.channel is DeliveryChannel.EMAIL and delivery.state is DeliveryState.UNKNOWN
    return not (given_up or again)


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
