"""Writes down what became of a card: shown, posted, linked, gone, refused, failed. Talks to nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from referrals import slack_trouble
from referrals.outbox import need_attention
from referrals.slack_trouble import Scope
from referrals.tx import Tx, WakeKind
from store.tables import Delivery, Offer, Referral
from store.vocabulary import AttentionKind, DeliveryState

from .errors import FailureKind
from .notices import NO_CARD_YET

#: How long after a post the card's address is asked for again, should nobody know it by then.
_TO_LINK = timedelta(seconds=30)
#: On the real clock: a card whose fate stays unknown for that long alerts; it is still looked after, but seldom.
_ALERT_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Claim:
    """``until`` ends the lease, and tells its results from those of a lease that was lost. Real clock."""

    until: datetime
    attempts: int  # this one included
    first_tried: datetime
    channel: str | None = None  # of a new card: where it was tried first


def shown(tx: Tx, offer_id: str, mine: Claim, version: int, link: str | None = None) -> bool:
    """Records what has been drawn; answers whether it is out of date already, and still this worker's to redraw.

    ``link``: the card's address, where it was missing.
    """
    offer = _leased(tx, offer_id, mine)
    if offer is None:
        return False
    _note_shown(tx, offer, version)
    if link is not None:
        _remember_link(tx, offer, link)
    return offer.card_version > version


def posted(tx: Tx, offer_id: str, mine: Claim, channel: str, ts: str, version: int) -> None:
    """Records the new card, even where the lease was lost meanwhile: whoever has it will look, and must find this.

    It stays due, a little later, until its address is known as well: should this worker die before it has asked for
    that, the redraw does.
    """
    offer = tx.lock(Offer, offer_id)
    if offer is None or offer.card_ts is not None:
        return
    offer.card_channel, offer.card_ts, offer.card_link = channel, ts, None
    _note_shown(tx, offer, version)
    if offer.card_version > version:
        tx.wake(WakeKind.CARD, offer_id)
    else:
        offer.shown_version, offer.card_next_at = version - 1, tx.real_now + _TO_LINK
    _send_what_waited(tx, offer_id)
    if in_channel(tx, offer):
        slack_trouble.note_posted(tx, channel=True)


def linked(tx: Tx, offer_id: str, ts: str, link: str, version: int) -> None:
    """Records the card's address, and with it that ``version`` is shown in full."""
    offer = tx.lock(Offer, offer_id)
    if offer is None or offer.card_ts != ts:
        return
    if offer.card_version == version and offer.card_lease_until is None:
        _note_shown(tx, offer, version)
    _remember_link(tx, offer, link)


def not_linked(tx: Tx, offer_id: str, ts: str, wait: timedelta) -> None:
    """The card stands there, but its address could not be had: to be asked for again with a redraw."""
    offer = tx.lock(Offer, offer_id)
    if offer is not None and offer.card_ts == ts and offer.card_link is None and offer.card_lease_until is None:
        offer.card_next_at = min(offer.card_next_at, tx.real_now + wait)


def gone(tx: Tx, offer: Offer, card_ts: str | None) -> None:
    """Somebody deleted this card: it is posted anew, unless it was only that of an earlier round.

    ``card_ts``: the one that was not found; another may stand there by now.
    """
    if offer.card_ts != card_ts:
        return
    offer.card_ts = offer.card_link = offer.card_first_tried = offer.card_lease_until = None
    offer.card_attempts, offer.card_next_at = 0, tx.real_now
    referral = tx.get(Referral, offer.referral_id)
    if referral is None or offer.id != referral.offer_id:
        offer.shown_version = offer.card_version  # an old card that is gone is as good as shrunk
        return
    offer.card_version = max(offer.card_version, offer.shown_version + 1)
    tx.wake(WakeKind.CARD, offer.id)


def in_channel(tx: Tx, offer: Offer) -> bool:
    """Whether the card stands, or will, in the practice's channel, and not in one that was used before."""
    return offer.card_ts is None or offer.card_channel == tx.practice().channel_id


def refused(tx: Tx, offer_id: str, mine: Claim, code: str, scope: Scope, wait: timedelta) -> bool:
    """Slack lets nothing in, or nothing into the channel: the card waits until it does. False where it is not that."""
    offer = _leased(tx, offer_id, mine)
    if offer is None or not (scope is Scope.WORKSPACE or in_channel(tx, offer)):
        return False
    slack_trouble.met(tx, code, scope)
    offer.card_lease_until, offer.card_next_at = None, tx.real_now + wait
    offer.card_attempts -= 1  # certainly not posted this time, so nothing to look for that was not there before
    if not offer.card_attempts:
        offer.card_first_tried = None
    return True


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
        gone(tx, offer, offer.card_ts)
    else:
        _cannot_be_shown(tx, referral, offer, code, blocked_wait)


def _remember_link(tx: Tx, offer: Offer, link: str) -> None:
    """The cards of earlier rounds can now point to it, and so can mails."""
    if offer.card_link == link:
        return
    offer.card_link = link
    _send_what_waited(tx, offer.id)
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


def _cannot_be_shown(tx: Tx, referral: Referral, offer: Offer, code: str, wait: timedelta) -> None:
    offer.card_next_at = tx.real_now + wait
    if offer.card_trouble is None:
        need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, detail=f"card:{code}")
    offer.card_trouble = code
