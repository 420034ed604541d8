"""A client's details for those who may see them, and the way to the page that shows them. Every look is recorded.

This and ``composing`` are the only places that open a client's record.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from store.tables import Client, Provider
from store.vocabulary import CONCERNS, HIDDEN_CONCERNS, MINOR_BANDS, CloseReason, PlanItem, Status, Urgency

from . import links
from .access import actor_of, may_see_client
from .actor import Actor
from .composing import contact_of
from .deciding import Case, locked_referral, person
from .letters import Contact
from .lifecycle import HELD
from .outcomes import Missing, Person, Refusal, Refused
from .tx import Tx
from .views.facts import Facts, facts_of
from .zones import zone_of

#: What history calls a look at a client's details, allowed or not.
VIEW = "view"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A link that opens a page once, within ``links.TO_A_PAGE``. ``code``: the referral's; None for the search."""

    slug: str
    token: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Details:
    """Instants are aware UTC; ``time_zone`` is the reader's. Never in a log, nor in Slack but where it is attested."""

    referral_id: str
    offer_id: str
    code: str
    status: Status
    facts: Facts
    protected: tuple[str, ...]  # the concerns that Part 2 keeps out of Slack, in people's words
    urgent: bool
    minor: bool
    contact: Contact | None  # None once it has been erased
    holder: Person | None
    mine: bool  # the reader is who has accepted it
    may_act: bool  # it is in hand, and the reader may say what came of it
    expires_at: datetime | None  # while it waits for an answer
    accepted_at: datetime | None
    contacted_at: datetime | None
    scheduled_at: datetime | None
    closed_at: datetime | None
    close_reason: CloseReason | None
    plan: frozenset[PlanItem]
    tries: int
    next_try: date | None
    card_link: str | None
    time_zone: str
    tomorrow: date  # where the acceptor is: the day on which somebody who did not answer is usually tried again


def ask_for_details(tx: Tx, actor: Actor, referral_id: str) -> Ticket | Refused | Missing:
    """A link to one look at the referral's client, for those whom DOMAIN.md section 3, rule 4 names."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if reason := _unentitled(tx, actor, case):
        return _refuse(tx, actor, case, reason)
    return Ticket(tx.practice().slug, links.page_link(tx, actor, case.referral), case.referral.code)


def view(tx: Tx, actor: Actor, referral_id: str) -> Details | Refused | Missing:
    """The details themselves, asked for again at every look: what was allowed a moment ago may not be any more."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if reason := _unentitled(tx, actor, case):
        return _refuse(tx, actor, case, reason)
    tx.record(case.referral, VIEW, actor, what="details")
    return _details(tx, actor, case)


def for_slack(tx: Tx, actor: Actor, referral_id: str) -> Ticket | Details | Refused | Missing:
    """What "Client details" gives in Slack: the link, or the details where the practice has attested (rule 1)."""
    return (view if tx.practice().phi_in_slack else ask_for_details)(tx, actor, referral_id)


def _unentitled(tx: Tx, actor: Actor, case: Case) -> Refusal | None:
    """Why not: who they are now, and whether the referral is theirs now."""
    as_now = actor_of(tx, actor.provider_id, actor.slack_user, actor.surface)
    if isinstance(as_now, Refused):
        return as_now.reason
    return None if may_see_client(as_now, case.referral, case.offer) else Refusal.NOT_THEIRS


def _refuse(tx: Tx, actor: Actor, case: Case, reason: Refusal) -> Refused:
    tx.record(case.referral, VIEW, actor, result=reason, what="details")
    return Refused(reason, case.referral.code)


def _details(tx: Tx, actor: Actor, case: Case) -> Details:
    referral, offer = case.referral, case.offer
    client = tx.get(Client, referral.client_id)
    reader = tx.get(Provider, actor.provider_id)
    mine = actor.provider_id is not None and actor.provider_id == referral.accepted_by
    known = client is not None and client.erased_at is None
    holder = tx.get(Provider, referral.accepted_by)
    their_day = tx.now.astimezone(zone_of(holder or reader, tx.practice())).date()
    return Details(
        referral_id=referral.id,
        offer_id=offer.id,
        code=referral.code,
        status=referral.status,
        facts=facts_of(referral),
        protected=tuple(CONCERNS[one] for one in referral.concerns if one in HIDDEN_CONCERNS),
        urgent=referral.urgency is Urgency.URGENT,
        minor=referral.age_band in MINOR_BANDS,
        contact=contact_of(tx, client) if client is not None and known else None,
        holder=person(holder),
        mine=mine,
        may_act=referral.status in HELD and (mine or actor.coordinator),
        expires_at=offer.expires_at if offer.outcome is None else None,
        accepted_at=referral.accepted_at,
        contacted_at=referral.contacted_at,
        scheduled_at=referral.scheduled_at,
        closed_at=referral.closed_at,
        close_reason=referral.close_reason,
        plan=frozenset(PlanItem(one) for one in referral.plan if one in set(PlanItem)),
        tries=referral.tries,
        next_try=referral.next_try,
        card_link=offer.card_link,
        time_zone=zone_of(reader, tx.practice()).key,
        tomorrow=their_day + timedelta(days=1),
    )
