"""A second practice next door, in every test's database: a roster, clients and referrals in every state, all quiet.

Nothing of it is ever due, so no sweep and no worker has anything to do for it. Every name, code, id and address of it
carries ``MARK``: none of them may turn up in what a test's own practice sends, shows or logs, and none of its rows may
change. It is made once a session by the desk's own use cases, so that it is as sound as a practice of its own.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import inspect, select, update
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

from referrals.accept import accept
from referrals.actor import CLIENT, Actor, Surface
from referrals.close import close
from referrals.coordinate import assign
from referrals.deadlines import expire
from referrals.decline import decline, pass_, release
from referrals.desk import Desk
from referrals.intake.request import Intake
from referrals.links import desk_link, link_of, open_session, page_link, use
from referrals.outbox import alert_practice
from referrals.progress import contacted, scheduled
from referrals.submit import submit
from referrals.tx import Tx
from store import ids
from store.database import Database, open_database
from store.tables import (
    Delivery,
    Link,
    MessageTemplate,
    Offer,
    PageSession,
    Practice,
    Provider,
    Referral,
    Source,
)
from store.vault import Vault
from store.vocabulary import (
    AttentionKind,
    CloseReason,
    DeclineReason,
    DeliveryState,
    LinkPurpose,
    ProviderStatus,
    SlackStanding,
    SourceKind,
    Status,
    Urgency,
)

#: In whatever is the neighbour's, and long enough that no random token ever has it.
MARK = "qzbnbr"
#: The one thing of it that logs and jobs may name: they go through all practices.
PRACTICE_ID = "the-practice-next-door"
#: Its digits are of an area code and of numbers that nobody has; the tests' own clients have others.
PHONE = "+1906555010"
CANARY = re.compile(rf"{MARK}|906\D{{0,3}}555\D{{0,3}}010\d(?!\d)", re.IGNORECASE)

#: What every vault of the tests has, so that the neighbour's chains hold wherever the auditor looks at them.
INDEX_KEY, HISTORY_KEY = "i" * 32, "h" * 32

_VAULT = Vault([Fernet.generate_key().decode()], INDEX_KEY, HISTORY_KEY)
#: Far beyond what any test turns the clock to; PostgreSQL's integers end at 68 years of seconds.
_SIXTY_YEARS = 60 * 365 * 24 * 3600
_CORA = f"U0{MARK.upper()}CORA"
#: The auditor leaves a row a run for every practice.
_NOT_WATCHED = frozenset({"audit_run"})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Its rows, table by table in the order in which they may be inserted."""

    rows: dict[str, list[dict[str, Any]]]

    def move_in(self, session: Session, vault: Vault | None = None) -> None:
        """``vault``: of the desk whose database it is, where that opens clients of every practice (as rekey does)."""
        connection = session.connection()
        for name, rows in self.rows.items():
            if name == "client" and vault is not None:
                rows = [_sealed_again(row, vault) for row in rows]
            connection.execute(SQLModel.metadata.tables[name].insert(), rows)

    def ids(self, table: str) -> list[str]:
        return [row["id"] for row in self.rows[table]]


def ours(statement: Any) -> Any:
    """The same statement without the neighbour's rows, for a test that looks at a whole table."""
    tables = {inspect(one["entity"]).local_table for one in statement.column_descriptions if one.get("entity")}
    tables |= {table for table in statement.get_final_froms() if "practice_id" in table.c or table.name == "practice"}
    for table in tables:
        column = table.c.id if table.name == "practice" else table.c.get("practice_id")
        if column is not None:
            statement = statement.where(column != PRACTICE_ID)
    return statement


async def settled(folder: Path) -> Neighbour:
    """Makes the neighbour, in a database of its own in this folder."""
    database = open_database(f"sqlite+aiosqlite:///{folder / 'next-door.db'}")
    try:
        await database.migrate()
        with _marked_ids():
            await _Life(database).live()
        return Neighbour(await database.read(_rows))
    finally:
        await database.close()


# Whether it is as it was


async def standing(url: str) -> dict[str, list[str]]:
    """Every row of the neighbour's in this database, as text, by table; an empty one has none."""
    tables = [name for name in _tables() if name not in _NOT_WATCHED]
    if url.startswith("sqlite"):
        return _standing_in_file(Path(make_url(url).database or ""), tables)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        each = (f"SELECT '{name}', t::text FROM \"{name}\" t WHERE {_owner(name)} = $1" for name in tables)
        found = await connection.fetch(" UNION ALL ".join(each), PRACTICE_ID)
    finally:
        await connection.close()
    return _by_table(found)


