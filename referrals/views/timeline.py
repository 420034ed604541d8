"""A referral's whole story for coordinators: what happened, who did it for whom and from where, and what was sent.

It names providers and, where Slack knows them, coordinators; of the client it knows nothing to name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import col, select

from store.tables import Delivery, History, Offer, Provider, Referral
from store.vocabulary import DeliveryChannel, DeliveryState, Kind, Status, Urgency

from ..acting.latest import who
from ..actor import Actor
from ..deciding import locked_referral, overdue, person, refuse
from ..outcomes import Missing, Person, Refusal, Refused
from ..tx import Tx
from ..zones import zone_of
from .facts import Facts, facts_of

#: What history calls the look that somebody was refused.
TIMELINE = "timeline"
PAGE = 20
#: Rows of one referral that are read at all: a story of years has some hundred.
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of the referral's history. ``role``: the kind of actor, for those who are no person."""

    at: datetime
    event: str
    result: str
    data: Mapping[str, Any]
    role: str  # provider, slack, client, system, operator
    by: Person | None
    whose: Person | None  # on whose behalf
    surface: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, as often as it was for people of one kind at one moment. ``sent_at``: of the last of them."""

    at: datetime
    template: str
    channel: DeliveryChannel
    to: str  # client, provider, source, slack, channel
    who: Person | None  # a provider
    count: int
    state: DeliveryState
    trouble: str | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """``entries``: those of one page, oldest first; page 0 is the latest. ``time_zone``: the reader's."""

    referral_id: str
    offer_id: str
    code: str
    status: Status
    facts: Facts
    kind: Kind  # of the round
    round: int
    created_at: datetime
    expires_at: datetime | None  # while it waits for an answer
    overdue: bool
    whose: Person | None  # reserved for
    holder: Person | None
    urgent: bool
    legal_hold: bool
    card_link: str | None
    entries: Sequence[Happened | Told]
    names: Mapping[str, str]  # of the providers whom the entries speak of, by id
    page: int
    pages: int
    total: int
    time_zone: str
    referred: bool = False  # somebody is known to have referred the client


def timeline(tx: Tx, actor: Actor, referral_id: str, page: int = 0) -> Timeline | Refused | Missing:
    """``page``: one too far back shows the oldest. Only for coordinators; a refusal is recorded."""
    if not actor.coordinator:
        case = locked_referral(tx, referral_id)
        return refuse(tx, case, actor, TIMELINE, Refusal.NOT_COORDINATOR) if case else Missing()
    referral = tx.get(Referral, referral_id)
    offer = tx.get(Offer, referral.offer_id) if referral else None
    if referral is None or offer is None:
        return Missing()
    found: list[Happened | Told] = [*_happened(tx, referral_id), *_told(tx, referral_id)]
    everything = sorted(found, key=lambda one: one.at)
    pages = max(1, -(-len(everything) // PAGE))
    page = min(max(page, 0), pages - 1)
    end = len(everything) - page * PAGE
    entries = everything[max(0, end - PAGE) : end]
    open_ = offer.outcome is None
    return Timeline(
        referral_id=referral.id,
        offer_id=offer.id,
        code=referral.code,
        status=referral.status,
        facts=facts_of(referral),
        kind=offer.kind,
        round=referral.round,
        created_at=referral.created_at,
        expires_at=offer.expires_at if open_ else None,
        overdue=overdue(offer, tx.now),
        whose=person(tx.get(Provider, offer.provider_id)) if open_ else None,
        holder=person(tx.get(Provider, referral.accepted_by)),
        urgent=referral.urgency is Urgency.URGENT,
        legal_hold=referral.legal_hold,
        card_link=offer.card_link,
        entries=entries,
        names=_names(tx, entries),
        page=page,
        pages=pages,
        total=len(everything),
        time_zone=zone_of(tx.get(Provider, actor.provider_id), tx.practice()).key,
        referred=referral.source_id is not None,
    )


def _happened(tx: Tx, referral_id: str) -> Iterable[Happened]:
    found = select(History).where(History.subject_id == referral_id, History.practice_id == tx.practice_id)
    rows = tx.session.exec(found.order_by(col(History.seq).desc()).limit(_MOST)).all()
    for row in reversed(rows):
        yield Happened(
            row.at,
            row.event,
            row.result,
            row.data,
            row.actor.partition(":")[0],
            who(tx, row.actor),
            person(tx.get(Provider, row.on_behalf_of)),
            row.surface,
        )


def _told(tx: Tx, referral_id: str) -> Iterable[Told]:
    """Coordinators are told each by themselves; of one alert that is one line."""
    found = select(Delivery).where(Delivery.referral_id == referral_id, Delivery.practice_id == tx.practice_id)
    rows = tx.session.exec(found.order_by(col(Delivery.id).desc()).limit(_MOST)).all()
    for key, group in groupby(sorted(rows, key=_sameness), key=_sameness):
        several = list(group)
        to, _, id = several[0].recipient.partition(":")
        yield Told(
            at=several[0].created_at,
            template=several[0].template,
            channel=several[0].channel,
            to=to,
            who=person(tx.get(Provider, id)) if to == "provider" else None,
            count=len(several),
            state=several[0].state,
            trouble=key[-1] or None,
            sent_at=max((one.sent_at for one in several if one.sent_at), default=None),
        )


def _names(tx: Tx, entries: Iterable[Happened | Told]) -> Mapping[str, str]:
    rows = (one.data for one in entries if isinstance(one, Happened))
    named = {str(data[key]) for data in rows for key in ("provider", "preferred") if data.get(key)}
    return {id: found.name for id in named if (found := tx.get(Provider, id))}


def _sameness(row: Delivery) -> tuple[Any, ...]:
    whom = "slack" if row.recipient.startswith("slack:") else row.recipient
    return (row.created_at, row.template, whom, row.state, row.trouble or "")
