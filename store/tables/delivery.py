"""The outbox for notices, and the coordinators' list of what needs a person."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime, choice
from ..vocabulary import AttentionKind, DeliveryChannel, DeliveryState

_UNDONE = text("state IN ('pending', 'sending', 'unknown')")
_TEXTS = text("channel = 'sms'")
#: For queries of what is due: SQLite takes the partial index only where the condition stands there word for word.
MAY_BE_DUE = text("delivery.state IN ('pending', 'sending', 'unknown')")
#: The same for finding a text by Twilio's reference.
IS_TEXT = text("delivery.channel = 'sms'")


class Delivery(SQLModel, table=True):
    """One notice to one recipient. Holds no text: it is rendered from current state when it is sent."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("delivery_due", "next_at", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
        Index("delivery_of_referral", "referral_id"),
        Index("delivery_by_reference", "reference", sqlite_where=_TEXTS, postgresql_where=_TEXTS),
    )

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    referral_id: str | None = Field(default=None, foreign_key="referral.id")
    offer_id: str | None = Field(default=None, foreign_key="offer.id")
    channel: DeliveryChannel = Field(sa_type=choice(DeliveryChannel))
    template: str
    recipient: str  # client:ID, provider:ID, source:ID, slack:U…, or "channel"
    subject_id: str | None = None  # what else it is about, e.g. the failed delivery or the provider
    dedupe_key: str = Field(unique=True)
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=choice(DeliveryState))
    attempts: int = 0  # also tells a result of this attempt from one of an attempt given up
    next_at: datetime = Field(sa_type=UtcDateTime)  # real clock: not before; while sending, the end of the lease
    first_tried: datetime | None = Field(default=None, sa_type=UtcDateTime)  # real clock
    reference: str | None = None  # the provider's: ts, Message-ID, sid
    receipt: str | None = None  # what Twilio last said of a text: sent, delivered, undelivered …; it only moves on
    trouble: str | None = None  # code of the last failure, or why it was suppressed
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Attention(SQLModel, table=True):
    """Something that needs a coordinator, until it is settled."""

    __tablename__ = "attention"
    __table_args__ = (
        Index(
            "attention_open",
            "practice_id",
            "opened_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("attention_of_referral", "referral_id"),
    )

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    kind: AttentionKind = Field(sa_type=choice(AttentionKind))
    referral_id: str | None = Field(default=None, foreign_key="referral.id")
    offer_id: str | None = Field(default=None, foreign_key="offer.id")
    dedupe_key: str = Field(unique=True)
    detail: str | None = None  # a code: which message to phone instead of, which delivery failed
    opened_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str | None = None
