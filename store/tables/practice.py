"""A practice is one Slack workspace. The environment seeds the first; from then on this row rules."""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from ..columns import NO_TEXT, NOTHING_YET, UtcDateTime

_EMPTY = {"server_default": NO_TEXT}


class Practice(SQLModel, table=True):
    __tablename__ = "practice"

    id: str = Field(primary_key=True)
    team_id: str = Field(unique=True)
    slug: str = Field(unique=True)
    name: str
    time_zone: str = "America/New_York"
    channel_id: str
    bot_user_id: str = ""

    # Windows in seconds of elapsed UTC time, weekends included (DOMAIN.md P14).
    remind_after: int = 24 * 3600
    expire_after: int = 48 * 3600
    link_after: int = 12 * 3600
    nudge_after: int = 12 * 3600
    escalate_after: int = 48 * 3600

    announce_in_channel: bool = True
    phi_in_slack: bool = False
    phi_attested_by: str | None = None  # who has said that Slack's business associate agreement is signed
    phi_attested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    work_domains: list[str] = Field(default_factory=list, sa_type=JSON)
    coordinators: list[str] = Field(default_factory=list, sa_type=JSON)  # Slack user ids, as set
    admins: list[str] = Field(default_factory=list, sa_type=JSON)  # as Slack last said: who stands in for none set
    support_phone: str = ""
    support_email: str = ""
    support_hours: str = ""

    brand_colour: str = Field(default="", sa_column_kwargs=_EMPTY)  # "#1f4d4a", of mails and pages; empty: the desk's
    brand_line: str = Field(default="", sa_column_kwargs=_EMPTY)  # one line below mails and pages, such as an address
    digest_hour: int | None = None  # 0 to 23 in the practice's time zone; None: no daily digest
    digest_done: date | None = None  # the last day whose digest has been sent, or had nothing to say
    retain_days: int = Field(default=180, sa_column_kwargs={"server_default": "180"})  # DOMAIN.md section 3, rule 8
    # Clients are erased each night, as a coordinator has asked for after a look at who would be; for so many days after
    # closing or more: who sets fewer has to look again. None: only when somebody asks.
    erases_after: int | None = None
    quiet_days: int = Field(default=90, sa_column_kwargs={"server_default": "90"})  # B5: since when a source is quiet
    ideal: dict[str, list[str]] = Field(  # B2: the clients the practice is best for, by fact (sources/ideal.py)
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": NOTHING_YET}
    )
    created_at: datetime = Field(sa_type=UtcDateTime)

    key_check: bytes | None = None  # says at each start whether the keys are still those of this database

    history_head: str = ""
    history_count: int = 0

    @property
    def remind_window(self) -> timedelta:
        return timedelta(seconds=self.remind_after)

    @property
    def expire_window(self) -> timedelta:
        return timedelta(seconds=self.expire_after)

    @property
    def nudge_window(self) -> timedelta:
        return timedelta(seconds=self.nudge_after)

    @property
    def escalate_window(self) -> timedelta:
        return timedelta(seconds=self.escalate_after)

    @property
    def link_window(self) -> timedelta:
        return timedelta(seconds=self.link_after)

    @property
    def erases_itself(self) -> bool:
        """Whether clients past their time are erased each night, without anybody's asking."""
        return self.erases_after is not None and self.retain_days >= self.erases_after

    @property
    def deciding_coordinators(self) -> list[str]:
        """The Slack users who coordinate: those set, else the workspace's admins and owners."""
        return self.coordinators or self.admins


class DeskClock(SQLModel, table=True):
    """How far the desk's clock is turned ahead of the real one; one row, only ever moved against a sandbox."""

    __tablename__ = "desk_clock"

    id: int = Field(default=1, primary_key=True)
    offset_seconds: int = 0
