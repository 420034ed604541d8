"""Use cases on the caller's own record as a provider."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from referrals.actor import Actor
from referrals.outcomes import Refusal, Refused
from referrals.pausing.days import Here
from referrals.pausing.pauses import all_pauses, is_paused
from referrals.pausing.subjects import ALL, Subject, own_subjects
from referrals.tx import Tx
from referrals.views.lists import Standing, standing
from referrals.zones import zone_of
from store.tables import Provider
from store.vocabulary import ProviderStatus

T = TypeVar("T")


def on_own(use_case: Callable[[Tx, Actor, str], T]) -> Callable[[Tx, Actor], T | Refused]:
    """Runs it for the caller; a coordinator who is no provider has no record of their own."""

    def run(tx: Tx, actor: Actor) -> T | Refused:
        return Refused(Refusal.UNLINKED) if actor.provider_id is None else use_case(tx, actor, actor.provider_id)

    return run


def myself(tx: Tx, actor: Actor) -> Actor:
    """Only finds out who it is."""
    return actor


@dataclass(frozen=True, slots=True)
class Switches:
    """What the caller can switch, and where and when it is for them."""

    here: Here
    subjects: tuple[Subject, ...]
    standing: Standing


def paused_still(tx: Tx, _actor: Actor, provider_id: str, *, subject: Subject) -> Subject | None:
    """The subject, if it is paused: it may have been resumed since a button was drawn."""
    provider = tx.get(Provider, provider_id)
    return subject if provider is not None and is_paused(provider, subject, tx.now) else None


def my_switches(tx: Tx, _actor: Actor, provider_id: str) -> Switches | Refused:
    """For reading what they ask for before it takes effect, which an inactive provider's never does."""
    provider, stands = tx.get(Provider, provider_id), standing(tx, provider_id)
    if provider is None or stands is None:
        return Refused(Refusal.UNLINKED)
    if provider.status is ProviderStatus.INACTIVE:
        return Refused(Refusal.INACTIVE)
    subjects = dict.fromkeys([*own_subjects(provider), *(one for one in all_pauses(provider, tx.now) if one != ALL)])
    return Switches(Here(tx.now, zone_of(provider, tx.practice())), tuple(subjects), stands)
