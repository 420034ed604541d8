"""The roster."""

from datetime import date, datetime
from typing import NotRequired

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict

from ..columns import NONE_YET, UtcDateTime, choice
from ..vocabulary import ProviderStatus, SlackStanding

_PAUSE_ENDS = text("pause_ends IS NOT NULL")


class Licence(TypedDict):
    """One state's licence. ``expires`` is an ISO date; without one the licence is open-ended."""

    state: str
    expires: NotRequired[str]


class Insurance(TypedDict):
    """One panel. ``paused_until`` is an ISO instant; not accepting without one lasts until resumed."""

    insurer: str
    accepting: bool
    paused_until: NotRequired[str]


class StatePause(TypedDict):
    """No referrals from clients in this state; ``until`` is an ISO instant, without one it lasts until resumed."""

    state: str
    until: NotRequired[str]


class Provider(SQLModel, table=True):
    __tablename__ = "provider"
    __table_args__ = (
        Index("provider_email", "practice_id", "work_email", unique=True),
        Index("provider_slack_user", "practice_id", "slack_user", unique=True),
        Index("provider_slack_email", "practice_id", "slack_email"),
        Index("provider_pause_ends", "pause_ends", sqlite_where=_PAUSE_ENDS, postgresql_where=_PAUSE_ENDS),
    )

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    slack_user: str | None = None
    slack_email: str | None = None  # by which the account is looked up; None when the roster names the user
    slack_standing: SlackStanding = Field(default=SlackStanding.UNLINKED, sa_type=choice(SlackStanding))
    name: str
    credential: str = ""
    work_email: str | None = None
    work_phone: str | None = None  # E.164; may be given to clients
    mobile: str | None = None  # E.164; for SMS only
    sms_opted_out: bool = False
    sms_trouble: str | None = None  # Twilio's code since when the number takes no texts; None while it does
    npi: str | None = None
    time_zone: str | None = None  # as Slack says; None: the practice's

    status: ProviderStatus = Field(default=ProviderStatus.ACTIVE, sa_type=choice(ProviderStatus))
    paused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_states: list[StatePause] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": NONE_YET}
    )
    pause_ends: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the earliest end of any of their pauses
    weekly_limit: int | None = None  # set by themselves; how many they wish to accept in a week
    licences: list[Licence] = Field(default_factory=list, sa_type=JSON)
    insurers: list[Insurance] = Field(default_factory=list, sa_type=JSON)
    services: list[str] = Field(default_factory=list, sa_type=JSON)
    delivery: list[str] = Field(default_factory=list, sa_type=JSON)
    specialties: list[str] = Field(default_factory=list, sa_type=JSON)
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    styles: list[str] = Field(default_factory=list, sa_type=JSON)
    identity: list[str] = Field(default_factory=list, sa_type=JSON)
    age_bands: list[str] = Field(default_factory=list, sa_type=JSON)
    booking_link: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)

    history_head: str = ""
    history_count: int = 0

    def licensed_in(self, state: str, on: date) -> bool:
        """Whether a licence for the state is valid on that day, its last day included."""
        return any(
            licence["state"] == state and licence.get("expires", "9999-12-31") >= on.isoformat()
            for licence in self.licences
        )

    @property
    def title(self) -> str:
        """Name and credential, as clients read it."""
        return f"{self.name}, {self.credential}" if self.credential else self.name