def _standing_in_file(path: Path, tables: Sequence[str]) -> dict[str, list[str]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return _by_table(
            (name, repr(row))
            for name in tables
            for row in connection.execute(f'SELECT * FROM "{name}" WHERE {_owner(name)} = ?', [PRACTICE_ID])
        )
    finally:
        connection.close()


def _by_table(found: Any) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for name, row in found:
        rows.setdefault(name, []).append(row)
    return {name: sorted(texts) for name, texts in rows.items()}


def changes(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """A line for each row that is gone, new or another."""
    lines = []
    for name in sorted(before.keys() | after.keys()):
        old, new = set(before.get(name, [])), set(after.get(name, []))
        lines += [f"{name} lost {row}" for row in sorted(old - new)]
        lines += [f"{name} gained {row}" for row in sorted(new - old)]
    return lines


# How it lives


class _Life:
    """What has happened next door, twice: about when the tests' still clocks stand, and today."""

    def __init__(self, database: Database) -> None:
        self._at = datetime(2025, 11, 14, 19, tzinfo=UTC)
        self._desk = Desk(database, _VAULT, self, _nothing)  # type: ignore[arg-type]  # a clock is what has now and real
        self._numbers = count(1)
        self._people: list[Provider] = []

    def now(self) -> datetime:
        return self._at

    def real(self) -> datetime:
        return self._at

    async def live(self) -> None:
        await self._do(_found)
        self._people = [await self._hire(name) for name in ("nora", "omar", "pia", "quin", "rosa", "saul")]
        await self._do(_pause_and_retire, self._people[4].id, self._people[5].id)
        for at in (self._at, datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)):
            self._at = at
            await self._every_state()
            await self._do(_write_words, at)
            await self._do(_ways_in)
        await self._do(alert_practice, AttentionKind.LICENCE_ENDING, self._people[0].id)
        await self._do(_rest)

    async def _every_state(self) -> None:
        nora, omar, pia = self._people[:3]
        general = await self._submit()
        await self._do(pass_, _by(omar), general[1])
        await self._submit(preferred=nora)
        await self._submit(urgency=Urgency.URGENT, client_email=None)
        taken = await self._submit(preferred=omar)
        await self._do(accept, _by(omar), taken[1])
        reached = await self._submit()
        await self._do(accept, _by(pia), reached[1])
        await self._do(contacted, _by(pia), reached[0])
        booked = await self._submit(source=f"Clinic {MARK} {self._at:%Y}")
        await self._do(accept, _by(pia), booked[1], already_contacted=True)
        await self._do(scheduled, _by(pia), booked[0])
        closed = await self._submit()
        await self._do(close, _CORAS, closed[0], CloseReason.WITHDRAWN)
        back = await self._submit()
        await self._do(accept, _by(nora), back[1])
        await self._do(release, _by(nora), back[0], DeclineReason.SCHEDULE)
        declined = await self._submit(preferred=pia)
        await self._do(decline, _by(pia), declined[1], DeclineReason.NO_AVAILABILITY)
        await self._do(assign, _CORAS, declined[0], omar.id)
        await self._do(_windows, expire_after=3600)
        late = await self._submit()
        await self._do(_windows, expire_after=_SIXTY_YEARS)
        self._at += timedelta(hours=2)
        await self._do(expire, late[1])

    async def _submit(self, preferred: Provider | None = None, **facts: Any) -> tuple[str, str]:
        number = next(self._numbers)
        who = f"{MARK}client{number}"
        values: dict[str, Any] = {
            "client_name": f"{who.title()} Nextdoor",
            "client_email": f"{who}@clients.example.net",
            "client_phone": f"{PHONE}{number % 10}",
            "notes": f"Said {who}.",
            "state": "NY",
            "insurer": "aetna",
            "service": "individual",
            "delivery": "telehealth",
            "age_band": "18-64",
            "channel": "form",
            "preferred_provider_id": preferred.id if preferred else None,
        }
        done = await self._do(submit, CLIENT, Intake(**values | facts))
        code = f"R-{MARK.upper()}{number}"
        await self._do(lambda tx: setattr(tx.get(Referral, done.referral_id), "code", code))
        self._at += timedelta(minutes=5)
        return done.referral_id, done.offer_id

    async def _hire(self, name: str) -> Provider:
        mark = f"{MARK}{name}"
        row = Provider(
            id=ids.new_id(),
            practice_id=PRACTICE_ID,
            name=f"{mark.title()} Nextdoor",
            credential="LCSW",
            slack_user=f"U0{mark.upper()}",
            slack_standing=SlackStanding.MEMBER,
            work_email=f"{mark}@{MARK}.example.org",
            work_phone=f"{PHONE}2",
            mobile=f"{PHONE}3",
            licences=[{"state": "NY"}, {"state": "TX"}],
            insurers=[{"insurer": "aetna", "accepting": True}],
            languages=[f"{MARK}ish"],
            created_at=self._at,
        )
        await self._do(Tx.add, row)
        return row

    async def _do(self, use_case: Callable[..., Any], *given: Any, **more: Any) -> Any:
        return await self._desk.do(PRACTICE_ID, use_case, *given, **more)


_CORAS = Actor(f"slack:{_CORA}", Surface.BUTTON, slack_user=_CORA, coordinator=True)


async def _nothing(_wakes: Any) -> None: ...


def _by(provider: Provider) -> Actor:
    return Actor(f"provider:{provider.id}", Surface.BUTTON, provider.id, provider.slack_user)


def _found(tx: Tx) -> None:
    """Founded long after every test's own practice: the first one is whose the workspace's token is."""
    tx.add(
        Practice(
            id=PRACTICE_ID,
            team_id=f"T0{MARK.upper()}",
            slug=f"{MARK}-valley",
            name=f"{MARK.title()} Valley Counseling",
            channel_id=f"C0{MARK.upper()}",
            bot_user_id=f"U0{MARK.upper()}DESK",
            coordinators=[_CORA],
            work_domains=[f"{MARK}.example.org"],
            support_phone=f"{PHONE}1",
            support_email=f"support@{MARK}.example.org",
            brand_line=f"1 {MARK.title()} Lane",
            remind_after=_SIXTY_YEARS,
            expire_after=_SIXTY_YEARS,
            nudge_after=_SIXTY_YEARS,
            escalate_after=_SIXTY_YEARS,
            retain_days=60 * 365,
            quiet_days=60 * 365,
            created_at=datetime(2090, 1, 1, tzinfo=UTC),
        )
    )
    for number, kind in enumerate((SourceKind.PHYSICIAN, SourceKind.SCHOOL), 1):
        tx.add(
            Source(
                id=ids.new_id(),
                practice_id=PRACTICE_ID,
                name=f"{MARK.title()} source {number}",
                kind=kind,
                email=f"{MARK}source{number}@sources.example.org",
                contact=f"Dr. {MARK.title()}",
                link_token=f"{MARK}{number}" * 4,
                created_at=tx.now,
            )
        )


def _pause_and_retire(tx: Tx, paused: str, retired: str) -> None:
    for id, status in ((paused, ProviderStatus.PAUSED), (retired, ProviderStatus.INACTIVE)):
        provider = tx.lock(Provider, id)
        assert provider is not None
        provider.status = status


def _windows(tx: Tx, **windows: int) -> None:
    for name, seconds in windows.items():
        setattr(tx.practice(), name, seconds)


def _write_words(tx: Tx, at: datetime) -> None:
    template = "client_confirmation" if at.year == 2025 else "client_reminder"
    tx.add(
        MessageTemplate(
            id=ids.new_id(),
            practice_id=PRACTICE_ID,
            template=template,
            subject=f"From {MARK}",
            body=f"{MARK} wrote this.",
            changed_by=_CORAS.name,
            changed_at=at,
        )
    )


def _ways_in(tx: Tx) -> None:
    """A link that waits and a session that is open, of each kind."""
    for purpose in (LinkPurpose.DESK, LinkPurpose.FIND):
        for used in (False, True):
            token = desk_link(tx, _CORAS) if purpose is LinkPurpose.DESK else page_link(tx, _CORAS, None)
            link = link_of(tx, token, purpose)
            if used and link is not None and use(tx, link):
                open_session(tx, link)


def _rest(tx: Tx) -> None:
    """All is sent and shown, and what lasts, lasts."""
    far = tx.now + timedelta(seconds=_SIXTY_YEARS)
    sent = {"state": DeliveryState.SENT, "attempts": 1, "first_tried": tx.now, "sent_at": tx.now}
    connection = tx.session.connection()
    connection.execute(update(Delivery).values(**sent, reference=f"{MARK}-reference"))
    connection.execute(
        update(Offer).values(
            shown_version=Offer.card_version,
            card_channel=f"C0{MARK.upper()}",
            card_ts="1763146800.010101",
            card_link=f"https://{MARK}.example.com/archives/C0/p1",
        )
    )
    over = Referral.status.in_([Status.CLOSED, Status.EXPIRED])  # type: ignore[attr-defined]
    connection.execute(update(Referral).where(over).values(answered_at=tx.now))
    connection.execute(update(Link).values(expires_at=far))
    connection.execute(update(PageSession).values(expires_at=far))


def _rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name in _tables():
        table = SQLModel.metadata.tables[name]
        rows = session.connection().execute(select(table)).mappings().all()
        if rows:
            found[name] = [dict(row) for row in rows]
    return found


def _tables() -> Iterator[str]:
    """Those that belong to a practice."""
    return (one.name for one in SQLModel.metadata.sorted_tables if "practice_id" in one.c or one.name == "practice")


def _owner(table: str) -> str:
    return "id" if table == "practice" else "practice_id"


def _sealed_again(row: dict[str, Any], vault: Vault) -> dict[str, Any]:
    return {name: vault.seal(_VAULT.open(value)) if isinstance(value, bytes) else value for name, value in row.items()}


@contextmanager
def _marked_ids() -> Iterator[None]:
    """Ids that are sorted by time as all are, and carry the mark."""
    numbers = count(1)
    written = ids._written
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "_written", lambda number: f"{written(number)[:10]}{MARK}{next(numbers):010}")
        yield
