"""A provider who would take a referral but has no licence where the client is: asks a coordinator, who may allow it.

DOMAIN.md section 3, rule 12: the licence follows the client's location; a coordinator may override with a reason.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from store.tables import Attention, Offer, Provider
from store.vocabulary import STATES, AttentionKind, Kind

from . import eligibility
from .accept import Override, accept, acceptor_of, refusal_of
from .actor import Actor
from .deciding import Case, locked_case, locked_referral, person, refuse, reserved, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import need_attention, notify_provider
from .outcomes import Decision, Missing, Person, Question, Refusal
from .pausing.weekly import full_of
from .tx import Tx

#: Names of the events in history.
ASK, ALLOW, DENY = "ask_licence", "allow_licence", "deny_licence"


class Grounds(StrEnum):
    """On which somebody may see a client for whose state the roster shows no licence."""

    COMPACT = "compact"
    TEMPORARY = "temporary_registration"
    BEING_ADDED = "licence_being_added"
    OTHER = "other"


class NetworkGrounds(StrEnum):
    """Why somebody takes a client whose insurer is not among their networks on the roster."""

    SELF_PAY = "client_pays_themselves"
    SINGLE_CASE = "single_case_agreement"
    BEING_ADDED = "network_being_added"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """The coordinators know. ``again``: they did already; ``needless``: the roster shows a licence by now.

    ``denied``: one of them has not allowed it.
    """

    code: str
    again: bool = False
    denied: bool = False
    needless: bool = False


@dataclass(frozen=True, slots=True)
class Allowing:
    """What a coordinator decides on. ``questions``: what the provider would have been asked before accepting."""

    code: str
    whose: Person
    state: str
    questions: tuple[Question, ...]


def ask(tx: Tx, actor: Actor, offer_id: str) -> Asked | Decision:
    """Puts the question to the coordinators, once a round and provider."""
    provider = tx.lock(Provider, acceptor_of(tx, actor, offer_id))
    case = locked_case(tx, offer_id)
    if case is None:
        return Missing()
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.ACCEPT):
        return since(tx, case, actor)
    if provider is None:
        return refuse(tx, case, actor, ASK, Refusal.UNLINKED)
    if case.offer.kind is Kind.PREFERRED and case.offer.provider_id != provider.id:
        return reserved(tx, case, actor, ASK)
    reason = refusal_of(provider, case, tx)
    if reason is None:
        return Asked(case.referral.code, needless=True)
    if reason is not Refusal.NO_LICENCE:
        return refuse(tx, case, actor, ASK, reason)
    if before := _asked_before(tx, case, provider):
        return Asked(case.referral.code, again=True, denied=before.settled_at is not None)
    tx.record(case.referral, ASK, actor, offer=case.offer.id, provider=provider.id)
    need_attention(tx, case.referral, case.offer, AttentionKind.LICENCE, detail=provider.id)
    return Asked(case.referral.code)


def may_allow(tx: Tx, actor: Actor, attention_id: str) -> Allowing | Decision:
    """Whether to open the form that asks on which grounds; else the answer instead of it."""
    item = _item(tx, attention_id)
    case = locked_referral(tx, item.referral_id) if item and item.referral_id else None
    if item is None or case is None:
        return Missing()
    if not actor.coordinator:
        return refuse(tx, case, actor, ALLOW, Refusal.NOT_COORDINATOR)
    provider = tx.get(Provider, item.detail)
    whose = person(provider)
    if provider is None or whose is None or not _waits(case, item):
        return since(tx, case, actor)
    asked = eligibility.questions(provider, case.referral, tx.now, full_of(tx, provider))
    return Allowing(case.referral.code, whose, STATES[case.referral.state], asked)


def allow(
    tx: Tx, actor: Actor, attention_id: str, grounds: Grounds, noted: frozenset[Question] = frozenset()
) -> Decision:
    """Accepts for whoever has asked. What has been decided meanwhile stands, and is told.

    ``noted``: the questions that the coordinator was shown (``Allowing``); one that has arisen since is asked first.
    """
    item = _item(tx, attention_id)
    if item is None or item.offer_id is None or item.detail is None:
        return Missing()
    if not actor.coordinator:
        case = locked_referral(tx, item.referral_id or "")
        return refuse(tx, case, actor, ALLOW, Refusal.NOT_COORDINATOR) if case else Missing()
    confirmed = noted | {Question.ON_BEHALF}  # allowing it is nothing else
    return accept(tx, actor, item.offer_id, confirmed=confirmed, override=Override(item.detail, grounds))


def deny(tx: Tx, actor: Actor, attention_id: str) -> Decision:
    """Tells whoever has asked that it is not theirs to take. The referral stays as it is."""
    found = _item(tx, attention_id)
    case = locked_referral(tx, found.referral_id) if found and found.referral_id else None
    item = tx.lock(Attention, attention_id)  # after its referral, as everybody does
    if item is None or found is None or case is None:
        return Missing()
    if not actor.coordinator:
        return refuse(tx, case, actor, DENY, Refusal.NOT_COORDINATOR)
    provider = tx.get(Provider, item.detail)
    if provider is None or not _waits(case, item):
        return since(tx, case, actor)
    if item.settled_at is None:
        item.settled_at, item.settled_by = tx.now, actor.name
        tx.record(case.referral, DENY, actor, offer=case.offer.id, provider=provider.id)
        notify_provider(tx, case.referral, case.offer, provider, Template.LICENCE_DENIED)
    return case.done()


def _item(tx: Tx, attention_id: str) -> Attention | None:
    found = tx.get(Attention, attention_id)
    return found if found is not None and found.kind is AttentionKind.LICENCE else None


def _waits(case: Case, item: Attention) -> bool:
    """The round in which it was asked is still open."""
    offer: Offer = case.offer
    return offer.id == item.offer_id and offer.outcome is None and allowed(case.referral.status, Event.ACCEPT)


def _asked_before(tx: Tx, case: Case, provider: Provider) -> Attention | None:
    items = select(Attention).where(
        Attention.practice_id == tx.practice_id,
        Attention.referral_id == case.referral.id,
        col(Attention.offer_id) == case.offer.id,
        Attention.kind == AttentionKind.LICENCE,
        col(Attention.detail) == provider.id,
    )
    return tx.session.exec(items).first()
