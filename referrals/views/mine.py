"""What is a provider's own, in groups and a page at a time: counted where it lies, and never read as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlmodel import col, func, select

from store.tables import Offer, Provider, Referral
from store.vocabulary import Status

from ..tx import Tx
from .lists import Line, line_of

#: How long a closed referral is still told of.
RECENTLY = timedelta(days=14)

_Rows = Sequence[tuple[Offer, Referral]]


class Group(StrEnum):
    """In the order in which Home shows them."""

    WAITING = "waiting"  # for this provider's answer; the soonest deadline first
    CONTACT = "contact"  # accepted, and not yet contacted; the longest ago first
    PROGRESS = "progress"  # contacted, the longest ago first; then scheduled, the latest first
    CLOSED = "closed"  # in the last two weeks; the latest first


@dataclass(frozen=True, slots=True)
class Page:
    """A part of one group. ``number`` counts from 0; ``total``: of the whole group."""

    group: Group
    lines: tuple[Line, ...]
    number: int
    size: int
    total: int

    @property
    def first(self) -> int:
        """How many stand before it."""
        return self.number * self.size

    @property
    def last_number(self) -> int:
        return last_number(self.total, self.size)


def last_number(total: int, size: int) -> int:
    """Of the last page; an empty group has one page."""
    return max(0, (total - 1) // size)


def pages(tx: Tx, provider_id: str, wanted: Mapping[str, int], size: int) -> dict[Group, Page]:
    """A page of ``size`` of every group. ``wanted``: group -> number; a group that has shrunk shows its last page."""
    provider = tx.get(Provider, provider_id)
    held = _held_counts(tx, provider_id)
    totals = {
        Group.WAITING: _waiting_count(tx, provider_id),
        Group.CONTACT: held.get(Status.ACCEPTED, 0),
        Group.PROGRESS: held.get(Status.CONTACTED, 0) + held.get(Status.SCHEDULED, 0),
        Group.CLOSED: _closed_count(tx, provider_id),
    }
    found = {}
    for group, total in totals.items():
        number = min(max(0, wanted.get(group, 0)), last_number(total, size))
        rows: _Rows = []
        if total:
            rows = _rows(tx, provider_id, group, number * size, size, held)
        found[group] = Page(group, tuple(line_of(one, offer, provider) for offer, one in rows), number, size, total)
    return found


def how_many_wait_for(tx: Tx, provider_id: str) -> int:
    """What somebody has to decide on, and the clients whom they have still to contact."""
    return _waiting_count(tx, provider_id) + _held_counts(tx, provider_id).get(Status.ACCEPTED, 0)


def _rows(tx: Tx, provider_id: str, group: Group, skip: int, size: int, held: Mapping[Status, int]) -> _Rows:
    if group is Group.WAITING:
        return _waiting(tx, provider_id, skip, size)
    if group is Group.CLOSED:
        return _closed(tx, provider_id, skip, size)
    if group is Group.CONTACT:
        return _held(tx, provider_id, Status.ACCEPTED, skip, size)
    contacted = held.get(Status.CONTACTED, 0)
    rows = list(_held(tx, provider_id, Status.CONTACTED, skip, size)) if skip < contacted else []
    if len(rows) < size:
        # What was scheduled stays so for years: the latest of it matter, and they come after all that is to be done.
        beyond = max(0, skip - contacted)
        rows += _held(tx, provider_id, Status.SCHEDULED, beyond, size - len(rows), latest_first=True)
    return rows


def _held_counts(tx: Tx, provider_id: str) -> dict[Status, int]:
    counted = tx.session.exec(
        select(Referral.status, func.count())
        .where(
            Referral.practice_id == tx.practice_id,
            Referral.accepted_by == provider_id,
            col(Referral.status).in_([Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED]),
        )
        .group_by(Referral.status)
    )
    return {Status(status): count for status, count in counted}


def _waiting_count(tx: Tx, provider_id: str) -> int:
    return tx.session.exec(
        select(func.count())
        .select_from(Offer)
        .where(Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None))
    ).one()


def _closed_count(tx: Tx, provider_id: str) -> int:
    return tx.session.exec(
        select(func.count())
        .select_from(Referral)
        .where(
            Referral.practice_id == tx.practice_id,
            Referral.accepted_by == provider_id,
            col(Referral.closed_at) > tx.now - RECENTLY,
        )
    ).one()


# Every order ends with the id: rows of one moment must not change places between two pages.


def _waiting(tx: Tx, provider_id: str, skip: int, size: int) -> _Rows:
    return tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None))
        .order_by(col(Offer.expires_at), col(Offer.id))
        .offset(skip)
        .limit(size)
    ).all()


def _held(tx: Tx, provider_id: str, status: Status, skip: int, size: int, *, latest_first: bool = False) -> _Rows:
    accepted, id = col(Referral.accepted_at), col(Referral.id)
    order = (accepted.desc(), id.desc()) if latest_first else (accepted, id)
    return tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Referral.offer_id) == Offer.id)
        .where(Referral.practice_id == tx.practice_id, Referral.accepted_by == provider_id, Referral.status == status)
        .order_by(*order)
        .offset(skip)
        .limit(size)
    ).all()


def _closed(tx: Tx, provider_id: str, skip: int, size: int) -> _Rows:
    return tx.session.exec(
        select(Offer, Referral)
        .join(Referral, col(Referral.offer_id) == Offer.id)
        .where(
            Referral.practice_id == tx.practice_id,
            Referral.accepted_by == provider_id,
            col(Referral.closed_at) > tx.now - RECENTLY,
        )
        .order_by(col(Referral.closed_at).desc(), col(Referral.id).desc())
        .offset(skip)
        .limit(size)
    ).all()
