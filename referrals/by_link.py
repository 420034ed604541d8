"""Deciding on an offer by the link in a mail: what the mail carries, and what becomes of the answer.

Looking changes nothing (views/decision.py). A link stands for the one provider and the one offer it was issued for, and
is used up by the decision it makes; whatever decides the offer elsewhere leaves every link to it with nothing to do.
"""

from dataclasses import dataclass, replace

from store.tables import Delivery, Link, Offer, Provider
from store.vocabulary import DeclineReason, LinkPurpose

from .accept import accept
from .access import actor_of
from .actor import Actor, Surface
from .composing import compose
from .deciding import Case, locked_case, refuse, since
from .decline import decline
from .letters import AnyLetter, Letter, Void
from .licences import ASK, Asked, ask
from .lifecycle import Event
from .links import decision_link, link_of, use
from .notices import Template
from .outcomes import Decision, Done, Missing, Question, Refusal, Refused
from .tx import Tx

#: The mails that carry a link.
WITH_LINK = frozenset({Template.PROVIDER_OFFER, Template.PROVIDER_REMINDER})
#: What history says of an answer that came by a link past its time.
SPENT = "link_spent"


@dataclass(frozen=True, slots=True)
class Yes:
    """``confirmed``: the questions that were shown and answered with yes; no other counts as answered."""

    confirmed: frozenset[Question] = frozenset()
    already_contacted: bool = False


@dataclass(frozen=True, slots=True)
class No:
    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class AskLicence:
    """Asks the coordinators to allow it without a licence on the roster; decides nothing."""


Answer = Yes | No | AskLicence


@dataclass(frozen=True, slots=True)
class Spent:
    """The offer is open, but this link does not decide on it any more."""

    code: str


def compose_with_link(tx: Tx, delivery: Delivery) -> AnyLetter | Void:
    """Composes one of ``WITH_LINK``, with a fresh link in it. Writes: each attempt at sending has a link of its own.

    Those issued before, one of which may have arrived, stay good until they are used or past their time.
    """
    letter = compose(tx, delivery)
    offer = tx.get(Offer, delivery.offer_id)
    provider = tx.get(Provider, delivery.recipient.partition(":")[2])
    if not isinstance(letter, Letter) or offer is None or provider is None:
        return letter
    token, until = decision_link(tx, offer, provider)
    return replace(letter, link_token=token, link_until=until)


def decide(tx: Tx, token: str, answer: Answer) -> Decision | Spent | Asked:
    """One winner, whichever surface it came from. Refusals, also of a link past its time, are in history."""
    link = link_of(tx, token, LinkPurpose.DECIDE)
    if link is None or link.offer_id is None:
        return Missing()
    event = _EVENTS[type(answer)]
    actor = actor_of(tx, link.provider_id, None, Surface.EMAIL_LINK)
    if isinstance(actor, Refused):
        return _not_them(tx, link, event, actor.reason)
    if link.used_at is not None or link.expires_at <= tx.now:
        return _too_late(tx, link, actor, event)
    outcome = _answered(tx, link.offer_id, actor, answer)
    if isinstance(outcome, Done) and not use(tx, link):
        raise LookupError("a link was used up while its offer was held")  # rolls the decision back
    return outcome


_EVENTS: dict[type[Answer], str] = {Yes: Event.ACCEPT, No: Event.DECLINE, AskLicence: ASK}


def _answered(tx: Tx, offer_id: str, actor: Actor, answer: Answer) -> Decision | Asked:
    if isinstance(answer, No):
        return decline(tx, actor, offer_id, answer.reason)
    if isinstance(answer, AskLicence):
        return ask(tx, actor, offer_id)
    return accept(tx, actor, offer_id, confirmed=answer.confirmed, already_contacted=answer.already_contacted)


def _not_them(tx: Tx, link: Link, event: str, reason: Refusal) -> Decision:
    """Whoever it was issued for may not act any more."""
    case = _case(tx, link)
    if case is None:
        return Missing()
    actor = Actor(f"provider:{link.provider_id}", Surface.EMAIL_LINK, link.provider_id)
    return refuse(tx, case, actor, event, reason)


def _too_late(tx: Tx, link: Link, actor: Actor, event: str) -> Decision | Spent:
    case = _case(tx, link)
    if case is None:
        return Missing()
    if case.offer.outcome is not None:
        return since(tx, case, actor)
    tx.record(case.referral, event, actor, result=SPENT, offer=case.offer.id)
    return Spent(case.referral.code)


def _case(tx: Tx, link: Link) -> Case | None:
    return locked_case(tx, link.offer_id) if link.offer_id else None
