"""A real desk on a real migrated database, with a clock that only moves when it is turned, and people to act on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet
from sqlmodel import SQLModel, col, select

from referrals.actor import CLIENT, Actor, Surface
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.intake.request import Intake
from referrals.outcomes import Done
from referrals.submit import submit
from referrals.tx import Tx, Wake
from store.database import Database
from store.history import first_broken
from store.ids import new_id
from store.tables import Attention, Delivery, History, Offer, Practice, Provider, Referral
from store.vault import Vault
from store.vocabulary import SlackStanding
from tests.neighbour import HISTORY_KEY, INDEX_KEY

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)

#: A Friday evening, an hour before midnight in UTC: windows run over a weekend and a change of date.
START = datetime(2025, 11, 14, 23, 0, tzinfo=UTC)
COORDINATOR = "U0CORA"


class StillClock(Clock):
    """Both clocks at once; it stands still until it is turned."""

    def __init__(self, at: datetime = START) -> None:
        super().__init__()
        self.at = at

    def real(self) -> datetime:  # type: ignore[override]
        return self.at

    def turn(self, **step: float) -> None:
        self.at += timedelta(**step)


def new_vault(*keys: str) -> Vault:
    return Vault(keys or [Fernet.generate_key().decode()], INDEX_KEY, HISTORY_KEY)


@dataclass
class Office:
    """One practice and its desk. ``woken``: every wake-up asked for, in order."""

    desk: Desk
    clock: StillClock
    practice_id: str
    woken: list[Wake] = field(default_factory=list)

    async def do(self, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self.desk.do(self.practice_id, use_case, *args, **kwargs)

    async def submit(self, preferred: Provider | None = None, **facts: Any) -> Done:
        return await self.do(submit, CLIENT, intake(preferred, **facts))

    async def provider(self, name: str, **values: Any) -> Provider:
        row = provider_row(self.practice_id, name, **values)
        await self.do(Tx.add, row)
        return row

    async def team(self, *names: str) -> list[Provider]:
        """Several providers who differ in nothing but their names, in one transaction."""
        rows = [provider_row(self.practice_id, name) for name in names]
        await self.do(lambda tx: tx.session.add_all(rows))
        return rows

    async def change(self, table: type[Row], id: str, **values: Any) -> None:
        """Sets columns directly, for what no use case of the test's subject does."""

        def write(tx: Tx) -> None:
            row = tx.lock(table, id)
            for name, value in values.items():
                setattr(row, name, value)

        await self.do(write)

    async def rows(self, table: type[Row], **where: Any) -> Sequence[Row]:
        """In the order in which they were made."""
        conditions = [col(getattr(table, name)) == value for name, value in where.items()]
        row: Any = table

        def read(tx: Tx) -> Sequence[Row]:
            statement = select(table).where(row.practice_id == self.practice_id, *conditions)
            order = [row.subject_id, row.seq] if table is History else []
            if hasattr(row, "id"):
                order.append(row.id)
            return tx.session.exec(statement.order_by(*order)).all()

        return await self.do(read)

    async def referral(self, id: str) -> Referral:
        return (await self.rows(Referral, id=id))[0]

    async def offers(self, referral_id: str) -> list[Offer]:
        return sorted(await self.rows(Offer, referral_id=referral_id), key=lambda one: one.round)

    async def told(self, referral_id: str) -> list[tuple[str, str]]:
        """(template, recipient) of every delivery, sorted."""
        return sorted((one.template, one.recipient) for one in await self.rows(Delivery, referral_id=referral_id))

    async def attention(self, referral_id: str) -> list[str]:
        """Kinds of the open items, sorted."""
        items = await self.rows(Attention, referral_id=referral_id)
        return sorted(item.kind for item in items if item.settled_at is None)

    async def history(self, subject: Referral | Provider) -> list[str]:
        """``event``, or ``event:result`` of what was not done; the chain is checked on the way."""
        rows = await self.rows(History, subject_id=subject.id)
        fresh = (await self.rows(type(subject), id=subject.id))[0]
        assert first_broken(self.desk.vault, rows, fresh.history_head, fresh.history_count) is None
        return [row.event if row.result == "done" else f"{row.event}:{row.result}" for row in rows]


def intake(preferred: Provider | None = None, **facts: Any) -> Intake:
    values: dict[str, Any] = {
        "client_name": "Ada Canary-Quill",
        "client_email": "ada@clients.example.net",
        "client_phone": "+12025550142",
        "state": "NY",
        "insurer": "aetna",
        "service": "individual",
        "delivery": "telehealth",
        "age_band": "18-64",
        "channel": "form",
        "preferred_provider_id": preferred.id if preferred else None,
    }
    return Intake(**values | facts)


def provider_row(practice_id: str, name: str, **values: Any) -> Provider:
    """Licensed in New York, on Aetna's panel, in Slack, with a work email; ``values`` change that."""
    first = name.split()[0].lower()
    defaults: dict[str, Any] = {
        "id": new_id(),
        "practice_id": practice_id,
        "name": name,
        "slack_user": f"U0{first.upper()}",
        "slack_standing": SlackStanding.MEMBER,
        "work_email": f"{first}@practice.example.org",
        "mobile": "+12025550101",
        "work_phone": "+12025550102",
        "licences": [{"state": "NY"}],
        "insurers": [{"insurer": "aetna", "accepting": True}],
        "created_at": START,
    }
    return Provider(**defaults | values)


def practice_row(**values: Any) -> Practice:
    id = new_id()
    defaults: dict[str, Any] = {
        "id": id,
        "team_id": f"T0{id.upper()}",
        "slug": f"harbor-{id}",
        "name": "Harbor Therapy",
        "channel_id": "C0REFERRALS",
        "work_domains": ["practice.example.org"],
        "coordinators": [COORDINATOR],
        "created_at": START,
    }
    return Practice(**defaults | values)


def by(provider: Provider, *, coordinator: bool = False) -> Actor:
    """This provider, pressing a button."""
    name = f"provider:{provider.id}"
    return Actor(name, Surface.BUTTON, provider.id, provider.slack_user, coordinator=coordinator)


#: A coordinator who is no provider, and somebody whom the roster does not know.
CORA = Actor(f"slack:{COORDINATOR}", Surface.BUTTON, slack_user=COORDINATOR, coordinator=True)
STRANGER = Actor("slack:U0STRANGER", Surface.BUTTON, slack_user="U0STRANGER")


@pytest.fixture
async def office(shared_database: Database) -> Office:
    return await new_office(shared_database)


async def new_office(database: Database, practice: Practice | None = None) -> Office:
    practice = practice or practice_row()
    await database.write(lambda session: session.add(practice))
    woken: list[Wake] = []

    async def wake(wakes: Sequence[Wake]) -> None:
        woken.extend(wakes)

    clock = StillClock()
    return Office(Desk(database, new_vault(), clock, wake), clock, practice.id, woken)
