"""Whom a coordinator can choose when assigning a referral, and what to know about each."""

from dataclasses import dataclass

from store.tables import Referral

from .eligibility import in_network, paused, paused_for
from .tx import Tx
from .views import assignable


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


def choices(tx: Tx, referral_id: str) -> Choices | None:
    """None when this practice has no such referral."""
    referral = tx.get(Referral, referral_id)
    if referral is None:
        return None
    found = [
        Choice(
            provider.id,
            provider.title,
            paused(provider, tx.now) or paused_for(provider, referral.insurer, tx.now),
            not in_network(provider, referral.insurer),
        )
        for provider in assignable(tx, referral_id)
    ]
    return Choices(referral.code, tuple(found))
