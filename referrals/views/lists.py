"""Lists for a provider, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from store.tables import Offer, Provider, Referral
from store.vocabulary import (
    INSURERS,
    Kind,
    ProviderStatus,
    Status,
)

from ..eligibility import paused
from ..tx import Tx
from .facts import Facts, facts_of

#: In lists, what is still to be done comes first.
_BY_URGENCY = (Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED)


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
    lines = [_line(referral, offer, provider) for offer, referral in reserved]
    for status in _BY_URGENCY:
        if len(lines) < limit:
            lines += [_line(referral, offer, provider) for offer, referral in _held(tx, provider_id, status, limit)]
    return lines[:limit]


def _held(tx: Tx, provider_id: str, status: Status, limit: int) -> Sequence[tuple[Offer, Referral]]:
    """The oldest first. One status at a time, or what has been scheduled in years would be sorted behind the rest."""
    return tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Referral.offer_id) == Offer.id)
        .where(Referral.practice_id == tx.practice_id, Referral.accepted_by == provider_id, Referral.status == status)
        .order_by(col(Referral.accepted_at))
        .limit(limit)
    ).all()


def standing(tx: Tx, provider_id: str) -> Standing | None:
    provider = tx.get(Provider, provider_id)
    if provider is None:
        return None
    waiting = (
        select(func.count())
        .select_from(Offer)
        .where(Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None))
    )
    to_contact = (
        select(func.count())
        .select_from(Referral)
        .where(
            Referral.practice_id == tx.practice_id,
            Referral.accepted_by == provider_id,
            Referral.status == Status.ACCEPTED,
        )
    )
    still_paused = paused(provider, tx.now)
    lapsed = provider.status is ProviderStatus.PAUSED and not still_paused
    return Standing(
        provider_id=provider.id,
        name=provider.name,
        status=ProviderStatus.ACTIVE if lapsed else provider.status,
        paused_until=provider.paused_until if still_paused else None,
        insurers=tuple((INSURERS[one["insurer"]][0], one["accepting"]) for one in provider.insurers),
        states=tuple(licence["state"] for licence in provider.licences),
        waiting=tx.session.exec(waiting).one(),
        to_contact=tx.session.exec(to_contact).one(),
    )


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
