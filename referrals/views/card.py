"""The card of one round."""

from dataclasses import dataclass
from datetime import date, datetime

from store.tables import Offer, Provider, Referral
from store.vocabulary import (
    CloseReason,
    Kind,
    OfferOutcome,
    Status,
)

from ..deciding import person
from ..eligibility import in_network
from ..outcomes import Person
from ..tx import Tx
from .facts import Facts, facts_of


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything the card shows. ``version`` is what ``shown_version`` becomes once this has been drawn."""

    version: int
    referral_id: str
    offer_id: str
    code: str
    status: Status
    kind: Kind  # of this round
    round: int
    outcome: OfferOutcome | None  # of this round; None while it is open
    facts: Facts
    opened_at: datetime
    expires_at: datetime
    whose: Person | None  # reserved for
    out_of_network: bool  # the preferred provider is
    holder: Person | None  # who has accepted
    accepted_at: datetime | None
    contacted_at: datetime | None
    scheduled_at: datetime | None
    closed_at: datetime | None
    close_reason: CloseReason | None
    resembles: str | None  # code of a likely duplicate
    superseded: bool  # a later round has a card of its own
    next_link: str | None  # to that card, once it is posted
    channel: str | None
    ts: str | None
    link: str | None = None  # its own
    planned: int = 0  # items of the plan that are done
    tries: int = 0
    next_try: date | None = None


def card(tx: Tx, offer_id: str) -> CardView | None:
    """The card of one round, as it should look now."""
    offer = tx.get(Offer, offer_id)
    referral = tx.get(Referral, offer.referral_id) if offer else None
    if offer is None or referral is None:
        return None
    current = referral.offer_id == offer.id
    following = None if current else tx.get(Offer, referral.offer_id)
    whose = tx.get(Provider, offer.provider_id)
    resembles = tx.get(Referral, referral.resembles_id)
    return CardView(
        version=offer.card_version,
        referral_id=referral.id,
        offer_id=offer.id,
        code=referral.code,
        status=referral.status,
        kind=offer.kind,
        round=offer.round,
        outcome=offer.outcome,
        facts=facts_of(referral),
        opened_at=offer.opened_at,
        expires_at=offer.expires_at,
        whose=person(whose),
        out_of_network=whose is not None and not in_network(whose, referral.insurer),
        holder=person(tx.get(Provider, referral.accepted_by)),
        accepted_at=referral.accepted_at,
        contacted_at=referral.contacted_at,
        scheduled_at=referral.scheduled_at,
        closed_at=referral.closed_at,
        close_reason=referral.close_reason,
        resembles=resembles.code if resembles else None,
        superseded=not current,
        next_link=following.card_link if following else None,
        channel=offer.card_channel,
        ts=offer.card_ts,
        link=offer.card_link,
        planned=len(referral.plan),
        tries=referral.tries,
        next_try=referral.next_try,
    )
