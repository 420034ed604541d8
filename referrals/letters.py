"""What a notice needs to be written, as plain values; ``composing`` gathers them at the moment of sending.

A Letter for the acceptor or a coordinator's phone task is the only value that carries a client's contact details, and
only towards an address in the practice's work domains (DOMAIN.md P5).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from store.tables import Practice
from store.vocabulary import AttentionKind, CloseReason, DeliveryChannel, Kind, PlanItem, Status

from .digest import DigestLetter
from .messages.filling import Words
from .notices import Template
from .provider_letters import ProviderLetter
from .roster.licence_ends import LicenceEnd
from .views.facts import Facts


@dataclass(frozen=True, slots=True)
class Colleague:
    """A provider as a message names them. ``time_zone`` is an IANA name; ``phone`` is the one clients may be given."""

    name: str
    title: str
    slack_user: str | None
    time_zone: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the client. Never in Slack, never in a log."""

    name: str
    preferred_name: str | None
    guardian: str | None
    email: str | None
    phone: str | None
    email_ok: bool
    voicemail_ok: bool
    do_not_contact: bool
    notes: str | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a client wishes to be reached, which says nothing of who they are: this may stand in Slack."""

    email_ok: bool
    voicemail_ok: bool
    do_not_contact: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a text may use. Instants are aware UTC; ``time_zone`` is the reader's."""

    template: Template
    channel: DeliveryChannel
    practice: Practice
    time_zone: str
    now: datetime
    code: str
    status: Status
    facts: Facts
    kind: Kind | None  # of the round it speaks of
    opened_at: datetime | None
    expires_at: datetime | None
    card_link: str | None
    card_channel: str | None
    card_ts: str | None
    preferred: Colleague | None  # whom the client asked for
    unroutable: str | None  # why that provider was not offered it alone (eligibility.Unroutable)
    whose: Colleague | None  # for whom the round is reserved
    holder: Colleague | None  # who has accepted
    accepted_at: datetime | None
    close_reason: CloseReason | None
    reader: Colleague | None  # the provider written to
    greeting: str | None  # the client's (or guardian's) name, in letters to them
    contact: Contact | None
    attention_kind: AttentionKind | None
    attention_id: str | None
    attention_detail: str | None
    referral_id: str
    offer_id: str | None
    address: str  # an email address, an E.164 number, a Slack user or channel
    slack_user: str | None  # the coordinator or provider written to
    contact_mailed: bool = False  # the provider written to has an address that contact details may be mailed to
    link_token: str | None = field(default=None, repr=False)  # opens the page to decide on; shown to the reader only
    link_until: datetime | None = None
    version: int = 0  # of the referral
    contacted_at: datetime | None = None
    plan: frozenset[PlanItem] = frozenset()  # what of it is done
    tries: int = 0
    next_try: date | None = None
    preferences: Preferences | None = None  # in letters to the acceptor
    asker: Colleague | None = None  # who would take it, but has no licence where the client is
    consented: bool = False  # the source may hear how it went
    part_2: bool = False  # what it hears then falls under 42 CFR Part 2
    own_words: Words | None = None  # the practice's, where it has changed ours


@dataclass(frozen=True, slots=True)
class PracticeLetter:
    """About the practice as a whole: no referral, no client. ``detail`` is the item's code."""

    template: Template
    channel: DeliveryChannel
    practice: Practice
    kind: AttentionKind
    detail: str
    opened_at: datetime
    address: str
    about: str | None = None  # the provider whom it concerns, by name
    ends: tuple[LicenceEnd, ...] = ()  # of their licences, where it is about these


AnyLetter = Letter | PracticeLetter | ProviderLetter | DigestLetter


@dataclass(frozen=True, slots=True)
class Void:
    """Not to be sent any more; ``reason`` is a code for the delivery's row."""

    reason: str
