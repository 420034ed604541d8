"""Who asks for care. Identity is sealed by the Vault before it gets here; nothing in these rows names anyone."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime


class Client(SQLModel, table=True):
    __tablename__ = "client"

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id", index=True)
    name: bytes | None = None
    preferred_name: bytes | None = None  # what to call them; mails use nothing else
    email: bytes | None = None
    phone: bytes | None = None
    guardian: bytes | None = None  # a name; for minors every message addresses the guardian
    notes: bytes | None = None
    email_index: str | None = Field(default=None, index=True)  # blind; for likely duplicates
    email_ok: bool = True
    voicemail_ok: bool = False
    do_not_contact: bool = False
    preferred_channel: str = "email"
    created_at: datetime = Field(sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def mailable(self) -> bool:
        """Whether client emails may be sent; if not, a coordinator is asked to phone instead."""
        return self.email is not None and self.email_ok and not self.do_not_contact


class ClientName(SQLModel, table=True):
    """Blind indexes of a client's name parts: the only way to search by name."""

    __tablename__ = "client_name"
    __table_args__ = (Index("client_name_search", "practice_id", "digest"),)

    client_id: str = Field(foreign_key="client.id", primary_key=True)
    digest: str = Field(primary_key=True)
    practice_id: str
