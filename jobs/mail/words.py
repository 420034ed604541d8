"""What each email may say: a letter becomes the few plain values that its audience may read.

A template sees nothing else. Clients' and sources' values hold no fact about the care asked for, providers' and
sources' none about who asks, so that no slip in a template can tell them (DOMAIN.md sections 2 and 3).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from blocks.progress import tried
from blocks.trouble import trouble
from referrals.composing import at_work
from referrals.letters import Colleague, Letter, PracticeLetter
from referrals.notices import Template
from store.tables import Practice
from store.vocabulary import CloseReason, Status

from . import phrasing, variants
from .reach import Reach, Row, reach

_CLOSED_BECAUSE = {
    CloseReason.WITHDRAWN: "The client has withdrawn the request.",
    CloseReason.UNREACHABLE: "The client could not be reached.",
    CloseReason.REFERRED_OUT: "The client has been referred outside the practice.",
    CloseReason.DUPLICATE: "It was a duplicate of another request.",
    CloseReason.PLACED_ELSEWHERE: "The client has found care elsewhere.",
    CloseReason.NO_LONGER_NEEDED: "The client no longer needs care.",
}

#: To whoever referred the client, with the client's consent. A duplicate has no outcome of its own.
_OUTCOMES = {
    CloseReason.WITHDRAWN: "The person you referred has decided not to go on with their request for now.",
    CloseReason.UNREACHABLE: "We tried to reach the person you referred several times, and could not.",
    CloseReason.REFERRED_OUT: "We could not offer the right care ourselves, and referred the person to care elsewhere.",
    CloseReason.PLACED_ELSEWHERE: "The person you referred has found care elsewhere.",
    CloseReason.NO_LONGER_NEEDED: "The person you referred no longer needs our help.",
    CloseReason.OTHER: "The request has been closed on our side.",
}


@dataclass(frozen=True, slots=True)
class Office:
    """The practice and how to reach its support; what it has not set is empty."""

    name: str
    phone: str
    phone_link: str
    hours: str
    email: str
    brand_line: str


@dataclass(frozen=True, slots=True)
class Named:
    """A provider as clients may know them. ``own``: the number is theirs, not the practice's."""

    title: str
    phone: str
    phone_link: str
    own: bool


@dataclass(frozen=True, slots=True)
class ForClient:
    practice: Office
    code: str
    greeting: str  # empty: greet without a name
    variant: str
    provider: Named | None  # who has been asked, or cannot be
    taker: Named | None  # who has agreed to contact the client
    by: str  # when the round ends; empty once that is past
    contact_within: str


@dataclass(frozen=True, slots=True)
class ForStaff:
    practice: Office
    code: str
    greeting: str
    card_link: str
    in_slack: bool
    facts: tuple[Row, ...]  # empty outside the work domains (P5)
    deadline: str
    left: str
    contact_within: str
    contact_by: str
    contacted: bool  # they say that they have reached the client
    accepted: str  # when
    so_far: str  # their tries to reach the client; empty before the first
    reach: Reach | None
    reason: str
    message: str  # which mail the phone call replaces
    link_until: str
    decide_link: str = field(default="", repr=False)  # the page to decide on; for its reader alone


@dataclass(frozen=True, slots=True)
class ForSource:
    """Without the client's consent ``scheduled``, ``outcome`` and ``part_2`` say nothing (DOMAIN.md B3)."""

    practice: Office
    code: str
    scheduled: bool  # a first appointment has been arranged
    outcome: str
    part_2: bool  # what is told carries the notice of 42 CFR Part 2


@dataclass(frozen=True, slots=True)
class ForSupport:
    """About the desk itself, to whoever answers for it."""

    practice: Office
    what: str
    remedy: str
    since: str


Words = ForClient | ForStaff | ForSource | ForSupport


def words_of(letter: Letter | PracticeLetter, public_url: str = "") -> Words:
    """Raises LookupError for a letter that is no email."""
    if isinstance(letter, PracticeLetter):
        return _for_support(letter)
    words = _AUDIENCES[letter.template](letter)
    if isinstance(words, ForStaff) and letter.link_token and public_url:
        return replace(words, decide_link=f"{public_url}/offer/{letter.practice.slug}/{letter.link_token}")
    return words


def office(practice: Practice) -> Office:
    return Office(
        name=phrasing.line(practice.name, 80),
        phone=phrasing.telephone(practice.support_phone),
        phone_link=phrasing.telephone_link(practice.support_phone),
        hours=phrasing.line(practice.support_hours, 80),
        email=phrasing.line(practice.support_email, 254),
        brand_line=phrasing.line(practice.brand_line, 160),
    )


