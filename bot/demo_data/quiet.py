"""What of the demo's month nobody is to hear of any more: old notices are not sent, old cards are not posted."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from referrals.notices import ANSWERS
from referrals.tx import Tx
from store.tables import Delivery, Offer, Referral
from store.vocabulary import DeliveryState, Status

#: Younger notices are sent when the desk starts, so that the mailbox and the direct messages have a few fresh ones.
FRESH = timedelta(hours=1)
#: Cards of rounds that are over are posted if they changed within this time.
_RECENT = timedelta(days=2)
TROUBLE = "before_the_demo"


def quieten(tx: Tx, offset: timedelta) -> None:
    """``offset``: of the desk clock ahead of the real one, on which cards are due."""
    _hold_back_notices(tx)
    _post_recent_cards_only(tx, offset)


def _hold_back_notices(tx: Tx) -> None:
    old = select(Delivery).where(
        Delivery.practice_id == tx.practice_id,
        Delivery.state == DeliveryState.PENDING,
        col(Delivery.created_at) < tx.now - FRESH,
    )
    for delivery in tx.session.exec(old):
        delivery.state, delivery.trouble = DeliveryState.SUPPRESSED, TROUBLE
        referral = tx.get(Referral, delivery.referral_id) if delivery.template in ANSWERS else None
        if referral is not None:  # in the story it was sent, and the client had an answer
            referral.answered_at = referral.answered_at or delivery.created_at


def _post_recent_cards_only(tx: Tx, offset: timedelta) -> None:
    """Those that are posted come in the order in which they were opened, the newest last."""
    due = (
        select(Offer, Referral)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id)
    )
    for offer, referral in tx.session.exec(due).all():
        if _worth_posting(offer, referral, tx.now - offset - _RECENT):
            offer.card_next_at = offer.opened_at - offset
        else:
            offer.shown_version = offer.card_version


def _worth_posting(offer: Offer, referral: Referral, since: datetime) -> bool:
    if offer.id != referral.offer_id or referral.status is Status.CLOSED:
        return False
    return offer.outcome is None or offer.card_next_at > since  # until now it says when the card last changed
