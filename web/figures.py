"""The desk in figures, from the database and so the same in every process and after a restart.

Counts, ages, codes and practices' slugs; no id and no identity. Each query goes along an index and looks at a bounded
number of rows, but for the count of all referrals, which walks one index.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Select, func, select, text
from sqlmodel import Session, col

from referrals.clock import Clock
from store.ids import first_id
from store.tables import Delivery, History, Practice, Pulse, Referral
from store.vocabulary import Status

#: Over which time outcomes and events are counted (real clock), and of how many of the newest rows at most.
RECENT = timedelta(days=1)
_MOST_RECENT = 20_000
#: Referrals made within it are looked at for how soon they were accepted (desk clock), so many of each state at most.
WEEK = timedelta(days=7)
_MOST_ACCEPTED = 1_000

_ACCEPTED = (Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED, Status.CLOSED)
_HOURS = (0.25, 1, 4, 12, 24, 48, 96)
_QUANTILES = (0.5, 0.9, 0.99)
#: Word for word the condition of the index ``delivery_due``: an engine takes an index in part only for its own words.
_UNDONE = text("state IN ('pending', 'sending', 'unknown')")


@dataclass(frozen=True, slots=True)
class Look:
    """What one query is given. ``slugs``: of the practices, by their ids."""

    session: Session
    clock: Clock
    slugs: Mapping[str, str]

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        return list(self.session.connection().execute(statement))


Query = Callable[[Look], Iterable[Metric]]


def slugs(session: Session) -> dict[str, str]:
    rows = session.connection().execute(select(col(Practice.id), col(Practice.slug)))
    return {id: slug for id, slug in rows}  # noqa: C416 - rows are no pairs to mypy


def by_state(look: Look) -> Iterable[Metric]:
    """Every referral there is: walks the index of states, so ask seldom."""
    family = GaugeMetricFamily("referrals_by_state", "Referrals in each state.", labels=["practice", "state"])
    practice, state = col(Referral.practice_id), col(Referral.status)
    rows = look.rows(select(practice, state, func.count()).group_by(practice, state))
    counts = {(one, status): count for one, status, count in rows}
    for one, slug in look.slugs.items():
        for status in Status:
            family.add_metric([slug, status], counts.get((one, status), 0))
    yield family


def time_to_accept(look: Look) -> Iterable[Metric]:
    """Of the week's referrals, not of the week's accepts: the index is by when they were made."""
    within = GaugeMetricFamily(
        "referrals_accepted_within",
        "Referrals made in the last 7 days and accepted within so many hours.",
        labels=["practice", "hours"],
    )
    quantiles = GaugeMetricFamily(
        "referrals_time_to_accept_seconds",
        "Time from the referral to its accept, of those made in the last 7 days.",
        labels=["practice", "quantile"],
    )
    for practice, slug in look.slugs.items():
        took = sorted(_took(look, practice))
        for hours in _HOURS:
            within.add_metric([slug, str(hours)], sum(one <= hours * 3600 for one in took))
        within.add_metric([slug, "any"], len(took))
        for quantile in _QUANTILES if took else ():
            quantiles.add_metric([slug, str(quantile)], took[min(int(quantile * len(took)), len(took) - 1)])
    yield from (within, quantiles)


def _took(look: Look, practice: str) -> Iterable[float]:
    created, accepted = col(Referral.created_at), col(Referral.accepted_at)
    for state in _ACCEPTED:
        statement = (
            select(created, accepted)
            .where(col(Referral.practice_id) == practice, col(Referral.status) == state)
            .where(created >= look.clock.now() - WEEK)
            .order_by(created.desc())
            .limit(_MOST_ACCEPTED)
        )
        yield from ((then - made).total_seconds() for made, then in look.rows(statement) if then)


def outbox(look: Look) -> Iterable[Metric]:
    """What is still to be sent. Overdue: waiting for somebody to take it on, not for its next attempt."""
    undone = GaugeMetricFamily("referrals_outbox", "Notices still to be sent.", labels=["practice", "channel", "state"])
    overdue = GaugeMetricFamily(
        "referrals_outbox_overdue_seconds", "How long the longest due notice waits to be taken on.", labels=["practice"]
    )
    oldest = GaugeMetricFamily(
        "referrals_outbox_age_seconds", "Age of the oldest notice still to be sent.", labels=["practice"]
    )
    which = (col(Delivery.practice_id), col(Delivery.channel), col(Delivery.state))
    due, made = func.min(col(Delivery.next_at)), func.min(col(Delivery.created_at))
    rows = look.rows(select(*which, func.count(), due, made).where(_UNDONE).group_by(*which))
    for practice, slug in look.slugs.items():
        mine = [row for row in rows if row[0] == practice]
        for _, channel, state, count, _, _ in mine:
            undone.add_metric([slug, channel, state], count)
        overdue.add_metric([slug], _age(look.clock.real(), [row[4] for row in mine]))
        oldest.add_metric([slug], _age(look.clock.now(), [row[5] for row in mine]))
    yield from (undone, overdue, oldest)


def deliveries(look: Look) -> Iterable[Metric]:
    return _recent(
        look,
        GaugeMetricFamily(
            "referrals_deliveries",
            f"Notices of the last day by what became of them (of the newest {_MOST_RECENT} at most).",
            labels=["practice", "channel", "outcome"],
        ),
        Delivery.id,
        select(col(Delivery.practice_id), col(Delivery.channel), col(Delivery.state)),
    )


def events(look: Look) -> Iterable[Metric]:
    return _recent(
        look,
        GaugeMetricFamily(
            "referrals_events",
            f"What happened in the last day, by its result (of the newest {_MOST_RECENT} at most).",
            labels=["practice", "event", "result"],
        ),
        History.id,
        select(col(History.practice_id), col(History.event), col(History.result)),
    )


def pulses(look: Look) -> Iterable[Metric]:
    """The sweep's, and of whatever else comes round; one that never has is not there."""
    family = GaugeMetricFamily(
        "referrals_pulse_age_seconds", "Since recurring work last came to its end, in any process.", labels=["name"]
    )
    for name, at in look.rows(select(col(Pulse.name), col(Pulse.at))):
        family.add_metric([name], _age(look.clock.real(), [at]))
    yield family


def _recent(look: Look, family: GaugeMetricFamily, id: str, what: Select[*tuple[Any, ...]]) -> Iterable[Metric]:
    """Counts the newest rows by (practice, …): ids sort by time, so the primary key is the way to them."""
    newest = (
        what.where(col(id) >= first_id(look.clock.real() - RECENT))
        .order_by(col(id).desc())
        .limit(_MOST_RECENT)
        .subquery()
    )
    for practice, *codes, count in look.rows(select(*newest.c, func.count()).group_by(*newest.c)):
        if practice in look.slugs:
            family.add_metric([look.slugs[practice], *codes], count)
    return [family]


def _age(now: datetime, moments: Iterable[datetime]) -> float:
    """Seconds since the earliest; 0 without one, or with one that is still to come."""
    return max(0.0, max(((now - moment).total_seconds() for moment in moments), default=0.0))
