"""One round of a referral, its deadlines and its card in the channel."""

from datetime import datetime

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime, choice
from ..vocabulary import Kind, OfferOutcome

_OPEN = text("outcome IS NULL")
_CARD_DUE = text("card_version > shown_version")


class Offer(SQLModel, table=True):
    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("referral_id", "round"),
        Index("one_open_offer", "referral_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("offer_to_remind", "remind_due", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("offer_to_expire", "expires_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("offer_to_remind_client", "remind_client_due"),
        Index("card_due", "card_next_at", sqlite_where=_CARD_DUE, postgresql_where=_CARD_DUE),
        Index("offer_of_provider", "practice_id", "provider_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("offer_by_card", "card_channel", "card_ts"),
    )

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    referral_id: str = Field(foreign_key="referral.id")
    round: int
    kind: Kind = Field(sa_type=choice(Kind))
    provider_id: str | None = Field(default=None, foreign_key="provider.id")  # whose it is; None in a General round
    excluded: list[str] = Field(default_factory=list, sa_type=JSON)  # provider ids who gave it back

    # Written when the round opens, so that changing a practice's windows moves no running deadline.
    opened_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    remind_due: datetime | None = Field(default=None, sa_type=UtcDateTime)  # None once done or void
    remind_client_due: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the same
    outcome: OfferOutcome | None = Field(default=None, sa_type=choice(OfferOutcome))
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    nobody_alerted: bool = False  # coordinators hear once a round that nobody eligible is left

    # The card is a view: due while card_version is ahead of shown_version. Leases and retries run on the real clock.
    card_version: int = 1
    shown_version: int = 0
    card_channel: str | None = None
    card_ts: str | None = None
    card_link: str | None = None  # Slack's permalink, for mails and for the line that an old card becomes
    card_next_at: datetime = Field(sa_type=UtcDateTime)  # when it is due; says nothing of whether somebody is at it
    card_lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # whose it is, while it is being sent
    card_first_tried: datetime | None = Field(default=None, sa_type=UtcDateTime)  # since it was last shown in full
    card_attempts: int = 0  # those that may have posted it, while it has no ts
    card_trouble: str | None = None  # Slack's error when it can never be shown; None otherwise


class Pass(SQLModel, table=True):
    """A provider's private "not for me" in a General round."""

    __tablename__ = "pass"

    offer_id: str = Field(foreign_key="offer.id", primary_key=True)
    provider_id: str = Field(foreign_key="provider.id", primary_key=True)
    practice_id: str
    passed_at: datetime = Field(sa_type=UtcDateTime)
