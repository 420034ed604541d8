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

from sqlalchemy import ColumnElement, and_, true, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from referrals import slack_trouble
from referrals.by_link import WITH_LINK, compose_with_link
from referrals.composing import compose
from referrals.letters import AnyLetter, Letter, Void
from referrals.messages.templates import failing
from referrals.notices import Template
from referrals.outbox import CHANNEL
from referrals.tx import Tx
from store.tables import Delivery
from store.tables.delivery import MAY_BE_DUE
from store.vocabulary import DeliveryChannel, DeliveryState

from .contained import contained, note_fault
from .delivery_records import alert, dark_sms, failed, orphaned, refused, sent, suppressed
from .deps import JobDeps
from .errors import TOO_LONG, DeliveryError, FailureKind
from .mail.own_words import unfit
from .notices import send_notice, wait_for_card

log = logging.getLogger(__name__)

_LEASE = timedelta(seconds=75)
_MAIL_LEASE = timedelta(seconds=180)  # jobs.mail.Mailer may take 142 s
#: Between the end of an attempt and the end of its lease, for recording what became of it.
_TO_RECORD = timedelta(seconds=15)
_BATCH = 20
#: Seconds after which a job leaves the rest to the next one: well within its time with one attempt on top.
_AT_MOST = 60
LEASE_LOST = "lease_lost"
#: A mail in the dark that is sent once more, while it is: one that is found so later is not sent a third time.
_SENT_AGAIN = "sent_again"
#: A reply whose card somebody has deleted.
_NO_THREAD = frozenset({"thread_not_found", "message_not_found"})


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


