"""What needs a person, in the one order in which it is shown: whatever concerns an urgent referral, then the oldest.

Urgent is a referral that is marked so and still open, for all that is on the list about it. Everything else hurts more
the longer it waits: a client of two days before one of two hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import and_, col, func, select

from store.tables import Attention, Provider, Referral
from store.tables.referral import URGENT_AND_OPEN
from store.vocabulary import AttentionKind, Status, Urgency

from ..roster.licence_ends import LicenceEnd, ends_of
from ..tx import Tx
from .facts import Facts, facts_of
from .mine import last_number

_NAMED = and_(col(Attention.detail) == Provider.id, Provider.practice_id == Attention.practice_id)
_OPEN = (Status.PENDING, Status.ACCEPTED, Status.CONTACTED, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """``referral_id``, ``code`` and ``status`` are missing where it concerns the practice as a whole."""

    attention_id: str
    kind: AttentionKind
    referral_id: str | None
    offer_id: str | None
    code: str | None
    status: Status | None
    opened_at: datetime
    detail: str | None
    about: str | None = None  # the provider whom ``detail`` names
    urgent: bool = False  # its referral is, and is still open
    holder: str | None = None  # the provider who has the referral
    facts: Facts | None = None
    ends: tuple[LicenceEnd, ...] = ()  # of the provider's licences, where it is about these


@dataclass(frozen=True, slots=True)
class NeedsPage:
    """A part of the list. ``number`` counts from 0; ``total``: of the whole."""

    lines: tuple[AttentionLine, ...]
    number: int
    size: int
    total: int

    @property
    def last_number(self) -> int:
        return last_number(self.total, self.size)


def needs_page(tx: Tx, number: int, size: int) -> NeedsPage:
    """A list that has become shorter shows its last page."""
    total = how_many_need_a_person(tx)
    number = min(max(0, number), last_number(total, size))
    return NeedsPage(tuple(attention_lines(tx, size, number * size)) if total else (), number, size, total)


def how_many_need_a_person(tx: Tx) -> int:
    """Open items on the coordinators' list."""
    items = select(func.count()).select_from(Attention)
    return tx.session.exec(
        items.where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
    ).one()


def attention_lines(tx: Tx, limit: int = 20, skip: int = 0) -> list[AttentionLine]:
    """In the order that the module's first lines say; every order ends with the id, so that none changes places."""
    urgent = _urgent(tx)
    ids = urgent[skip : skip + limit]
    if len(ids) < limit:
        ids += _oldest(tx, urgent, max(0, skip - len(urgent)), limit - len(ids))
    rows = tx.session.exec(
        select(Attention, Referral, col(Provider.name))
        .join(Referral, col(Attention.referral_id) == Referral.id, isouter=True)
        .join(Provider, _NAMED, isouter=True)
        .where(tx.ours(Attention), col(Attention.id).in_(ids))
    )
    found = {item.id: _line(tx, item, referral, about) for item, referral, about in rows} if ids else {}
    return [found[id] for id in ids if id in found]


def _urgent(tx: Tx) -> list[str]:
    """All of them, by the index of what is urgent and open, which is little."""
    urgent = select(Referral.id).where(Referral.practice_id == tx.practice_id, URGENT_AND_OPEN)
    return list(
        tx.session.exec(
            select(Attention.id)
            .where(col(Attention.referral_id).in_(urgent), col(Attention.settled_at).is_(None))
            .order_by(col(Attention.opened_at), col(Attention.id))
        )
    )


def _oldest(tx: Tx, without: Sequence[str], skip: int, limit: int) -> list[str]:
    items = select(Attention.id).where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
    if without:
        items = items.where(col(Attention.id).not_in(without))
    in_order = items.order_by(col(Attention.opened_at), col(Attention.id))
    return list(tx.session.exec(in_order.offset(skip).limit(limit)))


def _line(tx: Tx, item: Attention, referral: Referral | None, about: str | None) -> AttentionLine:
    holder = tx.get(Provider, referral.accepted_by) if referral else None
    licensed = tx.get(Provider, item.detail) if item.kind is AttentionKind.LICENCE_ENDING else None
    return AttentionLine(
        attention_id=item.id,
        kind=item.kind,
        referral_id=item.referral_id,
        offer_id=item.offer_id,
        code=referral.code if referral else None,
        status=referral.status if referral else None,
        opened_at=item.opened_at,
        detail=item.detail,
        about=about,
        urgent=referral is not None and referral.urgency is Urgency.URGENT and referral.status in _OPEN,
        holder=holder.name if holder else None,
        facts=facts_of(referral) if referral else None,
        ends=tuple(ends_of(tx, licensed)) if licensed else (),
    )
