"""What coordinators see: what needs them, how much there is, and whom they can choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import and_, col, func, select

from store.tables import Attention, Provider, Referral
from store.vocabulary import (
    AttentionKind,
    Status,
)

from ..eligibility import eligible, in_network, not_taking, reachable, refusal
from ..pausing.weekly import full
from ..tx import Tx
from ..zones import day_of


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """``referral_id``, ``code`` and ``status`` are missing where it concerns the practice as a whole."""

    attention_id: str
    kind: AttentionKind
    referral_id: str | None
    offer_id: str | None
    code: str | None
    status: Status | None
    opened_at: datetime
    detail: str | None
    about: str | None = None  # the provider whom ``detail`` names


@dataclass(frozen=True, slots=True)
class Numbers:
    waiting: int
    to_contact: int
    contacted: int
    expired: int
    attention: int  # items on the coordinators' list


@dataclass(frozen=True, slots=True)
class Choice:
    provider_id: str
    name: str
    paused: bool  # at all, or for this insurer
    out_of_network: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """``providers``: best placed first."""

    code: str
    providers: tuple[Choice, ...]


_NAMED = and_(col(Attention.detail) == Provider.id, Provider.practice_id == Attention.practice_id)


def attention_lines(tx: Tx, limit: int = 20) -> list[AttentionLine]:
    """What needs a coordinator, oldest first."""
    rows = tx.session.exec(
        select(Attention, col(Referral.code), col(Referral.status), col(Provider.name))
        .join(Referral, col(Attention.referral_id) == Referral.id, isouter=True)
        .join(Provider, _NAMED, isouter=True)
        .where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
        .order_by(col(Attention.opened_at))
        .limit(limit)
    )
    return [
        AttentionLine(
            item.id, item.kind, item.referral_id, item.offer_id, code, status, item.opened_at, item.detail, about
        )
        for item, code, status, about in rows
    ]


def numbers(tx: Tx) -> Numbers:
    counted = tx.session.exec(
        select(Referral.status, func.count())
        .where(Referral.practice_id == tx.practice_id)
        .where(col(Referral.status).in_([Status.PENDING, Status.ACCEPTED, Status.CONTACTED, Status.EXPIRED]))
        .group_by(Referral.status)
    )
    by_status = dict(counted.all())
    attention = tx.session.exec(
        select(func.count())
        .select_from(Attention)
        .where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
    ).one()
    return Numbers(
        waiting=by_status.get(Status.PENDING, 0),
        to_contact=by_status.get(Status.ACCEPTED, 0),
        contacted=by_status.get(Status.CONTACTED, 0),
        expired=by_status.get(Status.EXPIRED, 0),
        attention=attention,
    )


def opted_out(tx: Tx) -> list[str]:
    """Names of those on the roster who want no text messages."""
    return [one.name for one in sorted(tx.roster(), key=lambda one: one.name.casefold()) if one.sms_opted_out]


def choices(tx: Tx, referral_id: str) -> Choices | None:
    """None when this practice has no such referral."""
    referral = tx.get(Referral, referral_id)
    if referral is None:
        return None
    found = [
        Choice(
            provider.id,
            provider.title,
            not_taking(provider, referral, tx.now, full(tx)),
            not in_network(provider, referral.insurer),
        )
        for provider in assignable(tx, referral_id)
    ]
    return Choices(referral.code, tuple(found))


def assignable(tx: Tx, referral_id: str) -> Sequence[Provider]:
    """Who a coordinator may offer this referral to, best placed first, then by name."""
    referral = tx.get(Referral, referral_id)
    if referral is None:
        return []
    days = {one.id: day_of(tx, one) for one in tx.roster()}
    able = [one for one in tx.roster() if reachable(one) and refusal(one, referral, days[one.id]) is None]
    best = {one.id for one in able if eligible(one, referral, (), tx.now, days[one.id], full(tx))}
    return sorted(able, key=lambda one: (one.id not in best, one.name.casefold()))
