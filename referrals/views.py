"""What surfaces may show, as plain values read from current state. No client identity is in any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case
from sqlmodel import col, select

from store.tables import Attention, Offer, Provider, Referral
from store.vocabulary import (
    AGE_BANDS,
    CONCERNS,
    DELIVERY_MODES,
    HIDDEN_CONCERNS,
    INSURERS,
    SERVICES,
    STATES,
    AttentionKind,
    CloseReason,
    Kind,
    OfferOutcome,
    ProviderStatus,
    Status,
)

from .deciding import person
from .eligibility import eligible, in_network, paused, reachable, refusal
from .lifecycle import HELD
from .outcomes import Person
from .tx import Tx

#: In lists, what is still to be done comes first.
_HOW_FAR = {Status.ACCEPTED: 0, Status.CONTACTED: 1, Status.SCHEDULED: 2}


@dataclass(frozen=True, slots=True)
class Facts:
    """A referral's facts in people's words, without the concerns that Part 2 hides (DOMAIN.md section 3, rule 11)."""

    state: str
    insurer: str
    service: str
    delivery: str
    age_band: str
    concerns: tuple[str, ...]


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


@dataclass(frozen=True, slots=True)
class Line:
    """A referral in a list."""

    referral_id: str
    offer_id: str
    code: str
    status: Status
    kind: Kind
    facts: Facts
    opened_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    mine: bool  # reserved for, or accepted by, the asker
    card_link: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a provider stands: what ``/referrals status`` and Home say."""

    provider_id: str
    name: str
    status: ProviderStatus  # a pause that has run out shows as active
    paused_until: datetime | None
    insurers: tuple[tuple[str, bool], ...]  # label, accepting
    states: tuple[str, ...]
    waiting: int
    to_contact: int


@dataclass(frozen=True, slots=True)
class AttentionLine:
    attention_id: str
    kind: AttentionKind
    referral_id: str
    offer_id: str | None
    code: str
    status: Status
    opened_at: datetime
    detail: str | None


def facts_of(referral: Referral) -> Facts:
    shown = [CONCERNS[slug] for slug in referral.concerns if slug in CONCERNS and slug not in HIDDEN_CONCERNS]
    return Facts(
        state=STATES.get(referral.state, referral.state),
        insurer=INSURERS[referral.insurer][0] if referral.insurer in INSURERS else referral.insurer,
        service=SERVICES.get(referral.service, referral.service),
        delivery=DELIVERY_MODES.get(referral.delivery, referral.delivery),
        age_band=AGE_BANDS.get(referral.age_band, referral.age_band),
        concerns=tuple(shown),
    )


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
    )


def open_lines(tx: Tx, provider_id: str | None, limit: int = 20) -> list[Line]:
    """Open rounds, soonest deadline first: for a provider those they may take, for nobody in particular all."""
    provider = tx.get(Provider, provider_id)
    lines = []
    for offer, referral in tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id, col(Offer.outcome).is_(None))
        .order_by(col(Offer.expires_at))
    ):
        if provider is not None and not _may_take(provider, offer, referral, tx.now):
            continue
        lines.append(_line(referral, offer, provider))
        if len(lines) == limit:
            break
    return lines


def my_lines(tx: Tx, provider_id: str, limit: int = 20) -> list[Line]:
    """What waits for this provider's decision, then what they have accepted: the least far first, then the oldest."""
    provider = tx.get(Provider, provider_id)
    reserved = tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None))
        .order_by(col(Offer.expires_at))
        .limit(limit)
    ).all()
    held = tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Referral.offer_id) == Offer.id)
        .where(
            Referral.practice_id == tx.practice_id,
            Referral.accepted_by == provider_id,
            col(Referral.status).in_(list(HELD)),
        )
        .order_by(case(_HOW_FAR, value=col(Referral.status)), col(Referral.accepted_at))
        .limit(limit)
    ).all()
    return [_line(referral, offer, provider) for offer, referral in [*reserved, *held]][:limit]


def standing(tx: Tx, provider_id: str) -> Standing | None:
    provider = tx.get(Provider, provider_id)
    if provider is None:
        return None
    mine = my_lines(tx, provider_id, limit=1000)
    still_paused = paused(provider, tx.now)
    lapsed = provider.status is ProviderStatus.PAUSED and not still_paused
    return Standing(
        provider_id=provider.id,
        name=provider.name,
        status=ProviderStatus.ACTIVE if lapsed else provider.status,
        paused_until=provider.paused_until if still_paused else None,
        insurers=tuple((INSURERS[one["insurer"]][0], one["accepting"]) for one in provider.insurers),
        states=tuple(licence["state"] for licence in provider.licences),
        waiting=sum(line.status is Status.PENDING for line in mine),
        to_contact=sum(line.status is Status.ACCEPTED for line in mine),
    )


def attention_lines(tx: Tx, limit: int = 20) -> list[AttentionLine]:
    """What needs a coordinator, oldest first."""
    rows = tx.session.exec(
        select(Attention, Referral)
        .join(Referral, col(Attention.referral_id) == Referral.id)
        .where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
        .order_by(col(Attention.opened_at))
        .limit(limit)
    )
    return [
        AttentionLine(
            item.id, item.kind, referral.id, item.offer_id, referral.code, referral.status, item.opened_at, item.detail
        )
        for item, referral in rows
    ]


def assignable(tx: Tx, referral_id: str) -> Sequence[Provider]:
    """Who a coordinator may offer this referral to, best placed first, then by name."""
    referral = tx.get(Referral, referral_id)
    if referral is None:
        return []
    able = [one for one in tx.roster() if reachable(one) and refusal(one, referral, tx.now) is None]
    return sorted(able, key=lambda one: (not eligible(one, referral, (), tx.now), one.name.casefold()))


def _may_take(provider: Provider, offer: Offer, referral: Referral, now: datetime) -> bool:
    if offer.provider_id is not None:
        return offer.provider_id == provider.id
    return provider.id not in offer.excluded and provider.licensed_in(referral.state, now.date())


def _line(referral: Referral, offer: Offer, provider: Provider | None) -> Line:
    return Line(
        referral_id=referral.id,
        offer_id=offer.id,
        code=referral.code,
        status=referral.status,
        kind=offer.kind,
        facts=facts_of(referral),
        opened_at=offer.opened_at,
        expires_at=offer.expires_at,
        accepted_at=referral.accepted_at,
        mine=provider is not None and provider.id in (offer.provider_id, referral.accepted_by),
        card_link=offer.card_link,
    )
