"""What the page behind a mail's link shows: the offer while it can be decided on, and afterwards what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from store.tables import History, Link, Offer, Provider, Referral
from store.vocabulary import LinkPurpose, OfferOutcome, SlackStanding

from ..accept import refusal_of
from ..access import actor_of
from ..actor import Actor, Surface
from ..composing import at_work
from ..deciding import Case, overdue, since
from ..eligibility import questions
from ..lifecycle import Event
from ..links import link_of
from ..outcomes import Question, Refusal, Refused, Since
from ..pausing.weekly import full_of
from ..tx import Tx
from .facts import Facts, facts_of


class LinkState(StrEnum):
    OPEN = "open"
    EXPIRED = "expired"  # the link; the offer is open
    USED = "used"  # the same
    DECIDED = "decided"  # the offer, by this link or elsewhere


@dataclass(frozen=True, slots=True)
class Ended:
    """How the offer ended. ``by``: a name, or None for somebody whom the roster does not know, or for the desk itself.

    ``mine``: the reader did it. ``unaided``: nobody did, its time ran out. ``now``: what has become of the referral.
    """

    outcome: OfferOutcome
    at: datetime
    by: str | None
    mine: bool
    unaided: bool
    now: Since


@dataclass(frozen=True, slots=True)
class DecisionView:
    """``time_zone`` is the reader's; instants are aware UTC. Holds no client identity."""

    code: str
    whose: str  # for whom the link is, with title
    time_zone: str
    facts: Facts
    expires_at: datetime
    link_until: datetime
    overdue: bool  # past the offer's deadline, which a job is about to write
    card_link: str | None  # of the latest round
    in_slack: bool
    details_mailed: bool  # the acceptor's mail may carry the client's details
    state: LinkState
    ended: Ended | None
    refusal: Refusal | None  # why they may not accept, though they may decline
    questions: tuple[Question, ...]


def decision(tx: Tx, token: str) -> DecisionView | Refused | None:
    """None for a link that this practice never issued; Refused when whoever it is for may not act any more."""
    link = link_of(tx, token, LinkPurpose.DECIDE)
    if link is None:
        return None
    offer, referral = tx.get(Offer, link.offer_id), tx.get(Referral, link.referral_id)
    provider = tx.get(Provider, link.provider_id)
    if offer is None or referral is None or provider is None:
        return None
    actor = actor_of(tx, provider.id, None, Surface.EMAIL_LINK)
    if isinstance(actor, Refused):
        return actor
    case = Case(referral, offer)
    practice, latest = tx.practice(), tx.get(Offer, referral.offer_id)
    return DecisionView(
        code=referral.code,
        whose=provider.title,
        time_zone=provider.time_zone or practice.time_zone,
        facts=facts_of(referral),
        expires_at=offer.expires_at,
        link_until=link.expires_at,
        overdue=overdue(offer, tx.now),
        card_link=latest.card_link if latest and latest.card_link else offer.card_link,
        in_slack=provider.slack_standing is SlackStanding.MEMBER,
        details_mailed=at_work(practice, provider.work_email),
        state=_state(link, offer, tx.now),
        ended=_ended(tx, case, actor),
        refusal=refusal_of(provider, case, tx),
        questions=questions(provider, referral, tx.now, full_of(tx, provider)),
    )


def _state(link: Link, offer: Offer, now: datetime) -> LinkState:
    if offer.outcome is not None:
        return LinkState.DECIDED
    if link.used_at is not None:
        return LinkState.USED
    return LinkState.OPEN if link.expires_at > now else LinkState.EXPIRED


#: Which event ends a round so.
_ENDED_BY = {
    OfferOutcome.ACCEPTED: Event.ACCEPT,
    OfferOutcome.DECLINED: Event.DECLINE,
    OfferOutcome.EXPIRED: Event.EXPIRE,
    OfferOutcome.RELEASED: Event.RELEASE,
    OfferOutcome.REPLACED: Event.ASSIGN,
    OfferOutcome.CLOSED: Event.CLOSE,
}


def _ended(tx: Tx, case: Case, actor: Actor) -> Ended | None:
    offer = case.offer
    if offer.outcome is None:
        return None
    at = offer.closed_at or offer.expires_at
    who = tx.session.exec(
        select(History.actor)
        .where(
            History.practice_id == tx.practice_id,
            History.subject_id == case.referral.id,
            History.event == _ENDED_BY[offer.outcome],
            History.result == "done",
            History.at == at,
        )
        .order_by(col(History.seq))
    ).first()
    provider = _person(tx, who or "")
    return Ended(
        outcome=offer.outcome,
        at=at,
        by=provider.name if provider else None,
        mine=provider is not None and provider.id == actor.provider_id,
        unaided=who is None or who == "system",
        now=since(tx, case, actor),
    )


def _person(tx: Tx, actor: str) -> Provider | None:
    """The provider behind an actor's name in history, which for a coordinator is their Slack id."""
    kind, _, key = actor.partition(":")
    if kind == "provider":
        return tx.get(Provider, key)
    if kind != "slack":
        return None
    return tx.session.exec(
        select(Provider).where(Provider.practice_id == tx.practice_id, Provider.slack_user == key)
    ).first()
