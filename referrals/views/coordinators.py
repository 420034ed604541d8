"""Whom coordinators can choose for a referral, and who wants no text messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import select

from store.tables import Offer, Pass, Provider, Referral
from store.vocabulary import STATES

from ..eligibility import eligible, in_network, not_taking, reachable, refusal
from ..outcomes import Refusal
from ..pausing.weekly import full
from ..tx import Tx
from ..zones import day_of


@dataclass(frozen=True, slots=True)
class Choice:
    provider_id: str
    name: str
    paused: bool  # at all, or for this insurer
    out_of_network: bool
    unlicensed: bool = False  # where the client is
    passed: bool = False  # in this round, or has given it back
    theirs: bool = False  # it is reserved for them now


@dataclass(frozen=True, slots=True)
class Choices:
    """``providers``: best placed first. ``unlicensed``: how many are left out for want of a licence in ``state``."""

    code: str
    providers: tuple[Choice, ...]
    state: str = ""
    unlicensed: int = 0


def opted_out(tx: Tx) -> list[str]:
    """Names of those on the roster who want no text messages."""
    return [one.name for one in sorted(tx.roster(), key=lambda one: one.name.casefold()) if one.sms_opted_out]


def choices(tx: Tx, referral_id: str) -> Choices | None:
    """None when this practice has no such referral."""
    referral = tx.get(Referral, referral_id)
    if referral is None:
        return None
    offer = tx.get(Offer, referral.offer_id)
    said_no = passed_or_gave_back(tx, offer)
    holder = offer.provider_id if offer and offer.outcome is None else None
    found = [
        Choice(
            provider.id,
            provider.title,
            not_taking(provider, referral, tx.now, full(tx)),
            not in_network(provider, referral.insurer),
            passed=provider.id in said_no,
            theirs=provider.id == holder,
        )
        for provider in assignable(tx, referral_id)
    ]
    barred = [one for one in tx.roster() if refusal(one, referral, day_of(tx, one)) is Refusal.NO_LICENCE]
    return Choices(referral.code, tuple(found), STATES[referral.state], sum(map(reachable, barred)))


def passed_or_gave_back(tx: Tx, offer: Offer | None) -> frozenset[str]:
    """Who has said no to this round, or gave the referral back before it."""
    if offer is None:
        return frozenset()
    passes = select(Pass.provider_id).where(Pass.practice_id == tx.practice_id, Pass.offer_id == offer.id)
    return frozenset({*tx.session.exec(passes), *offer.excluded})


def assignable(tx: Tx, referral_id: str) -> Sequence[Provider]:
    """Who a coordinator may offer this referral to, best placed first, then by name."""
    referral = tx.get(Referral, referral_id)
    if referral is None:
        return []
    days = {one.id: day_of(tx, one) for one in tx.roster()}
    able = [one for one in tx.roster() if reachable(one) and refusal(one, referral, days[one.id]) is None]
    best = {one.id for one in able if eligible(one, referral, (), tx.now, days[one.id], full(tx))}
    return sorted(able, key=lambda one: (one.id not in best, one.name.casefold()))
