"""The words in which the demo's month is written down. Values only: ``living`` turns them into use cases."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from referrals.lifecycle import Event
from store.vocabulary import CloseReason, DeclineReason, PlanItem

from .practice import TIME_ZONE


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does, ``after`` so many hours from the referral's arrival.

    ``who``: a provider's key; None: whose turn it is (the holder, the preferred provider, or the coordinator).
    """

    after: float
    event: Event
    who: str | None = None
    reason: DeclineReason | CloseReason | None = None
    items: tuple[PlanItem, ...] = ()


class Arrival(Protocol):
    def at(self, now: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class OnDay:
    """So many days ago, at a time of the practice's zone; what falls on a weekend came on the Friday before."""

    days: int
    time: str

    def at(self, now: datetime) -> datetime:
        day = now.astimezone(TIME_ZONE).date() - timedelta(days=self.days)
        day -= timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(day, time.fromisoformat(self.time), TIME_ZONE).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Ago:
    """So long before now, whatever the hour: what is still open must look right whenever the demo starts."""

    hours: float

    def at(self, now: datetime) -> datetime:
        return now - timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Case:
    """``client`` and ``source``: keys of their tables.

    ``asks``: state, insurer, service, delivery, age band and concerns, by the slugs of the vocabularies.
    """

    client: str
    arrives: Arrival
    asks: str
    story: tuple[Step, ...] = ()
    preferred: str | None = None
    source: str | None = None
    channel: str = "form"
    urgent: bool = False


def accept(after: float, who: str) -> Step:
    return Step(after, Event.ACCEPT, who)


def decline(after: float, reason: DeclineReason) -> Step:
    return Step(after, Event.DECLINE, reason=reason)


def passes(after: float, who: str) -> Step:
    return Step(after, Event.PASS, who)


def contacted(after: float) -> Step:
    return Step(after, Event.CONTACTED)


def no_answer(after: float) -> Step:
    """Tried in vain, to be tried again the day after."""
    return Step(after, Event.NO_ANSWER)


def plans(after: float, *items: PlanItem) -> Step:
    """All that is done of the plan by then."""
    return Step(after, Event.PLAN, items=items)


def scheduled(after: float) -> Step:
    return Step(after, Event.SCHEDULED)


def release(after: float, reason: DeclineReason) -> Step:
    return Step(after, Event.RELEASE, reason=reason)


def close(after: float, reason: CloseReason) -> Step:
    return Step(after, Event.CLOSE, reason=reason)


def reopen(after: float) -> Step:
    return Step(after, Event.REOPEN)


def assign(after: float, who: str) -> Step:
    return Step(after, Event.ASSIGN, who)
