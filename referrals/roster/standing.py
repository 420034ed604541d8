"""What a coordinator does with a provider's standing: inactive (DOMAIN.md P21), active again, paused for them.

What becomes of their referrals is ``pausing.availability``'s.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from store.tables import Offer, Provider, Referral
from store.vocabulary import ProviderStatus, SlackStanding, Status

from ..actor import Actor
from ..outcomes import Missing, Refusal, Refused
from ..pausing import availability
from ..tx import Tx
from .watch import look_at


@dataclass(frozen=True, slots=True)
class Burden:
    """``offers``: open and reserved for them; ``uncontacted``: accepted by them, the client not contacted yet."""

    offers: int
    uncontacted: int


@dataclass(frozen=True, slots=True)
class Whom:
    """A provider, for the form that asks before their standing is changed."""

    provider_id: str
    title: str
    status: ProviderStatus
    burden: Burden


@dataclass(frozen=True, slots=True)
class Changed:
    """How they stand now. ``again``: they did already. ``in_slack``: whether referrals can reach them there."""

    title: str
    status: ProviderStatus
    in_slack: bool
    again: bool = False


def burden(tx: Tx, provider_id: str) -> Burden:
    offers = select(func.count()).select_from(Offer)
    accepted = select(func.count()).select_from(Referral)
    return Burden(
        tx.session.exec(
            offers.where(
                Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None)
            )
        ).one(),
        tx.session.exec(
            accepted.where(
                Referral.practice_id == tx.practice_id,
                Referral.accepted_by == provider_id,
                Referral.status == Status.ACCEPTED,
            )
        ).one(),
    )


def whom(tx: Tx, actor: Actor, provider_id: str, event: str) -> Whom | Refused | Missing:
    """Before a form is opened. ``event``: what they are about to do, for the record of a refusal."""
    provider = _theirs_to_change(tx, actor, provider_id, event)
    if not isinstance(provider, Provider):
        return provider
    return Whom(provider.id, provider.title, provider.status, burden(tx, provider.id))


def deactivate(tx: Tx, actor: Actor, provider_id: str) -> Changed | Refused | Missing:
    """Unlisted and not routable; what waits goes to everyone, what is uncontacted to the coordinators, at once."""
    provider = _theirs_to_change(tx, actor, provider_id, "make_inactive")
    if not isinstance(provider, Provider):
        return provider
    again = not availability.make_inactive(tx, actor, provider.id)
    look_at(tx, provider)
    return _changed(provider, again=again)


def reactivate(tx: Tx, actor: Actor, provider_id: str) -> Changed | Refused | Missing:
    provider = _theirs_to_change(tx, actor, provider_id, "make_active")
    if not isinstance(provider, Provider):
        return provider
    if provider.status is not ProviderStatus.INACTIVE:
        return _changed(provider, again=True)
    make_active(tx, actor, provider)
    look_at(tx, provider)
    return _changed(provider)


def make_active(tx: Tx, actor: Actor, provider: Provider) -> None:
    """``provider``: locked, and inactive until now."""
    provider.status = ProviderStatus.ACTIVE
    tx.record(provider, "make_active", actor)
    tx.session.flush()  # what follows may read the row again


def pause_for(
    tx: Tx, actor: Actor, provider_id: str, until: datetime | None, *, release: bool
) -> Changed | Refused | Missing:
    """All of their referrals, until ``until`` (desk clock, UTC) or until resumed; ``release``: what waits, as well."""
    provider = _theirs_to_change(tx, actor, provider_id, "pause")
    if not isinstance(provider, Provider):
        return provider
    paused = availability.pause(tx, actor, provider.id, until=until)
    if not isinstance(paused, availability.Availability):
        return paused
    if release:
        availability.release_waiting(tx, actor, provider.id)
    return _changed(provider)


def resume_for(tx: Tx, actor: Actor, provider_id: str) -> Changed | Refused | Missing:
    """The switch of all referrals; pauses of single insurers and states stay the provider's own."""
    provider = _theirs_to_change(tx, actor, provider_id, "resume")
    if not isinstance(provider, Provider):
        return provider
    resumed = availability.resume(tx, actor, provider.id)
    return _changed(provider) if isinstance(resumed, availability.Availability) else resumed


def _theirs_to_change(tx: Tx, actor: Actor, provider_id: str, event: str) -> Provider | Refused | Missing:
    provider = tx.lock(Provider, provider_id)
    if provider is None:
        return Missing()
    if not actor.coordinator:
        tx.record(provider, event, actor, result=Refusal.NOT_COORDINATOR)
        return Refused(Refusal.NOT_COORDINATOR)
    return provider


def _changed(provider: Provider, *, again: bool = False) -> Changed:
    return Changed(provider.title, provider.status, provider.slack_standing is SlackStanding.MEMBER, again)
