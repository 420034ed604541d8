"""What happened, who did it and from where: append-only, chained per subject. Ids and codes only, never identity."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime

#: For queries of them: SQLite takes the partial index only where the condition stands there word for word.
DECISIONS = text("event IN ('accept', 'decline', 'pass')")


class History(SQLModel, table=True):
    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("subject_id", "seq"),
        Index("history_by_time", "practice_id", "at"),
        Index(
            "history_of_decisions",
            "practice_id",
            "actor",
            "at",
            sqlite_where=DECISIONS,
            postgresql_where=DECISIONS,
        ),
    )

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    subject: str  # referral, provider or practice
    subject_id: str
    seq: int  # 1, 2, 3 … within the subject
    at: datetime = Field(sa_type=UtcDateTime)
    event: str
    result: str  # "done", or the code of the refusal
    actor: str  # provider:ID, slack:U…, client, system, command
    on_behalf_of: str | None = None
    surface: str
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    hash: str  # HMAC of the previous hash and this row
