"""Who may take a referral (DESIGN.md's table), as pure functions over a provider and a referral's facts.

``today`` is the day that it is for the provider (``zones.day_of``): licences end with it, not with a day of UTC.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from store.tables import Provider
from store.vocabulary import ProviderStatus, SlackStanding

from .outcomes import Question, Refusal


class Facts(Protocol):
    """What of a referral decides who may take it. DOMAIN.md G4: these three are hard filters, the rest rank."""

    @property
    def state(self) -> str: ...
    @property
    def insurer(self) -> str: ...
    @property
    def service(self) -> str: ...


class Unroutable(StrEnum):
    """Why a requested provider is not offered the referral alone, but everyone is."""

    INACTIVE = "inactive"
    UNREACHABLE = "unreachable"  # neither a full member of the workspace nor a work email
    NO_LICENCE = "no_licence"
    PAUSED = "paused"
    PAUSED_INSURER = "paused_insurer"
    PAUSED_STATE = "paused_state"
    FULL = "full"  # has accepted as many this week as they wish


#: The provider is there but takes no referrals now: what the client is told of it is one and the same.
NOT_TAKING = frozenset({Unroutable.PAUSED, Unroutable.PAUSED_INSURER, Unroutable.PAUSED_STATE, Unroutable.FULL})


def paused(provider: Provider, now: datetime) -> bool:
    """A pause with an end is over at that moment, whether or not anything has run since."""
    if provider.status is not ProviderStatus.PAUSED:
        return False
    return provider.paused_until is None or provider.paused_until > now


def in_network(provider: Provider, insurer: str) -> bool:
    """Self-pay is nobody's network, so everybody's."""
    return insurer == "self_pay" or any(panel["insurer"] == insurer for panel in provider.insurers)


def paused_for(provider: Provider, insurer: str, now: datetime) -> bool:
    for panel in provider.insurers:
        if panel["insurer"] == insurer and not panel["accepting"]:
            until = panel.get("paused_until")
            return until is None or datetime.fromisoformat(until) > now
    return False


def paused_state(provider: Provider, state: str, now: datetime) -> bool:
    for pause in provider.paused_states:
        if pause["state"] == state:
            until = pause.get("until")
            return until is None or datetime.fromisoformat(until) > now
    return False


def standing_refusal(provider: Provider) -> Refusal | None:
    """Why this provider may take nothing new at all."""
    return Refusal.INACTIVE if provider.status is ProviderStatus.INACTIVE else account_refusal(provider)


def account_refusal(provider: Provider) -> Refusal | None:
    """Why nobody may act as this provider. Somebody inactive still may, for what they have accepted."""
    if provider.slack_standing is SlackStanding.GUEST:
        return Refusal.GUEST
    if provider.slack_standing is SlackStanding.DEACTIVATED:
        return Refusal.DEACTIVATED
    return None


def refusal(provider: Provider, facts: Facts, today: date) -> Refusal | None:
    """Why this provider may not accept at all. A missing licence is a coordinator's to override."""
    if reason := standing_refusal(provider):
        return reason
    return None if provider.licensed_in(facts.state, today) else Refusal.NO_LICENCE


def not_taking(provider: Provider, facts: Facts, now: datetime, full: Collection[str] = frozenset()) -> bool:
    """Paused for it in some way, or full: has said that no such referral should come now."""
    return any(one is not Question.OUT_OF_NETWORK for one in questions(provider, facts, now, full))


def questions(
    provider: Provider, facts: Facts, now: datetime, full: Collection[str] = frozenset()
) -> tuple[Question, ...]:
    """What to confirm before this provider takes it. ``full``: ids of those whose weekly limit is reached."""
    found = []
    if paused(provider, now):
        found.append(Question.PAUSED)
    if paused_for(provider, facts.insurer, now):
        found.append(Question.PAUSED_INSURER)
    if paused_state(provider, facts.state, now):
        found.append(Question.PAUSED_STATE)
    if provider.id in full:
        found.append(Question.FULL)
    if not in_network(provider, facts.insurer):
        found.append(Question.OUT_OF_NETWORK)
    return tuple(found)


def reachable(provider: Provider) -> bool:
    """Whether an offer gets to this provider at all: a full member of the workspace, or somebody with a work email."""
    outside_slack = provider.slack_standing in (SlackStanding.UNLINKED, SlackStanding.MISSING)
    return provider.slack_standing is SlackStanding.MEMBER or (outside_slack and provider.work_email is not None)


def unroutable(
    provider: Provider, facts: Facts, now: datetime, today: date, full: Collection[str] = frozenset()
) -> Unroutable | None:
    """Why a client's wish for this provider becomes a General round. Out of network is offered, flagged."""
    if provider.status is ProviderStatus.INACTIVE:
        return Unroutable.INACTIVE
    if not reachable(provider):
        return Unroutable.UNREACHABLE
    if not provider.licensed_in(facts.state, today):
        return Unroutable.NO_LICENCE
    if paused(provider, now):
        return Unroutable.PAUSED
    if paused_for(provider, facts.insurer, now):
        return Unroutable.PAUSED_INSURER
    if paused_state(provider, facts.state, now):
        return Unroutable.PAUSED_STATE
    return Unroutable.FULL if provider.id in full else None


def eligible(
    provider: Provider,
    facts: Facts,
    excluded: Collection[str],
    now: datetime,
    today: date,
    full: Collection[str] = frozenset(),
) -> bool:
    """Whether this provider counts as somebody who may be expected to take a General round."""
    expected_in_slack = provider.slack_standing is SlackStanding.UNLINKED and provider.slack_email is not None
    return (
        provider.id not in excluded
        and (provider.slack_standing is SlackStanding.MEMBER or expected_in_slack)
        and refusal(provider, facts, today) is None
        and not questions(provider, facts, now, full)
        and (not provider.services or facts.service in provider.services)
    )