def _for_client(letter: Letter) -> ForClient:
    asked, taker = variants.asked(letter), variants.taker(letter)
    open_until = letter.expires_at if letter.expires_at and letter.expires_at > letter.now else None
    return ForClient(
        practice=office(letter.practice),
        code=letter.code,
        greeting=phrasing.greeting_name(letter.greeting) or "",
        variant=variants.variant(letter),
        provider=_named(letter, asked) if asked else None,
        taker=_named(letter, taker) if taker else None,
        by=_moment(letter, open_until),
        contact_within=phrasing.hours(timedelta(seconds=letter.practice.nudge_after)),
    )


def _named(letter: Letter, provider: Colleague) -> Named:
    """P17: their work phone, or the practice's when there is none, and only while it is theirs."""
    own = provider.phone
    number = (own or letter.practice.support_phone) if variants.phone_may_be_told(letter, provider) else ""
    title = phrasing.line(provider.title, 80)
    return Named(title, phrasing.telephone(number), phrasing.telephone_link(number), own=bool(own and number))


def _for_staff(letter: Letter) -> ForStaff:
    tells = letter.template in (Template.ACCEPTOR_MAIL, Template.COORDINATOR_PHONE_MAIL)
    offers = letter.template in (Template.PROVIDER_OFFER, Template.PROVIDER_REMINDER)
    window = timedelta(seconds=letter.practice.nudge_after)
    return ForStaff(
        practice=office(letter.practice),
        code=letter.code,
        greeting=phrasing.line(letter.reader.name, 80) if letter.reader else "",
        card_link=phrasing.web_link(letter.card_link),
        in_slack=letter.reader is None or letter.reader.slack_user is not None,
        facts=_facts(letter) if offers and at_work(letter.practice, letter.address) else (),
        deadline=_moment(letter, letter.expires_at),
        left=phrasing.time_left(letter.expires_at, letter.now) if letter.expires_at else "",
        contact_within=phrasing.hours(window),
        contact_by=_moment(letter, letter.accepted_at + window if letter.accepted_at else None),
        contacted=letter.status in (Status.CONTACTED, Status.SCHEDULED),
        accepted=_moment(letter, letter.accepted_at),
        so_far=tried(letter.tries, letter.next_try),
        reach=reach(letter.contact) if letter.contact and tells else None,
        reason=_reason(letter),
        message=phrasing.line(letter.attention_detail, 40),
        link_until=_moment(letter, letter.link_until),
    )


def _for_source(letter: Letter) -> ForSource:
    scheduled = letter.consented and letter.status is Status.SCHEDULED
    ended = letter.consented and letter.template is Template.SOURCE_OUTCOME
    return ForSource(
        practice=office(letter.practice),
        code=letter.code,
        scheduled=scheduled,
        outcome=_OUTCOMES.get(letter.close_reason or CloseReason.OTHER, "") if ended else "",
        part_2=letter.part_2 and (scheduled or ended),
    )


def _for_support(letter: PracticeLetter) -> ForSupport:
    found = trouble(letter.kind, letter.detail, letter.about)
    since = phrasing.moment(letter.opened_at, letter.practice.time_zone)
    return ForSupport(practice=office(letter.practice), what=found.what, remedy=found.remedy, since=since)


def _facts(letter: Letter) -> tuple[Row, ...]:
    facts = letter.facts
    rows = (
        ("Client is in", facts.state),
        ("Insurance", facts.insurer),
        ("Service", facts.service),
        ("Sessions", facts.delivery),
        ("Age", facts.age_band),
        ("Concerns", ", ".join(facts.concerns)),
    )
    return tuple((label, phrasing.line(value, 200)) for label, value in rows if value)


def _reason(letter: Letter) -> str:
    if letter.status is not Status.CLOSED:
        return "It is no longer in your hands."
    return _CLOSED_BECAUSE.get(letter.close_reason or CloseReason.OTHER, "The practice has closed it.")


def _moment(letter: Letter, at: datetime | None) -> str:
    return phrasing.moment(at, letter.time_zone, letter.practice.time_zone) if at else ""


_AUDIENCES: dict[Template, Callable[[Letter], Words]] = {
    Template.CLIENT_CONFIRMATION: _for_client,
    Template.CLIENT_REMINDER: _for_client,
    Template.CLIENT_DECLINED: _for_client,
    Template.CLIENT_RELEASED: _for_client,
    Template.CLIENT_FINAL: _for_client,
    Template.CLIENT_CLOSING: _for_client,
    Template.PROVIDER_OFFER: _for_staff,
    Template.PROVIDER_REMINDER: _for_staff,
    Template.ACCEPTOR_MAIL: _for_staff,
    Template.ACCEPTOR_NUDGE_MAIL: _for_staff,
    Template.ACCEPTOR_STOP_MAIL: _for_staff,
    Template.COORDINATOR_PHONE_MAIL: _for_staff,
    Template.SOURCE_ACKNOWLEDGEMENT: _for_source,
    Template.SOURCE_THANKS: _for_source,
    Template.SOURCE_OUTCOME: _for_source,
}
