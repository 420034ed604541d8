"""What the history of one referral tells, as values. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime

from store.tables import History
from store.vocabulary import Kind, OfferOutcome, Status

from .finding import Rule


class Impossible(Exception):
    """The history tells, at ``row`` where it is one, what cannot have happened; ``words`` say what."""

    def __init__(self, words: str, row: History | None, rule: Rule = Rule.ROUNDS) -> None:
        super().__init__(words)
        self.words, self.row, self.rule = words, row, rule


@dataclass(slots=True)
class Told:
    """One round as told."""

    number: int
    provider_id: str | None
    opened_at: datetime
    outcome: OfferOutcome | None = None
    closed_at: datetime | None = None
    reminded: bool = False
    client_reminded: bool = False
    expires_at: datetime | None = None  # since it was extended; before, what the practice's window gave it

    @property
    def kind(self) -> Kind:
        return Kind.PREFERRED if self.provider_id else Kind.GENERAL


@dataclass(slots=True)
class Moment:
    """One event with what was so before it: what the notices that it asks for depend on."""

    row: History
    before: Status | None
    holder: str | None  # who had it
    current: Told | None  # the round in which it happened
    following: Told | None = None  # the round that it opened


@dataclass(slots=True)
class Tale:
    """Where all of it leads."""

    status: Status | None = None
    holder: str | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    scheduled_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    phoned: bool = False
    plan: list[str] = field(default_factory=list)  # this, and what follows, since it was last accepted
    tries: int = 0
    next_try: date | None = None
    nudged: bool = False
    escalated: bool = False
    first_accepted_at: datetime | None = None
    urgent: bool | None = None  # since somebody has changed it
    came_urgent: bool | None = None  # before that
    hold: bool = False
    consent: bool = False
    erased_at: datetime | None = None
    rounds: list[Told] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)


def must_be(tale: Tale, row: History, *statuses: Status) -> None:
    """Raises Impossible for an event that came while the referral stood otherwise."""
    if tale.status not in statuses:
        raise Impossible(f"{row.event} came while it was {tale.status}", row)
