"""One transaction of one practice: the session, the moment, the vault, and the wake-ups to send after the commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from store import history
from store.history import Entry, Subject
from store.tables import Delivery, History, Practice, Provider
from store.vault import Vault
from store.vocabulary import ProviderStatus

from .actor import Actor

M = TypeVar("M", bound=SQLModel)


class WakeKind(StrEnum):
    CARD = "card"  # id: offer
    DELIVERY = "delivery"  # id: delivery
    REMIND = "remind"  # id: offer, at a moment of the desk clock
    REMIND_CLIENT = "remind_client"
    EXPIRE = "expire"
    NUDGE = "nudge"  # id: referral
    ESCALATE = "escalate"  # the same
    RESUME = "resume"  # id: provider, when a pause of theirs ends
    DIGEST = "digest"  # id: practice, at the hour of its day
    ERASE = "erase"  # id: erasure


@dataclass(frozen=True, slots=True)
class Wake:
    """A hint to look at a row, now or at a moment of the desk clock. Losing one costs only time."""

    kind: WakeKind
    practice_id: str
    id: str
    at: datetime | None = None


@dataclass(slots=True)
class Tx:
    """``now`` is the desk clock, ``real_now`` the machine's; both aware UTC and fixed for the whole transaction."""

    session: Session
    practice_id: str
    now: datetime
    real_now: datetime
    vault: Vault
    wakes: list[Wake]
    full_this_week: frozenset[str] | None = field(default=None, init=False)  # weekly.full keeps it here
    _roster: Sequence[Provider] | None = field(default=None, init=False)
    _history: list[dict[str, Any]] = field(default_factory=list, init=False)
    _deliveries: list[dict[str, Any]] = field(default_factory=list, init=False)
    _seen: list[SQLModel] = field(default_factory=list, init=False)  # the session alone would forget them

    def get(self, table: type[M], id: str | None) -> M | None:
        """A row of this practice, or None: another practice's row does not exist here."""
        if id is None:
            return None
        known = self.session.identity_map.get(identity_key(table, id))
        if known is not None:
            return known if self._ours(known) else None
        return self.first(_one(table), **self._scope(id))

    def first(self, statement: SelectOfScalar[M], **parameters: Any) -> M | None:
        """The first row, kept in mind to the end of the transaction: a second look at it costs nothing."""
        row = self.session.exec(statement, params=parameters).first()
        if row is not None:
            self._seen.append(row)
        return row

    def lock(self, table: type[M], id: str | None) -> M | None:
        """The same, as it is now, held until the end of the transaction.

        Lock providers before referrals, always: that order is what keeps two use cases from waiting for each other.
        """
        if id is None:
            return None
        if self.session.get_bind().dialect.name == "sqlite":
            return self.get(table, id)  # a writer there is alone from its first statement: nothing it read is stale
        self.session.flush()  # reading the row again would undo what this transaction has not written yet
        return self.first(_one_locked(table), **self._scope(id))

    def lock_all(self, table: type[M], ids: Iterable[str]) -> None:
        """Locks several in the one order that everybody keeps, for who would otherwise lock them as they come."""
        row: Any = table
        self.session.flush()
        statement = select(table).where(self.ours(table), row.id.in_(sorted(set(ids))))
        held = statement.order_by(row.id).with_for_update(key_share=True)
        self.session.exec(held.execution_options(populate_existing=True)).all()

    def ours(self, table: type[SQLModel]) -> ColumnElement[bool]:
        """That a row is this practice's, for a query that finds its rows by something narrower, such as their ids.

        ``|| ''`` keeps SQLite from taking an index that begins with the practice, and reading all that it has.
        PostgreSQL knows what its tables hold, and would take it for a condition that hardly any row meets.
        """
        row: Any = table
        on_sqlite = self.session.get_bind().dialect.name == "sqlite"
        column: ColumnElement[str] = row.practice_id.concat("") if on_sqlite else row.practice_id
        return column == self.practice_id

    def practice(self) -> Practice:
        known = self.session.identity_map.get(identity_key(Practice, self.practice_id))
        practice = known or self.first(_PRACTICE, id=self.practice_id)
        if practice is None:
            raise LookupError(f"no practice {self.practice_id}")
        return practice

    def locked_practice(self) -> Practice:
        """For appending to the practice's own history."""
        self.session.flush()  # as in ``lock``
        statement = select(Practice).where(Practice.id == self.practice_id).with_for_update(key_share=True)
        return self.session.exec(statement.execution_options(populate_existing=True)).one()

    def roster(self) -> Sequence[Provider]:
        """Everybody who is not inactive; read once a transaction, because an import asks for every line."""
        if self._roster is None:
            statement = select(Provider).where(
                Provider.practice_id == self.practice_id, Provider.status != ProviderStatus.INACTIVE
            )
            self._roster = self.session.exec(statement).all()
        return self._roster

    def add(self, row: SQLModel) -> None:
        """Inserts at once, so that what refers to the row can follow."""
        self.session.add(row)
        self.session.flush()

    def record(
        self,
        subject: Subject,
        event: str,
        actor: Actor,
        *,
        result: str = "done",
        on_behalf_of: str | None = None,
        **data: Any,
    ) -> str:
        """Appends to the subject's history and answers the row's id. ``data`` takes ids and codes, never identity."""
        entry = Entry(event, actor.name, actor.surface, result, on_behalf_of, data)
        row = history.append(self.vault, subject, entry, self.now)
        self._history.append(row)
        return str(row["id"])

    def deliver(self, row: dict[str, Any]) -> None:
        """Puts a delivery into the outbox; one with the same ``dedupe_key`` is there only once."""
        self._deliveries.append(row)
        self.wake(WakeKind.DELIVERY, row["id"])

    def finish(self) -> None:
        """Writes what was collected: many rows are one statement. The Desk calls it before it commits."""
        self.session.flush()
        connection = self.session.connection()
        for few in _batches(self._history):
            connection.execute(_INSERT_HISTORY, few)
        for few in _batches(self._deliveries):
            connection.execute(_INSERT_DELIVERIES[connection.dialect.name], few)

    def wake(self, kind: WakeKind, id: str, at: datetime | None = None) -> None:
        self.wakes.append(Wake(kind, self.practice_id, id, at))

    def _ours(self, row: SQLModel) -> bool:
        return bool(getattr(row, "practice_id", None) == self.practice_id)

    def _scope(self, id: str) -> dict[str, str]:
        return {"id": id, "practice_id": self.practice_id}


#: What an import collects goes in pieces: a single statement must stay within the time that is allowed to a click's.
_BATCH = 1000


def _batches(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH))


# Statements are built once: putting one together takes as long as running it.

_PRACTICE = select(Practice).where(Practice.id == bindparam("id"))
_INSERT_HISTORY = insert(History)
_INSERT_DELIVERIES = {
    "sqlite": sqlite_insert(Delivery).on_conflict_do_nothing(index_elements=["dedupe_key"]),
    "postgresql": postgresql_insert(Delivery).on_conflict_do_nothing(index_elements=["dedupe_key"]),
}


@cache
def _one(table: type[M]) -> SelectOfScalar[M]:
    row: Any = table
    return select(table).where(row.id == bindparam("id"), row.practice_id == bindparam("practice_id"))


@cache
def _one_locked(table: type[M]) -> SelectOfScalar[M]:
    # FOR NO KEY UPDATE: a row that refers to a locked one may be inserted meanwhile, or the two would wait in a circle.
    return _one(table).with_for_update(key_share=True).execution_options(populate_existing=True)
