"""What a use case answers. Lateness and mistakes are outcomes, not exceptions; surfaces put them into words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from store.vocabulary import Kind, Status


class Refusal(StrEnum):
    """Why somebody may not do this, whatever the referral's state."""

    UNLINKED = "unlinked"
    GUEST = "guest"
    DEACTIVATED = "deactivated"
    OTHER_WORKSPACE = "other_workspace"
    INACTIVE = "inactive"
    NO_LICENCE = "no_licence"
    GAVE_IT_BACK = "gave_it_back"
    UNREACHABLE = "unreachable"
    NOT_THEIRS = "not_theirs"
    NOT_IN_NETWORK = "not_in_network"
    NOT_LICENSED = "not_licensed"
    NOT_COORDINATOR = "not_coordinator"


class Question(StrEnum):
    """What has to be confirmed before it is done."""

    PAUSED = "paused"
    PAUSED_INSURER = "paused_insurer"
    PAUSED_STATE = "paused_state"
    FULL = "full"
    OUT_OF_NETWORK = "out_of_network"
    ON_BEHALF = "on_behalf"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to name in an answer."""

    name: str
    slack_user: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """It happened, in this call."""

    referral_id: str
    offer_id: str
    code: str
    status: Status


@dataclass(frozen=True, slots=True)
class Since:
    """Too late: what has happened since. ``mine`` when it was the asker who did it (a double click)."""

    referral_id: str
    code: str
    status: Status
    by: Person | None
    at: datetime
    mine: bool
    round_kind: Kind


@dataclass(frozen=True, slots=True)
class Reserved:
    """Offered to somebody else, until then."""

    code: str
    whose: Person
    until: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Refusal
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Asks:
    """Nothing has happened yet: confirm these and call again."""

    code: str
    offer_id: str
    questions: tuple[Question, ...]
    whose: Person | None = None
    already_contacted: bool = False  # what the acceptor has said along with it


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Nothing has happened: since the form was opened somebody has done just this, or changed what it showed.

    ``event``: what of, as history names it. ``now``: how it stands, as history keeps it; ``until`` where that is a
    deadline.
    """

    code: str
    event: str
    by: Person | None  # None: not a person
    at: datetime
    mine: bool
    now: bool = True
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WrongDate:
    """Nothing has happened: the day has to be one of these, in the acceptor's time zone."""

    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class Missing:
    """No such referral in this practice."""


Decision = Done | Since | Reserved | Refused | Asks | Missing | Meanwhile
