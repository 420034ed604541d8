"""Lists for a provider, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, func, select

from store.tables import Offer, Provider, Referral
from store.vocabulary import CloseReason, Kind, ProviderStatus, Status

from ..eligibility import paused
from ..pausing.pauses import end_of, is_paused
from ..pausing.subjects import About, Subject, own_subjects
from ..pausing.weekly import accepted_this_week
from ..tx import Tx
from ..zones import day_of
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
    tries: int = 0  # to reach the client, without success
    next_try: date | None = None  # in the acceptor's time zone
    contacted_at: datetime | None = None
    scheduled_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """One insurer or state that a provider may pause. ``subject`` is the value of RESUME_ONE: ``insurer=aetna``."""

    subject: str
    label: str
    on: bool  # a pause that has run out shows as on
    until: datetime | None = None  # when it comes on again by itself


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
    switches: tuple[Switch, ...] = ()  # insurers, then states
    weekly_limit: int | None = None
    accepted_this_week: int = 0  # since Monday in their time zone; counted where there is a limit
    time_zone: str = "UTC"


def open_lines(tx: Tx, provider_id: str | None, limit: int = 20) -> list[Line]:
    """Open rounds, soonest deadline first: for a provider those they may take, for nobody in particular all."""
    provider = tx.get(Provider, provider_id)
    today = day_of(tx, provider) if provider else None
    lines = []
    for offer, referral in tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id, col(Offer.outcome).is_(None))
        .order_by(col(Offer.expires_at))
    ):
        if provider and today and not _may_take(provider, offer, referral, today):
            continue
        lines.append(line_of(referral, offer, provider))
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
    lines = [line_of(referral, offer, provider) for offer, referral in reserved]
    for status in _BY_URGENCY:
        if len(lines) < limit:
            lines += [line_of(referral, offer, provider) for offer, referral in _held(tx, provider_id, status, limit)]
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
    switches = tuple(_switch(provider, subject, tx.now) for subject in own_subjects(provider))
    lapsed = provider.status is ProviderStatus.PAUSED and not still_paused
    return Standing(
        provider_id=provider.id,
        name=provider.name,
        status=ProviderStatus.ACTIVE if lapsed else provider.status,
        paused_until=provider.paused_until if still_paused else None,
        insurers=tuple((one.label, one.on) for one in switches if one.subject.startswith(About.INSURER)),
        states=tuple(licence["state"] for licence in provider.licences),
        waiting=tx.session.exec(waiting).one(),
        to_contact=tx.session.exec(to_contact).one(),
        switches=switches,
        weekly_limit=provider.weekly_limit,
        accepted_this_week=accepted_this_week(tx, [provider])[provider.id] if provider.weekly_limit else 0,
        time_zone=provider.time_zone or tx.practice().time_zone,
    )


def _switch(provider: Provider, subject: Subject, now: datetime) -> Switch:
    off = is_paused(provider, subject, now)
    return Switch(str(subject), subject.label, not off, end_of(provider, subject) if off else None)


def _may_take(provider: Provider, offer: Offer, referral: Referral, today: date) -> bool:
    if offer.provider_id is not None:
        return offer.provider_id == provider.id
    return provider.id not in offer.excluded and provider.licensed_in(referral.state, today)


def line_of(referral: Referral, offer: Offer, provider: Provider | None) -> Line:
    """``provider``: who asks; ``offer``: the round that the line shows."""
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
        tries=referral.tries,
        next_try=referral.next_try,
        contacted_at=referral.contacted_at,
        scheduled_at=referral.scheduled_at,
        closed_at=referral.closed_at,
        close_reason=referral.close_reason,
    )
