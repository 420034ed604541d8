"""Who refers clients here."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime, choice
from ..vocabulary import SourceKind


class Source(SQLModel, table=True):
    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("practice_id", "name"),)

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    name: str
    kind: SourceKind = Field(default=SourceKind.OTHER, sa_type=choice(SourceKind))
    email: str | None = None  # of the source itself, a professional's; never a client's
    link_token: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
