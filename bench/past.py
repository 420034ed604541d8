"""A practice's past in bulk. Only what queries meet is lifelike: its hashes are no hashes, its clients all one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, insert, literal, select
from sqlalchemy.sql.selectable import CTE
from sqlmodel import Session, SQLModel

from store.tables import Client, Delivery, History
from store.vocabulary import DeliveryChannel, DeliveryState, OfferOutcome, Status

from .seed import WINDOW, Seeder, offer_row, referral_row, values

_YEAR = timedelta(days=365)
#: A statement on PostgreSQL has 2.5 s.
_AT_ONCE = 5000


async def seed_past(seeder: Seeder, count: int, until: datetime, acceptors: Sequence[str]) -> None:
    """A year of referrals that were accepted before ``until`` and are scheduled, closed, or at least contacted."""
    for first in range(0, count, _AT_ONCE):
        last = min(first + _AT_ONCE, count) - 1
        at = until - _YEAR * (1 - first / count) - WINDOW
        await seeder.database.write(partial(_write, seeder, _numbers(first, last), at, acceptors))


def _write(seeder: Seeder, numbers: CTE, at: datetime, acceptors: Sequence[str], session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")  # checks no foreign keys
    key, practice = _key(session, numbers), seeder.practice_id
    sealed = seeder.vault.seal("Client of the bench")
    _fill(session, numbers, Client(id="", practice_id=practice, name=sealed, email=sealed, created_at=at), id=key)
    referral = referral_row(practice, at)
    referral.accepted_at, referral.history_head, referral.history_count = at, "-" * 64, 2
    made: dict[str, Any] = {"id": key, "offer_id": key, "client_id": key, "code": literal("P-") + key}
    made["accepted_by"] = case(dict(enumerate(acceptors)), value=numbers.c.n % len(acceptors))
    made["status"] = case(
        (numbers.c.n % 100 < 60, Status.SCHEDULED.value),
        (numbers.c.n % 100 < 99, Status.CLOSED.value),
        else_=Status.CONTACTED.value,
    )
    _fill(session, numbers, referral, **made)
    offer = offer_row(referral, at)
    offer.outcome, offer.closed_at = OfferOutcome.ACCEPTED, at
    offer.remind_due = offer.remind_client_due = None
    _fill(session, numbers, offer, id=key, referral_id=key)
    for seq, event in enumerate(("submit", "accept"), 1):
        _fill(session, numbers, _happened(practice, seq, event, at), id=key + f"-{seq}", subject_id=key)
    for template in ("client_confirmation", "acceptor_mail"):
        made = {"id": key + f"-{template}", "referral_id": key, "offer_id": key}
        made |= {"recipient": literal("client:") + key, "dedupe_key": key + ":" + key + f":{template}:"}
        _fill(session, numbers, _sent(practice, template, at), **made)


def _happened(practice_id: str, seq: int, event: str, at: datetime) -> History:
    return History(
        id="",
        practice_id=practice_id,
        subject="referral",
        subject_id="",
        seq=seq,
        at=at,
        event=event,
        result="done",
        actor="provider:" + "0" * 26,
        surface="button",
        data={"offer": "0" * 26},
        hash="-" * 64,
    )


def _sent(practice_id: str, template: str, at: datetime) -> Delivery:
    return Delivery(
        id="",
        practice_id=practice_id,
        channel=DeliveryChannel.EMAIL,
        template=template,
        recipient="",
        dedupe_key="",
        state=DeliveryState.SENT,
        attempts=1,
        next_at=at,
        first_tried=at,
        reference="<0@example.org>",
        created_at=at,
        sent_at=at,
    )


def _numbers(first: int, last: int) -> CTE:
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last))


def _key(session: Session, numbers: CTE) -> ColumnElement[str]:
    """An id of 26 characters that sorts before all real ones, as older ones do."""
    if session.get_bind().dialect.name == "sqlite":
        return func.printf("%026d", numbers.c.n, type_=String())
    return func.lpad(cast(numbers.c.n, String()), 26, "0", type_=String())


def _fill(session: Session, numbers: CTE, row: SQLModel, **made: Any) -> None:
    """One INSERT … SELECT of a row for each number, alike but for what is ``made`` of the number."""
    given = dict(values(row))
    table = type(row).__table__  # type: ignore[attr-defined]
    chosen = [made.get(column.name, literal(given[column.name], column.type)) for column in table.columns]
    session.connection().execute(insert(table).from_select(list(given), select(*chosen).select_from(numbers)))
