"""Writes down what became of a delivery: sent, suppressed, refused, orphaned, failed. Talks to nobody."""

import logging
from datetime import timedelta

from referrals import slack_trouble, texts
from referrals.notices import ANSWERS, Template
from referrals.outbox import CHANNEL, need_attention, notify_client
from referrals.slack_trouble import Scope
from referrals.tx import Tx
from store.tables import Delivery, Offer, Provider, Referral
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from .card_records import gone, in_channel
from .errors import FailureKind
from .notices import NO_CARD_YET
from .sms import OPTED_OUT, TWILIO

log = logging.getLogger(__name__)

#: On the real clock, from the first attempt.
_GIVE_UP_AFTER = timedelta(days=3)
_DONE = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SUPPRESSED})


def sent(tx: Tx, delivery_id: str, reference: str | None) -> None:
    """Recorded, whosever the row is by now: it did go out. A client who now has a final word is answered."""
    delivery = tx.lock(Delivery, delivery_id)
    if delivery is None or delivery.state is DeliveryState.SENT:
        return
    delivery.state, delivery.reference = DeliveryState.SENT, reference
    delivery.sent_at, delivery.trouble = tx.now, None
    if delivery.channel is DeliveryChannel.SLACK:
        slack_trouble.note_posted(tx, channel=_in_channel(tx, delivery))
    if delivery.template in ANSWERS:
        referral = tx.lock(Referral, delivery.referral_id)
        if referral is not None:
            referral.answered_at = referral.answered_at or tx.now


def refused(tx: Tx, delivery_id: str, attempt: int, code: str, scope: Scope, wait: timedelta) -> bool:
    """Slack lets nothing in, or nothing into the channel: the notice waits until it does. False where it is not that.

    Nothing was sent, and it is not given up; what may have gone out before stays unknown.
    """
    delivery = _of_attempt(tx, delivery_id, attempt)
    if delivery is None or not (scope is Scope.WORKSPACE or _in_channel(tx, delivery)):
        return False
    slack_trouble.met(tx, code, scope)
    delivery.trouble, delivery.next_at = code, tx.real_now + wait
    if delivery.state is not DeliveryState.UNKNOWN:
        delivery.state, delivery.first_tried = DeliveryState.PENDING, None
    return True


def orphaned(tx: Tx, delivery_id: str, attempt: int, card_ts: str | None, wait: timedelta) -> None:
    """The card it answers to is gone: the card is posted anew, and the reply goes with it if it is still true."""
    delivery = _of_attempt(tx, delivery_id, attempt)
    if delivery is None:
        return
    delivery.state, delivery.trouble, delivery.first_tried = DeliveryState.PENDING, NO_CARD_YET, None
    delivery.next_at = tx.real_now + wait
    if offer := tx.lock(Offer, delivery.offer_id):
        gone(tx, offer, card_ts)


def suppressed(tx: Tx, delivery_id: str, attempt: int, reason: str) -> None:
    """No longer true, or nobody to send it to. Nothing was sent."""
    delivery = _of_attempt(tx, delivery_id, attempt)
    if delivery is not None:
        delivery.state, delivery.trouble = DeliveryState.SUPPRESSED, reason
        referral, offer = tx.get(Referral, delivery.referral_id), tx.get(Offer, delivery.offer_id)
        if reason == "not_mailable" and referral is not None and offer is not None:
            notify_client(tx, referral, offer, Template(delivery.template))  # opted out since: a phone task instead


def failed(
    tx: Tx,
    delivery_id: str,
    attempt: int,
    code: str,
    kind: FailureKind,
    wait: timedelta,
    *,
    asked: bool = False,
    to: str | None = None,
) -> None:
    """Retry after ``wait``, keep as unknown, or give up and tell the coordinators.

    ``asked``: its turn will come; ``to``: the address that was tried.
    """
    delivery = _of_attempt(tx, delivery_id, attempt)
    if delivery is None:
        return
    delivery.trouble = code
    if delivery.channel is DeliveryChannel.SMS:
        _number_refused(tx, delivery, code, to)
    if code == OPTED_OUT:
        delivery.state = DeliveryState.SUPPRESSED
        return
    old = delivery.first_tried is not None and tx.real_now - delivery.first_tried >= _GIVE_UP_AFTER
    given_up = old and not asked
    delivery.next_at = tx.real_now + wait
    in_the_dark = delivery.state is DeliveryState.UNKNOWN  # since an earlier attempt
    if kind is FailureKind.RETRY and not given_up:
        # What may have gone out stays unknown, or the next attempt would send it without looking.
        delivery.state = DeliveryState.UNKNOWN if in_the_dark else DeliveryState.PENDING
    elif kind is FailureKind.UNKNOWN and _may_be_settled(delivery, given_up=given_up):
        delivery.state = DeliveryState.UNKNOWN
    else:  # a mail in the dark was sent once more with the same Message-ID, and that is all (PLATFORM.md)
        delivery.state = DeliveryState.FAILED
    if delivery.state is DeliveryState.FAILED or dark_sms(delivery):
        alert(tx, delivery, code)


def _number_refused(tx: Tx, delivery: Delivery, code: str, to: str | None) -> None:
    """They answered STOP, which Twilio honours and tells us now; or the number takes no texts.

    It says nothing of a number that they have taken since.
    """
    if not code.startswith(TWILIO):
        return
    provider = tx.lock(Provider, delivery.recipient.partition(":")[2])
    if provider is not None and provider.mobile == to:
        texts.refused(tx, provider, code.removeprefix(TWILIO))


def _of_attempt(tx: Tx, delivery_id: str, attempt: int) -> Delivery | None:
    """None when the row is done, or somebody else's since this attempt's lease ran out."""
    delivery = tx.lock(Delivery, delivery_id)
    return delivery if delivery and delivery.attempts == attempt and delivery.state not in _DONE else None


def _in_channel(tx: Tx, delivery: Delivery) -> bool:
    """Whether it goes into the referrals channel; the card it answers to may stand in one that was used before."""
    offer = tx.get(Offer, delivery.offer_id)
    return delivery.recipient == CHANNEL and offer is not None and in_channel(tx, offer)


def _may_be_settled(delivery: Delivery, *, given_up: bool) -> bool:
    """Whether another attempt may still tell what became of it; an SMS stays in the dark, and is not tried again."""
    if delivery.channel is DeliveryChannel.SMS:
        return True
    again = delivery.channel is DeliveryChannel.EMAIL and delivery.state is DeliveryState.UNKNOWN
    return not (given_up or again)


def dark_sms(delivery: Delivery) -> bool:
    return delivery.channel is DeliveryChannel.SMS and delivery.state is DeliveryState.UNKNOWN


def alert(tx: Tx, delivery: Delivery, code: str) -> None:
    referral, offer = tx.get(Referral, delivery.referral_id), tx.get(Offer, delivery.offer_id)
    if referral is None or delivery.recipient.startswith("slack:"):
        who = "provider" if delivery.recipient.startswith("provider:") else "coordinator"
        log.error(f"{who}_not_reached", extra={"delivery": delivery.id, "trouble": code})
        return
    if delivery.recipient.startswith("client:") and offer is not None:
        need_attention(
            tx, referral, offer, AttentionKind.PHONE_TASK, detail=delivery.template, about=delivery.subject_id
        )
    else:
        need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, detail=f"{delivery.template}:{code}")
