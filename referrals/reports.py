"""Who may see the practice's report, and that they looked: recorded in the practice's history."""

from datetime import date

from .actor import Actor
from .outcomes import Refusal, Refused
from .periods import USUAL, Period, Wrong, between, of_slug, period
from .tx import Tx
from .zones import zone_of

#: Events of the practice's history; their data holds the period.
REPORT, EXPORT = "report", "export"


def period_here(tx: Tx, typed: str) -> Period | Wrong:
    """As somebody types it, where the practice is. Without a word the last 30 days."""
    return period(typed, tx.now, zone_of(None, tx.practice()))


def period_of_slug(tx: Tx, slug: str) -> Period | Wrong:
    return of_slug(slug, tx.now, zone_of(None, tx.practice()))


def period_between(tx: Tx, first: date, last: date) -> Period | Wrong:
    return between(first, last, tx.now, zone_of(None, tx.practice()))


def usual_period(tx: Tx) -> Period:
    found = period_here(tx, USUAL)
    if isinstance(found, Wrong):
        raise TypeError(found)
    return found


def look(tx: Tx, actor: Actor, asked: Period, event: str = REPORT) -> Actor | Refused:
    """Records that they see the report of this period, or (EXPORT) take it away; or that they may not."""
    result = "done" if actor.coordinator else Refusal.NOT_COORDINATOR
    data = {"period": asked.slug} | ({"what": "report"} if event == EXPORT else {})
    tx.record(tx.locked_practice(), event, actor, result=result, **data)
    return actor if actor.coordinator else Refused(Refusal.NOT_COORDINATOR)
