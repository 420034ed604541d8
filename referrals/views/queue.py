"""The coordinators' queue: every open referral, filtered, a page at a time, counted and read by its indexes.

In the order of what is to be done: what nobody took, the oldest first; what waits for an answer, the soonest deadline
first; what was accepted, then what was contacted, the longest ago first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from store.tables import Offer, Provider, Referral
from store.vocabulary import INSURERS, SERVICES, STATES, Kind, Status, Urgency

from ..tx import Tx
from .facts import Facts, facts_of
from .mine import last_number

#: In the order in which they stand in the queue.
OPEN = (Status.EXPIRED, Status.PENDING, Status.ACCEPTED, Status.CONTACTED)
#: Days that "older than" may say.
AGES = (1, 2, 7)

_Rows = Sequence[tuple[Offer, Referral]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; "" is any. Codes of the vocabularies, a provider's id, a number of days."""

    insurer: str = ""
    state: str = ""
    service: str = ""
    kind: str = ""
    provider: str = ""  # who has accepted it, or to whom it is offered now
    age: str = ""
    status: str = ""

    def on(self) -> dict[str, str]:
        """Those that narrow anything, by name."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """``whose``: the provider who has it, or for whom it is reserved. ``expires_at``: of what waits for an answer."""

    referral_id: str
    code: str
    status: Status
    kind: Kind
    urgent: bool
    facts: Facts
    received_at: datetime
    expires_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    whose: str | None
    card_link: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A part of the queue. ``number`` counts from 0; ``total``: of all that the filters leave."""

    lines: tuple[QueueLine, ...]
    number: int
    size: int
    total: int
    filters: Filters

    @property
    def last_number(self) -> int:
        return last_number(self.total, self.size)


def read_filters(tx: Tx, wanted: Mapping[str, str]) -> Filters:
    """From where Home stands; what means nothing here, or no longer, narrows nothing."""
    known: dict[str, Any] = {
        "insurer": INSURERS,
        "state": STATES,
        "service": SERVICES,
        "kind": set(Kind),
        "age": {str(days) for days in AGES},
        "status": set(map(str, OPEN)),
    }
    found = {name: wanted[name] for name, values in known.items() if wanted.get(name) in values}
    provider = tx.get(Provider, wanted.get("provider"))
    return Filters(**found, provider=provider.id if provider else "")


def queue_page(tx: Tx, filters: Filters, number: int, size: int) -> QueuePage:
    """A queue that has become shorter shows its last page."""
    counts = {status: _count(tx, filters, status) for status in OPEN if filters.status in ("", status)}
    total = sum(counts.values())
    number = min(max(0, number), last_number(total, size))
    lines: list[QueueLine] = []
    skip = number * size
    for status, count in counts.items():
        if skip < count and len(lines) < size:
            rows = _rows(tx, filters, status, skip, size - len(lines))
            lines += [_line(tx, offer, referral) for offer, referral in rows]
        skip = max(0, skip - count)
    return QueuePage(tuple(lines), number, size, total, filters)


def _count(tx: Tx, filters: Filters, status: Status) -> int:
    statement = select(func.count()).select_from(Referral).where(*_conditions(tx, filters, status))
    return tx.session.exec(statement).one()


def _rows(tx: Tx, filters: Filters, status: Status, skip: int, limit: int) -> _Rows:
    """Every order ends with the id: rows of one moment must not change places between two pages."""
    statement = (
        select(Offer, Referral)
        .join(Referral, col(Referral.offer_id) == Offer.id)
        .where(*_conditions(tx, filters, status))
        .order_by(*_ORDER[status], col(Referral.id))
    )
    if status is Status.PENDING:  # lets the few open rounds be found by their own index
        statement = statement.where(Offer.practice_id == tx.practice_id, col(Offer.outcome).is_(None))
    return tx.session.exec(statement.offset(skip).limit(limit)).all()


_ORDER: dict[Status, tuple[Any, ...]] = {
    Status.EXPIRED: (col(Referral.created_at),),
    Status.PENDING: (col(Offer.expires_at),),
    Status.ACCEPTED: (col(Referral.accepted_at),),
    Status.CONTACTED: (col(Referral.contacted_at),),
}


def _conditions(tx: Tx, filters: Filters, status: Status) -> list[ColumnElement[bool]]:
    found: list[Any] = [Referral.practice_id == tx.practice_id, Referral.status == status]
    for name, column in _COLUMNS.items():
        if value := getattr(filters, name):
            found.append(column == value)
    if filters.age:
        found.append(col(Referral.created_at) <= tx.now - timedelta(days=int(filters.age)))
    if filters.provider:
        found.append(_whose(tx, filters.provider, status))
    return found


_COLUMNS: dict[str, Any] = {
    "insurer": Referral.insurer,
    "state": Referral.state,
    "service": Referral.service,
    "kind": Referral.kind,
}


def _whose(tx: Tx, provider_id: str, status: Status) -> ColumnElement[bool]:
    if status is not Status.PENDING:
        return col(Referral.accepted_by) == provider_id  # of what expired nobody's
    reserved = select(Offer.id).where(
        Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None)
    )
    return col(Referral.offer_id).in_(reserved)


def _line(tx: Tx, offer: Offer, referral: Referral) -> QueueLine:
    pending = referral.status is Status.PENDING
    whose = tx.get(Provider, offer.provider_id if pending else referral.accepted_by)
    return QueueLine(
        referral_id=referral.id,
        code=referral.code,
        status=referral.status,
        kind=referral.kind,
        urgent=referral.urgency is Urgency.URGENT,
        facts=facts_of(referral),
        received_at=referral.created_at,
        expires_at=offer.expires_at if pending else None,
        accepted_at=referral.accepted_at,
        contacted_at=referral.contacted_at,
        whose=whose.name if whose else None,
        card_link=offer.card_link,
    )


def providers_to_choose(tx: Tx, chosen: str = "") -> list[tuple[str, str]]:
    """Id and name of everybody on the roster, by name, and of the one who is chosen even if they have left it."""
    people = {one.id: one.name for one in tx.roster()}
    if chosen and chosen not in people and (gone := tx.get(Provider, chosen)):
        people[gone.id] = gone.name
    return sorted(people.items(), key=lambda one: (one[1].casefold(), one[0]))
