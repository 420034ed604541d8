"""The ways into the pages: links that are used once, and the short sessions they lead to. Only digests are kept."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from ..columns import UtcDateTime, choice
from ..vocabulary import LinkPurpose


class Link(SQLModel, table=True):
    """A bearer link. Its token is 32 random bytes, so its plain digest needs no key, and no key's change breaks it."""

    __tablename__ = "link"

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    purpose: LinkPurpose = Field(sa_type=choice(LinkPurpose))
    digest: str = Field(unique=True)  # SHA-256 of the token, in hex
    referral_id: str | None = Field(default=None, foreign_key="referral.id")  # None for the search
    offer_id: str | None = Field(default=None, foreign_key="offer.id")  # the offer that it decides on
    provider_id: str | None = Field(default=None, foreign_key="provider.id")  # for whom; None for a mere coordinator
    slack_user: str | None = None  # for whom, where it was asked for in Slack
    issued_at: datetime = Field(sa_type=UtcDateTime)  # desk clock
    expires_at: datetime = Field(index=True, sa_type=UtcDateTime)  # desk clock
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PageSession(SQLModel, table=True):
    """What a used link has opened, for as long as it lasts: one referral's client, the search, or the desk."""

    __tablename__ = "page_session"

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id")
    purpose: LinkPurpose = Field(
        default=LinkPurpose.DETAILS, sa_type=choice(LinkPurpose), sa_column_kwargs={"server_default": "details"}
    )
    digest: str = Field(unique=True)  # SHA-256 of the cookie, in hex
    referral_id: str | None = Field(default=None, foreign_key="referral.id")
    provider_id: str | None = Field(default=None, foreign_key="provider.id")
    slack_user: str | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)  # desk clock
    expires_at: datetime = Field(index=True, sa_type=UtcDateTime)  # desk clock
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
