"""The practice's own words for a mail, where it has changed ours."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime


class MessageTemplate(SQLModel, table=True):
    """Subject and text as a coordinator wrote them; what every mail must say stands around them and is not here."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("practice_id", "template"),)

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    template: str  # referrals.notices.Template
    subject: str
    body: str
    changed_by: str  # an actor's name, as in history
    changed_at: datetime = Field(sa_type=UtcDateTime)