def claim(tx: Tx, which: ColumnElement[bool], limit: int, *, probing: bool = False) -> Sequence[Delivery]:
    """Takes the lease on due deliveries, oldest first. Rows another worker holds are passed over.

    What Slack would refuse waits, unless it is taken to see whether that is still so (``probing``). An SMS whose lease
    ran out may have gone out: it is not handed out again, and the coordinators hear of it. Nor is a mail whose second
    sending ended so.
    """
    due = (
        select(Delivery.id)
        .where(
            Delivery.practice_id == tx.practice_id,
            col(Delivery.next_at) <= tx.real_now,
            undone(),
            which,
            true() if probing else slack_trouble.may_send(tx),
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
        if _lost_for_good(row):
            row.trouble = LEASE_LOST
            alert(tx, row, LEASE_LOST)
        row.first_tried = row.first_tried or tx.real_now
    tx.session.flush()
    rows = [row for row in rows if row.trouble != LEASE_LOST]
    _lease(tx, rows)
    return rows


def _lost_for_good(row: Delivery) -> bool:
    """Says what a lease that ran out means for the row; whether nothing more can be done about it."""
    if row.state is DeliveryState.SENDING:
        row.state = DeliveryState.UNKNOWN
    elif row.trouble == _SENT_AGAIN:
        row.state = DeliveryState.FAILED
        return True
    return dark_sms(row)


def _lease(tx: Tx, rows: Sequence[Delivery]) -> None:
    """The rows in hand keep the state they were found in; the database says that they are being sent."""
    pending = [row.id for row in rows if row.state is DeliveryState.PENDING]
    dark = [row.id for row in rows if _dark_mail(row)]
    _update(tx, pending, state=DeliveryState.SENDING)
    _update(tx, dark, trouble=_SENT_AGAIN)
    for mail in (True, False):
        leased = [row.id for row in rows if (row.channel is DeliveryChannel.EMAIL) is mail]
        until = tx.real_now + (_MAIL_LEASE if mail else _LEASE)
        _update(tx, leased, next_at=until, attempts=col(Delivery.attempts) + 1)


def _update(tx: Tx, ids: Sequence[str], **values: object) -> None:
    if ids:
        which = update(Delivery).where(col(Delivery.id).in_(ids))
        tx.session.execute(which.values(**values).execution_options(synchronize_session=False))


def _dark_mail(row: Delivery) -> bool:
    return row.channel is DeliveryChannel.EMAIL and row.state is DeliveryState.UNKNOWN


def undone() -> ColumnElement[bool]:
    """Still to be done. An SMS that may have gone out is done: it is never sent twice."""
    dark_sms = (col(Delivery.state) == DeliveryState.UNKNOWN) & (col(Delivery.channel) == DeliveryChannel.SMS)
    return and_(MAY_BE_DUE, ~dark_sms)


async def deliver(deps: JobDeps, practice_id: str, delivery: Delivery) -> None:
    """One delivery that this worker has claimed. Whatever goes wrong with it, the others have their turn."""
    with contained("deliver", delivery=delivery.id):
        attempt = delivery.attempts + 1  # the row in hand is as it was before this attempt
        end = asyncio.get_running_loop().time() + _in_time(delivery)
        to = None
        try:
            letter = await _composed(deps, practice_id, delivery, end)
            if isinstance(letter, Void):
                await deps.desk.do(practice_id, suppressed, delivery.id, attempt, letter.reason)
                return
            to = letter.address
            reference = await _sent_in_time(deps, letter, delivery, end)
        except DeliveryError as error:
            level = logging.WARNING if error.retry_after is None else logging.INFO  # its turn has not come
            log.log(level, "not_delivered", extra={"delivery": delivery.id, "trouble": error.code, "kind": error.kind})
            await _record_failure(deps, practice_id, delivery, attempt, error, to)
        else:
            await deps.desk.do(practice_id, sent, delivery.id, reference)
            if unfit(letter):  # ours went out in the place of the practice's own words
                await deps.desk.do(practice_id, failing, Template(delivery.template))


async def _record_failure(
    deps: JobDeps, practice_id: str, delivery: Delivery, attempt: int, error: DeliveryError, to: str | None
) -> None:
    """A turn that has not come yet is no failure: a wait that was asked for is not given up, however long it takes."""
    code, wait = error.code, error.retry_after or deps.waits.after(attempt)
    in_slack = delivery.channel is DeliveryChannel.SLACK
    if in_slack and (scope := slack_trouble.scope_of(code)):
        if await deps.desk.do(practice_id, refused, delivery.id, attempt, code, scope, deps.waits.between_probes):
            return
    elif in_slack and code in _NO_THREAD and delivery.recipient == CHANNEL:
        await deps.desk.do(practice_id, orphaned, delivery.id, attempt, error.about, wait)
        return
    asked = error.retry_after is not None
    await deps.desk.do(practice_id, failed, delivery.id, attempt, code, error.kind, wait, asked=asked, to=to)


async def _composed(deps: JobDeps, practice_id: str, delivery: Delivery, end: float) -> AnyLetter | Void:
    """Raises DeliveryError: for now when the database or Slack does not answer, else for good. Nothing was sent.

    A link is issued only once the mail that carries it is about to go.
    """
    try:
        async with asyncio.timeout_at(end):
            address = None
            if delivery.template == Template.COORDINATOR_PHONE_MAIL:
                address = await deps.coordinator_email(delivery.recipient.partition(":")[2])
            letter = await deps.desk.ask(practice_id, compose, delivery, address)
            if not isinstance(letter, Letter) or letter.template not in WITH_LINK:
                return letter
            wait_for_card(deps.waits, letter, delivery, deps.desk.clock.real())
            return await deps.desk.do(practice_id, compose_with_link, delivery)
    except DeliveryError:
        raise
    except (SQLAlchemyError, OSError) as error:
        note_fault("compose", error, delivery=delivery.id)
        raise DeliveryError("cannot_be_read", FailureKind.RETRY) from None
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault("compose", error, delivery=delivery.id)
        raise DeliveryError("cannot_be_written", FailureKind.PERMANENT) from None


def _in_time(delivery: Delivery) -> float:
    """Seconds for the whole of an attempt, so that its lease has not ended when it has."""
    lease = _MAIL_LEASE if delivery.channel is DeliveryChannel.EMAIL else _LEASE
    return (lease - _TO_RECORD).total_seconds()


async def _sent_in_time(deps: JobDeps, letter: AnyLetter, delivery: Delivery, end: float) -> str | None:
    """Raises DeliveryError. What breaks in the middle of sending may have gone out. ``end``: of the loop's clock."""
    try:
        async with asyncio.timeout_at(end):
            return await send_notice(deps, letter, delivery)
    except DeliveryError:
        raise
    except TimeoutError:
        raise DeliveryError(TOO_LONG, FailureKind.UNKNOWN) from None
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault("send", error, delivery=delivery.id)
        raise DeliveryError("unforeseen", FailureKind.UNKNOWN) from None
