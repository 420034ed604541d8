"""How one provider is doing, for that provider alone: nobody is asked to answer fast, and nobody else sees this.

DOMAIN.md P20: declining carries no penalty; the time to respond is measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import col, select

from store.tables import History, Offer
from store.tables.history import DECISIONS

from ..lifecycle import Event
from ..tx import Tx

#: What Home shows.
LATELY = timedelta(days=90)
#: PostgreSQL takes some thirty thousand parameters in one statement.
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Performance:
    """Of the offers answered in a period, by themselves. ``to_respond``: the median from an offer's opening.

    Whoever passes and accepts after all has accepted; the time is that of their first answer.
    """

    accepted: int = 0
    declined: int = 0
    passed: int = 0
    to_respond: timedelta | None = None

    @property
    def answered(self) -> int:
        return self.accepted + self.declined + self.passed


@dataclass(slots=True)
class _Answer:
    first_at: datetime
    latest: Event


def performance(tx: Tx, provider_id: str, since: datetime, until: datetime) -> Performance:
    """From ``since`` to just before ``until``. What a coordinator decided for them is not their answer."""
    answers = _answers(_decisions(tx, provider_id, since, until))
    opened = _opened(tx, list(answers))
    seconds = [
        (answer.first_at - opened[offer_id]).total_seconds()
        for offer_id, answer in answers.items()
        if offer_id in opened
    ]
    kinds = [answer.latest for answer in answers.values()]
    return Performance(
        accepted=kinds.count(Event.ACCEPT),
        declined=kinds.count(Event.DECLINE),
        passed=kinds.count(Event.PASS),
        to_respond=timedelta(seconds=median(seconds)) if seconds else None,
    )


def _decisions(tx: Tx, provider_id: str, since: datetime, until: datetime) -> Sequence[History]:
    return tx.session.exec(
        select(History)
        .where(History.practice_id == tx.practice_id, History.actor == f"provider:{provider_id}", DECISIONS)
        .where(col(History.at) >= since, col(History.at) < until)
        .where(History.result == "done", col(History.on_behalf_of).is_(None))
        .order_by(col(History.at), col(History.id))
    ).all()


def _answers(decisions: Iterable[History]) -> dict[str, _Answer]:
    """By offer."""
    found: dict[str, _Answer] = {}
    for row in decisions:
        known = found.setdefault(row.data.get("offer", ""), _Answer(row.at, Event(row.event)))
        known.latest = Event(row.event)
    return found


def _opened(tx: Tx, offer_ids: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for start in range(0, len(offer_ids), _AT_ONCE):
        some = offer_ids[start : start + _AT_ONCE]
        rows = tx.session.exec(
            select(Offer.id, Offer.opened_at).where(Offer.practice_id == tx.practice_id, col(Offer.id).in_(some))
        )
        found |= dict(rows.all())
    return found
