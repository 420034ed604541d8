"""What the desk knows of its own work: when the sweep last came through, and what the auditor found."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime


class Pulse(SQLModel, table=True):
    """One row a recurring task ("sweep"), of whichever process did it last. It stands still when the task does."""

    __tablename__ = "pulse"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)  # real clock: when it last came to its end


class AuditRun(SQLModel, table=True):
    """One look of the auditor over a practice."""

    __tablename__ = "audit_run"
    __table_args__ = (Index("audit_run_of_practice", "practice_id", "id"),)

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    whole: bool  # over everything, or only what has happened since the run before
    started_at: datetime = Field(sa_type=UtcDateTime)  # real clock
    finished_at: datetime = Field(sa_type=UtcDateTime)  # the same
    looked_at: int  # referrals
    findings: int
    first: str | None = None  # the first finding: its rule and the row's id, never an identity
    up_to: str = ""  # ids of some minutes before it began; the next incremental run begins there
