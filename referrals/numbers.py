"""How many referrals stand where: the few figures that Home shows."""

from dataclasses import dataclass

from sqlmodel import col, func, select

from store.tables import Attention, Referral
from store.vocabulary import Status

from .tx import Tx


@dataclass(frozen=True, slots=True)
class Numbers:
    waiting: int
    to_contact: int
    contacted: int
    expired: int
    attention: int  # items on the coordinators' list


def numbers(tx: Tx) -> Numbers:
    counted = tx.session.exec(
        select(Referral.status, func.count())
        .where(Referral.practice_id == tx.practice_id)
        .where(col(Referral.status).in_([Status.PENDING, Status.ACCEPTED, Status.CONTACTED, Status.EXPIRED]))
        .group_by(Referral.status)
    )
    by_status = dict(counted.all())
    attention = tx.session.exec(
        select(func.count())
        .select_from(Attention)
        .where(Attention.practice_id == tx.practice_id, col(Attention.settled_at).is_(None))
    ).one()
    return Numbers(
        waiting=by_status.get(Status.PENDING, 0),
        to_contact=by_status.get(Status.ACCEPTED, 0),
        contacted=by_status.get(Status.CONTACTED, 0),
        expired=by_status.get(Status.EXPIRED, 0),
        attention=attention,
    )
