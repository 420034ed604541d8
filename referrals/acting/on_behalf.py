"""A coordinator acts for a provider in an open round: accepts or passes for somebody who was chosen.

What the provider would have been asked before accepting is asked of the coordinator, and what stands in the way (a
licence, a network) needs grounds. The accepting itself is ``accept``'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store.tables import Offer, Provider
from store.vocabulary import STATES, Kind

from .. import eligibility
from ..accept import Override, accept, refusal_of
from ..actor import Actor
from ..coordinate import hindered
from ..deciding import Case, locked_case, locked_referral, person, refuse, reserved, since
from ..decline import pass_
from ..licences import Grounds, NetworkGrounds
from ..lifecycle import Event, allowed
from ..outcomes import Decision, Missing, Person, Question, Refusal
from ..pausing.weekly import full, full_of
from ..tx import Tx
from ..views.coordinators import Choice, passed_or_gave_back
from ..zones import day_of


@dataclass(frozen=True, slots=True)
class ActingFor:
    """An open round. ``whose``: for whom it is reserved; else ``choices``, best placed first."""

    referral_id: str
    offer_id: str
    code: str
    whose: Person | None
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Given:
    """What a coordinator has said before accepting for somebody."""

    confirmed: frozenset[Question] = frozenset()
    licence: Grounds | None = None
    network: NetworkGrounds | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """Nothing has happened: what has to be said first. ``licence`` and ``network``: that grounds are wanted."""

    code: str
    offer_id: str
    provider_id: str
    whose: Person
    state: str
    licence: bool
    network: bool
    questions: tuple[Question, ...]


def may_act_for(tx: Tx, actor: Actor, referral_id: str) -> ActingFor | Decision:
    """Whether to open the form that asks for whom; else the answer instead of it."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    return hindered(tx, actor, case, Event.ACCEPT) or acting_for(tx, case)


def acting_for(tx: Tx, case: Case) -> ActingFor:
    whose = person(tx.get(Provider, case.offer.provider_id))
    choices = () if case.offer.kind is Kind.PREFERRED else _choices(tx, case)
    return ActingFor(case.referral.id, case.offer.id, case.referral.code, whose, choices)


def accept_for(
    tx: Tx, actor: Actor, offer_id: str, provider_id: str, given: Given, already_contacted: bool = False
) -> Needs | Decision:
    """``provider_id``: "" for whoever the round is reserved for. ``already_contacted``: as ``accept`` takes it."""
    offer = tx.get(Offer, offer_id)
    provider = tx.lock(Provider, provider_id or (offer.provider_id if offer else None))
    case = locked_case(tx, offer_id)
    if case is None or provider is None:
        return Missing()
    if not actor.coordinator:
        return refuse(tx, case, actor, Event.ACCEPT, Refusal.NOT_COORDINATOR)
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.ACCEPT):
        return since(tx, case, actor)
    if case.offer.kind is Kind.PREFERRED and case.offer.provider_id != provider.id:
        return reserved(tx, case, actor, Event.ACCEPT)
    refused = refusal_of(provider, case, tx)
    if refused not in (None, Refusal.NO_LICENCE):
        return refuse(tx, case, actor, Event.ACCEPT, refused)
    if needs := _needs(tx, case, provider, refused is not None, given):
        return needs
    confirmed = given.confirmed | {Question.ON_BEHALF, Question.OUT_OF_NETWORK}
    override = Override(provider.id, given.licence, given.network)
    return accept(tx, actor, offer_id, confirmed=confirmed, already_contacted=already_contacted, override=override)


def pass_for(tx: Tx, actor: Actor, offer_id: str, provider_id: str) -> Decision:
    """A chosen provider has said that it is not for them; they may still accept."""
    case = locked_case(tx, offer_id)
    if case is None or tx.get(Provider, provider_id) is None:
        return Missing()
    if not actor.coordinator:
        return refuse(tx, case, actor, Event.PASS, Refusal.NOT_COORDINATOR)
    return pass_(tx, actor, offer_id, provider_id)


def _needs(tx: Tx, case: Case, provider: Provider, unlicensed: bool, given: Given) -> Needs | None:
    asked = eligibility.questions(provider, case.referral, tx.now, full_of(tx, provider))
    network = Question.OUT_OF_NETWORK in asked
    open_ = tuple(one for one in asked if one is not Question.OUT_OF_NETWORK)
    ready = given.confirmed.issuperset(open_) and (given.licence or not unlicensed) and (given.network or not network)
    if ready:
        return None
    return Needs(
        code=case.referral.code,
        offer_id=case.offer.id,
        provider_id=provider.id,
        whose=Person(provider.name, provider.slack_user),
        state=STATES[case.referral.state],
        licence=unlicensed,
        network=network,
        questions=open_,
    )


def _choices(tx: Tx, case: Case) -> Sequence[Choice]:
    """All who may take anything at all, and have not given this one back."""
    referral, gone, days = case.referral, case.offer.excluded, {one.id: day_of(tx, one) for one in tx.roster()}
    able = [one for one in tx.roster() if eligibility.standing_refusal(one) is None and one.id not in gone]
    passed = passed_or_gave_back(tx, case.offer)
    best = {one.id for one in able if eligibility.eligible(one, referral, gone, tx.now, days[one.id], full(tx))}
    return [
        Choice(
            one.id,
            one.title,
            eligibility.not_taking(one, referral, tx.now, full(tx)),
            not eligibility.in_network(one, referral.insurer),
            unlicensed=not one.licensed_in(referral.state, days[one.id]),
            passed=one.id in passed,
        )
        for one in sorted(able, key=lambda one: (one.id not in best, one.name.casefold()))
    ]
