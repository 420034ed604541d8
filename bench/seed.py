"""Rounds that are really open, in bulk, straight into the tables: as ``submit`` leaves them, their history chained."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from store import history
from store.database import Database
from store.ids import new_code, new_id
from store.tables import Client, History, Offer, Referral
from store.vault import Vault
from store.vocabulary import Kind

WINDOW = timedelta(hours=48)
_REMIND = timedelta(hours=24)
#: A statement on PostgreSQL has 2.5 s.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Seeder:
    """Where the rows go, and to which practice."""

    database: Database
    vault: Vault
    practice_id: str

    async def open_rounds(self, count: int, opened_at: datetime, apart: timedelta = timedelta(0)) -> list[str]:
        """General rounds for anybody licensed in New York, with their cards posted; answers the offers' ids."""
        found: list[str] = []
        for at in range(0, count, _AT_ONCE):
            moments = [opened_at + apart * number for number in range(at, min(at + _AT_ONCE, count))]
            found += await self.database.write(partial(self._open, moments))
        return found

    def _open(self, moments: Sequence[datetime], session: Session) -> list[str]:
        name, email = self.vault.seal("Client of the bench"), self.vault.seal("client@example.org")
        rows: list[tuple[Client, Referral, Offer]] = []
        chains: list[dict[str, Any]] = []
        for at in moments:
            client = Client(id=new_id(), practice_id=self.practice_id, name=name, email=email, created_at=at)
            referral = referral_row(self.practice_id, at)
            referral.id, referral.client_id, referral.offer_id = new_id(), client.id, new_id()
            referral.code = new_code() + new_code()[1:]  # longer than the desk's: none is taken twice
            entry = history.Entry("submit", "client", "form", data={"channel": "bench", "preferred": None})
            chains.append(history.append(self.vault, referral, entry, at))
            rows.append((client, referral, offer_row(referral, at)))
        connection = session.connection()
        for table, alike in zip((Client, Referral, Offer), zip(*rows, strict=True), strict=True):
            connection.execute(insert(table), [dict(values(row)) for row in alike])
        connection.execute(insert(History), chains)
        return [referral.offer_id for _, referral, _ in rows]


def referral_row(practice_id: str, at: datetime) -> Referral:
    """Without ids and code."""
    return Referral(
        id="",
        practice_id=practice_id,
        code="",
        kind=Kind.GENERAL,
        offer_id="",
        client_id="",
        channel="bench",
        state="NY",
        insurer="aetna",
        service="individual",
        delivery="telehealth",
        age_band="18-64",
        concerns=["anxiety"],
        created_at=at,
    )


def offer_row(referral: Referral, at: datetime) -> Offer:
    """The referral's first round, with its card as it is."""
    return Offer(
        id=referral.offer_id,
        practice_id=referral.practice_id,
        referral_id=referral.id,
        round=1,
        kind=Kind.GENERAL,
        opened_at=at,
        expires_at=at + WINDOW,
        remind_due=at + _REMIND,
        remind_client_due=at + _REMIND,
        shown_version=1,
        card_channel="C0REFERRALS",
        card_ts=f"{at.timestamp():.6f}",
        card_link="https://sandbox.example.com/archives/C0REFERRALS/p1",
        card_next_at=at,
    )


def values(row: SQLModel) -> Iterator[tuple[str, Any]]:
    """Column and value, in the table's order."""
    return ((column.name, getattr(row, column.name)) for column in type(row).__table__.columns)  # type: ignore[attr-defined]
