"""Sends one composed notice over its channel, and settles one whose sending ended in the dark."""

from datetime import datetime, timedelta

from blocks.ids import NOTICE_EVENT
from blocks.message import Message
from blocks.notices import notice
from referrals.digest import DigestLetter
from referrals.letters import AnyLetter, Letter, PracticeLetter
from referrals.notices import Template
from referrals.outbox import CHANNEL
from referrals.provider_letters import ProviderLetter
from store.tables import Delivery
from store.vocabulary import DeliveryChannel, DeliveryState, Kind

from .contained import note_fault
from .deps import JobDeps
from .errors import DeliveryError, FailureKind
from .waits import Waits

NO_CARD_YET = "card_not_posted_yet"
#: How far Slack's clock may be behind ours: a message is looked for from this long before it was first tried.
LOOK_BACK = timedelta(hours=1)
#: On the real clock. A mail that links to a card waits this long for it to be posted, then links to the channel. A
#: reply waits for as long as it takes, but is looked at less often.
_PATIENCE = timedelta(seconds=60)


async def send_notice(deps: JobDeps, letter: AnyLetter, delivery: Delivery) -> str | None:
    """Answers the other side's reference. Raises DeliveryError."""
    if isinstance(letter, ProviderLetter | DigestLetter):
        return await _send_slack(deps, letter, delivery, await deps.slack.open_dm(letter.address))
    if isinstance(letter, PracticeLetter):
        if letter.channel is DeliveryChannel.EMAIL:
            return await deps.send_mail(letter, delivery.id)
        return await _send_slack(deps, letter, delivery, await deps.slack.open_dm(letter.address))
    if letter.channel is DeliveryChannel.EMAIL:
        return await deps.send_mail(letter, delivery.id)
    if letter.channel is DeliveryChannel.SMS:
        if deps.send_text is None:
            raise DeliveryError("no_sms_account", FailureKind.PERMANENT)
        return await deps.send_text(letter, delivery.id)
    if delivery.recipient != CHANNEL:
        return await _send_slack(deps, letter, delivery, await deps.slack.open_dm(letter.address))
    if letter.card_ts is None:
        waits, young = deps.waits, _is_young(delivery, deps.desk.clock.real())
        raise DeliveryError(NO_CARD_YET, FailureKind.RETRY, retry_after=waits.for_card if young else waits.probe)
    channel = letter.card_channel or letter.address
    try:
        return await _send_slack(deps, letter, delivery, channel, letter.card_ts, broadcast=_broadcast(letter))
    except DeliveryError as error:
        error.about = letter.card_ts
        raise


async def _send_slack(
    deps: JobDeps,
    letter: AnyLetter,
    delivery: Delivery,
    channel: str,
    thread_ts: str | None = None,
    *,
    broadcast: bool = False,
) -> str:
    message = _message(letter, delivery)
    if delivery.state is DeliveryState.UNKNOWN and (ts := await _found(deps, channel, thread_ts, delivery)):
        return ts
    _, ts = await deps.slack.post(channel, message, thread_ts=thread_ts, broadcast=broadcast)
    return ts


def _message(letter: AnyLetter, delivery: Delivery) -> Message:
    """Before anything is sent, so that a fault in writing it leaves nothing in the dark."""
    try:
        return notice(letter, delivery.id)
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault("notice", error, delivery=delivery.id)
        raise DeliveryError("cannot_be_written", FailureKind.PERMANENT) from None


def _broadcast(letter: Letter) -> bool:
    """Whether a reply is shown in the channel too: an acceptance as the practice wishes, a reminder to everyone."""
    if letter.template is Template.THREAD_ACCEPTED:
        return letter.practice.announce_in_channel
    return letter.kind is Kind.GENERAL


async def _found(deps: JobDeps, channel: str, thread_ts: str | None, delivery: Delivery) -> str | None:
    oldest = (delivery.first_tried or deps.desk.clock.real()) - LOOK_BACK
    return await deps.slack.find_posted(
        channel, NOTICE_EVENT, "delivery_id", delivery.id, oldest=oldest.timestamp(), thread_ts=thread_ts
    )


def wait_for_card(waits: Waits, letter: Letter, delivery: Delivery, real_now: datetime) -> None:
    """Raises DeliveryError while a mail that links to a card has better wait for the card to be posted."""
    if letter.card_link is None and _is_young(delivery, real_now):
        raise DeliveryError(NO_CARD_YET, FailureKind.RETRY, retry_after=waits.for_card)


def _is_young(delivery: Delivery, real_now: datetime) -> bool:
    return delivery.first_tried is None or real_now - delivery.first_tried < _PATIENCE
