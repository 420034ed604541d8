"""A client's request for care, and where it stands."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ..columns import NONE_YET, UtcDateTime, choice
from ..vocabulary import CloseReason, Kind, Status, Urgency

_VERSION = Column("version", Integer, nullable=False)
_TO_NUDGE = text("nudge_due IS NOT NULL")
_TO_ESCALATE = text("escalate_due IS NOT NULL")
_CLOSED = text("closed_at IS NOT NULL")
#: Open and urgent. For queries, as with the next one: the table's name before each column.
URGENT_AND_OPEN = text("referral.urgency = 'urgent' AND referral.closed_at IS NULL AND referral.scheduled_at IS NULL")
_URGENT_AND_OPEN = text("urgency = 'urgent' AND closed_at IS NULL AND scheduled_at IS NULL")
#: For queries of them: SQLite takes the partial index only where the condition stands there word for word.
TO_ERASE = text("closed_at IS NOT NULL AND erased_at IS NULL")


class Referral(SQLModel, table=True):
    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("practice_id", "code"),
        UniqueConstraint("practice_id", "external_id"),
        UniqueConstraint("practice_id", "nonce"),
        Index("referral_by_status", "practice_id", "status", "created_at"),
        Index("referral_of_acceptor", "practice_id", "accepted_by", "status", "accepted_at"),
        Index(
            "referral_closed_of_acceptor",
            "practice_id",
            "accepted_by",
            "closed_at",
            sqlite_where=_CLOSED,
            postgresql_where=_CLOSED,
        ),
        Index("referral_by_age", "practice_id", "created_at"),
        Index(
            "referral_urgent",
            "practice_id",
            sqlite_where=_URGENT_AND_OPEN,
            postgresql_where=_URGENT_AND_OPEN,
        ),
        Index("referral_of_source", "practice_id", "source_id", "created_at"),
        Index("referral_to_erase", "practice_id", "closed_at", sqlite_where=TO_ERASE, postgresql_where=TO_ERASE),
        Index("referral_to_nudge", "nudge_due", sqlite_where=_TO_NUDGE, postgresql_where=_TO_NUDGE),
        Index("referral_to_escalate", "escalate_due", sqlite_where=_TO_ESCALATE, postgresql_where=_TO_ESCALATE),
    )

    __mapper_args__ = {"version_id_col": _VERSION}

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    code: str
    kind: Kind = Field(sa_type=choice(Kind))
    status: Status = Field(default=Status.PENDING, sa_type=choice(Status))
    version: int = Field(default=1, sa_column=_VERSION)  # every event compares and sets it; the mapper keeps it
    round: int = 1
    offer_id: str  # the latest round; no foreign key, because the two rows are born together

    client_id: str = Field(foreign_key="client.id", index=True)
    preferred_provider_id: str | None = Field(default=None, foreign_key="provider.id")
    unroutable: str | None = None  # why the preferred provider was not offered it at first (eligibility.Unroutable)
    source_id: str | None = Field(default=None, foreign_key="source.id")
    channel: str  # form, csv, staff, link, api
    external_id: str | None = None
    nonce: str | None = None
    resembles_id: str | None = None  # a likely duplicate; flagged, never merged

    # Facts for matching. The state is where the client will be at the session (DOMAIN.md section 3, rule 12).
    state: str
    insurer: str
    service: str
    delivery: str
    age_band: str
    concerns: list[str] = Field(default_factory=list, sa_type=JSON)
    urgency: Urgency = Field(default=Urgency.ROUTINE, sa_type=choice(Urgency))

    accepted_by: str | None = Field(default=None, foreign_key="provider.id")
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # stays when it is given back
    nudge_due: datetime | None = Field(default=None, sa_type=UtcDateTime)  # None once done or void
    escalate_due: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the same
    plan: list[str] = Field(  # PlanItems that are done
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": NONE_YET}
    )
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # to reach the client, without success
    next_try: date | None = None  # in the acceptor's time zone
    contacted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    scheduled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    close_reason: CloseReason | None = Field(default=None, sa_type=choice(CloseReason))
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    legal_hold: bool = False
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the client's identity, by retention
    # B3: since when the client agrees that the source hears an outcome; None: it hears none.
    outcome_consent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)

    history_head: str = ""
    history_count: int = 0
