"""What a message that stands in Slack would say now."""

from dataclasses import dataclass

from sqlmodel import col, select

from store.tables import Delivery
from store.vocabulary import DeliveryChannel

from .composing import compose
from .letters import Letter
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
