"""What may happen to a referral, and where it leads. The whole table; no I/O."""

from enum import StrEnum

from store.vocabulary import Kind, Status


class Event(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    PASS = "pass"  # noqa: S105
    REMIND = "remind"
    REMIND_CLIENT = "remind_client"
    EXPIRE = "expire"
    RELEASE = "release"
    CONTACTED = "contacted"
    SCHEDULED = "scheduled"
    CLOSE = "close"
    ASSIGN = "assign"
    REOPEN = "reopen"
    NO_ANSWER = "no_answer"  # the acceptor has tried, and nobody answered
    PLAN = "plan"  # an item of the plan for the first contact, done or not
    NUDGE = "nudge"
    ESCALATE = "escalate"
    EXTEND = "extend"  # a later deadline for the round that is open
    URGENT = "urgent"  # marked as urgent, or no longer
    HOLD = "hold"  # put on legal hold, or taken off
    CONSENT = "consent"  # the client agrees that the source hears an outcome, or no longer
    ERASE = "erase"  # the client's identity is gone; the rest stays


_P, _A, _C = Status.PENDING, Status.ACCEPTED, Status.CONTACTED
_S, _E, _X = Status.SCHEDULED, Status.EXPIRED, Status.CLOSED

#: (status, event) -> the statuses it may lead to. What is not here cannot happen.
TRANSITIONS: dict[tuple[Status, Event], frozenset[Status]] = {
    (_P, Event.ACCEPT): frozenset({_A}),
    (_P, Event.DECLINE): frozenset({_P}),  # preferred only: a General round opens
    (_P, Event.PASS): frozenset({_P}),
    (_P, Event.REMIND): frozenset({_P}),
    (_P, Event.REMIND_CLIENT): frozenset({_P}),
    (_A, Event.REMIND_CLIENT): frozenset({_A}),
    (_P, Event.EXPIRE): frozenset({_P, _E}),  # preferred: a General round opens; General: expired
    (_P, Event.RELEASE): frozenset({_P}),  # a pause or a departure gives an open preferred offer to everyone
    (_A, Event.RELEASE): frozenset({_P}),
    (_C, Event.RELEASE): frozenset({_P}),
    (_S, Event.RELEASE): frozenset({_P}),  # also after a first session (DOMAIN.md P11)
    (_A, Event.CONTACTED): frozenset({_C}),
    (_A, Event.NO_ANSWER): frozenset({_A}),
    (_A, Event.NUDGE): frozenset({_A}),
    (_A, Event.ESCALATE): frozenset({_A}),
    **{(status, Event.PLAN): frozenset({status}) for status in (_A, _C, _S)},
    (_A, Event.SCHEDULED): frozenset({_S}),  # scheduling is contact: nobody has to press both
    (_C, Event.SCHEDULED): frozenset({_S}),
    (_P, Event.ASSIGN): frozenset({_P}),
    (_E, Event.ASSIGN): frozenset({_P}),
    (_E, Event.REOPEN): frozenset({_P}),
    **{(status, Event.CLOSE): frozenset({_X}) for status in (_P, _A, _C, _S, _E)},
    (_P, Event.EXTEND): frozenset({_P}),
    **{(status, Event.URGENT): frozenset({status}) for status in (_P, _A, _E)},
    **{(status, Event.HOLD): frozenset({status}) for status in Status},
    **{(status, Event.CONSENT): frozenset({status}) for status in Status},
    (_X, Event.ERASE): frozenset({_X}),
}

#: In somebody's hands.
HELD = frozenset({Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED})


def allowed(status: Status, event: Event) -> bool:
    return (status, event) in TRANSITIONS


def after_expiry(kind: Kind) -> Status:
    """DOMAIN.md P13: a preferred round makes way for a General one, a General round ends."""
    return Status.PENDING if kind is Kind.PREFERRED else Status.EXPIRED
