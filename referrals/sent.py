"""What a message that stands in Slack would say now."""

from dataclasses import dataclass

from sqlmodel import col, select

from store.tables import Delivery, Offer, Provider, Referral
from store.vocabulary import DeliveryChannel, DeliveryState, Status

from .composing import compose
from .letters import Letter
from .lifecycle import HELD
from .notices import TO_ACCEPTORS
from .tx import Tx


@dataclass(frozen=True, slots=True)
class SaidNow:
    letter: Letter
    delivery_id: str


def said_now(tx: Tx, referral_id: str, ts: str) -> SaidNow | None:
    """Of a direct message to an acceptor, known by Slack's ``ts``; None for any other, or once it is no longer true."""
    delivery = tx.first(
        select(Delivery).where(
            Delivery.practice_id == tx.practice_id,
            Delivery.referral_id == referral_id,
            Delivery.channel == DeliveryChannel.SLACK,
            Delivery.reference == ts,
            col(Delivery.template).in_(sorted(TO_ACCEPTORS)),
        )
    )
    letter = compose(tx, delivery) if delivery is not None else None
    return SaidNow(letter, delivery.id) if delivery is not None and isinstance(letter, Letter) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A direct message that stands with the provider who accepted. ``letter``: what it says; None once untrue."""

    ts: str
    slack_user: str
    delivery_id: str
    code: str
    status: Status
    theirs: bool  # the referral is in this provider's hands, perhaps in another round
    letter: Letter | None


def standing(tx: Tx, offer_id: str) -> list[Standing]:
    """The direct messages to whoever accepted this offer, as far as they were sent."""
    offer = tx.get(Offer, offer_id)
    referral = tx.get(Referral, offer.referral_id) if offer else None
    if referral is None:
        return []
    sent = tx.session.exec(
        select(Delivery).where(
            Delivery.practice_id == tx.practice_id,
            Delivery.referral_id == referral.id,
            Delivery.offer_id == offer_id,
            Delivery.channel == DeliveryChannel.SLACK,
            Delivery.state == DeliveryState.SENT,
            col(Delivery.template).in_(sorted(TO_ACCEPTORS)),
        )
    ).all()
    found = []
    for row in sent:
        provider = tx.get(Provider, row.recipient.partition(":")[2])
        if row.reference is None or provider is None or provider.slack_user is None:
            continue
        letter = compose(tx, row)
        found.append(
            Standing(
                ts=row.reference,
                slack_user=provider.slack_user,
                delivery_id=row.id,
                code=referral.code,
                status=referral.status,
                theirs=referral.status in HELD and referral.accepted_by == provider.id,
                letter=letter if isinstance(letter, Letter) else None,
            )
        )
    return found
