"""What the desk knows of its own work: when the sweep came through, what the auditor found, whom it has erased."""

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


class Erasure(SQLModel, table=True):
    """One erasing of what is past its time. While it is not finished, workers go on with it."""

    __tablename__ = "erasure"
    __table_args__ = (Index("erasure_of_practice", "practice_id", "id"),)

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    asked_by: str  # as an actor in history
    surface: str  # the same
    asked_at: datetime = Field(sa_type=UtcDateTime)  # desk clock, as all of these
    up_to: datetime = Field(sa_type=UtcDateTime)  # closed by then
    total: int
    erased: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
