"""The coordinators' daily digest: at a set hour of the practice's day a direct message to each of them, at most one.

``Practice.digest_done`` is the last day that has been dealt with, sent or not. Whoever holds the practice's row and
finds its day undone deals with it; so many workers, a wake-up and a sweep together send it once. A desk that was down
at the hour sends it late on the same day, and never makes up for an earlier one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.tables import Delivery, History, Practice
from store.vocabulary import DeliveryChannel

from .actor import SYSTEM
from .notices import Template
from .outbox import tell_coordinators
from .tx import Tx, WakeKind
from .views.today import Today, today
from .zones import zone_of

EVENT = "digest"
#: What a practice begins with.
USUAL_HOUR = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """``address``: a Slack user. ``now``: aware UTC, from which ages are counted."""

    template: Template
    channel: DeliveryChannel
    practice: Practice
    now: datetime
    today: Today
    address: str


def is_due(tx: Tx) -> bool:
    """Cheap: one row by its key."""
    return _due(tx.practice(), tx.now)


def deal(tx: Tx) -> bool:
    """Deals with today, if that is still to be done, and has the next day's woken. Whether it was this call."""
    practice = tx.locked_practice()
    if not _due(practice, tx.now):
        return False
    here = _today(practice, tx.now)
    practice.digest_done = here
    users = practice.deciding_coordinators
    if users and today(tx).worth_saying:
        event = tx.record(practice, EVENT, SYSTEM, day=here.isoformat(), to=list(users))
        tell_coordinators(tx, users, Template.COORDINATOR_DIGEST, about=event)
    plan(tx)
    return True


def plan(tx: Tx) -> None:
    """Asks to be woken for the next one, so that it comes on the minute."""
    practice = tx.practice()
    if practice.digest_hour is not None:
        tx.wake(WakeKind.DIGEST, practice.id, next_due(practice, tx.now))


def begin(tx: Tx) -> None:
    """The hour has been set anew: an hour that is over begins tomorrow. Of a day that had its digest there is no other.

    The practice's row is held.
    """
    begin_with(tx.practice(), tx.now)
    plan(tx)


def follow_zone(tx: Tx) -> None:
    """The practice's clock has been set anew. A digest that is due by it now still comes; no coming day is left out.

    The practice's row is held.
    """
    practice = tx.practice()
    here = _today(practice, tx.now)
    if practice.digest_done is not None and practice.digest_done > here:
        practice.digest_done = here  # westward over midnight: the day that was dealt with lies ahead again
    plan(tx)


def begin_with(practice: Practice, now: datetime) -> None:
    """The same of a practice that is being set up."""
    here = _today(practice, now)
    if practice.digest_hour is not None and now >= _moment(practice, here):
        practice.digest_done = here


def next_due(practice: Practice, now: datetime) -> datetime:
    """Aware UTC; past where one is due now. The hour must be set."""
    here = _today(practice, now)
    done = practice.digest_done is not None and practice.digest_done >= here
    return _moment(practice, here + _DAY if done else here)


def digest_letter(tx: Tx, delivery: Delivery) -> DigestLetter | str:
    """From current state; or a code of why it is not to be sent any more."""
    practice, event = tx.practice(), tx.get(History, delivery.subject_id)
    user = delivery.recipient.partition(":")[2]
    if event is None or user not in practice.deciding_coordinators:
        return "no_longer_true"
    if date.fromisoformat(event.data["day"]) != _today(practice, tx.now):
        return "no_longer_true"  # Slack was away for so long that the next one says more
    found = today(tx)
    if not found.worth_saying:
        return "nothing_to_say"
    return DigestLetter(Template.COORDINATOR_DIGEST, delivery.channel, practice, tx.now, found, user)


def _due(practice: Practice, now: datetime) -> bool:
    if practice.digest_hour is None:
        return False
    here = _today(practice, now)
    return now >= _moment(practice, here) and (practice.digest_done is None or practice.digest_done < here)


def _moment(practice: Practice, day: date) -> datetime:
    """The hour on that day's clock; where the clocks skip it, an hour later."""
    return datetime.combine(day, time(practice.digest_hour or 0), _zone(practice)).astimezone(UTC)


def _today(practice: Practice, now: datetime) -> date:
    return now.astimezone(_zone(practice)).date()


def _zone(practice: Practice) -> ZoneInfo:
    return zone_of(None, practice)
