"""Who refers clients here."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, true
from sqlmodel import Field, SQLModel

from ..columns import NO_TEXT, UtcDateTime, choice
from ..vocabulary import SourceKind


class Source(SQLModel, table=True):
    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("practice_id", "name"),)

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    name: str
    kind: SourceKind = Field(default=SourceKind.OTHER, sa_type=choice(SourceKind))
    email: str | None = None  # of the source itself, a professional's; never a client's
    contact: str = Field(default="", sa_column_kwargs={"server_default": NO_TEXT})  # whom to speak to there
    phone: str | None = None  # E.164, of the source itself
    mail_ok: bool = Field(default=True, sa_column_kwargs={"server_default": true()})  # may be thanked by mail
    link_token: str | None = Field(default=None, unique=True)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # no longer offered, still counted
    created_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def mailable(self) -> bool:
        """Whether the source may be written to at all."""
        return bool(self.email) and self.mail_ok and self.retired_at is None
