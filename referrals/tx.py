"""One transaction of one practice: the session, the moment, the vault, and the wake-ups to send after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from store import history
from store.history import Entry, Subject
from store.tables import Practice, Provider
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
    _roster: Sequence[Provider] | None = field(default=None, init=False)

    def get(self, table: type[M], id: str | None) -> M | None:
        """A row of this practice, or None: another practice's row does not exist here."""
        return None if id is None else self.session.exec(self._one(table, id)).first()

    def lock(self, table: type[M], id: str | None) -> M | None:
        """The same, as it is now, held until the end of the transaction.

        Lock providers before referrals, always: that order is what keeps two use cases from waiting for each other.
        """
        if id is None:
            return None
        statement = self._one(table, id).with_for_update().execution_options(populate_existing=True)
        return self.session.exec(statement).first()

    def practice(self) -> Practice:
        practice = self.session.get(Practice, self.practice_id)
        if practice is None:
            raise LookupError(f"no practice {self.practice_id}")
        return practice

    def locked_practice(self) -> Practice:
        """For appending to the practice's own history."""
        return self.session.exec(
            select(Practice)
            .where(Practice.id == self.practice_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()

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
    ) -> None:
        """Appends to the subject's history. ``data`` takes ids and codes, never identity."""
        entry = Entry(event, actor.name, actor.surface, result, on_behalf_of, data)
        self.session.add(history.append(self.vault, subject, entry, self.now))

    def wake(self, kind: WakeKind, id: str, at: datetime | None = None) -> None:
        self.wakes.append(Wake(kind, self.practice_id, id, at))

    def _one(self, table: type[M], id: str) -> SelectOfScalar[M]:
        row: Any = table
        statement = select(table).where(row.id == id)
        return statement if table is Practice else statement.where(row.practice_id == self.practice_id)
