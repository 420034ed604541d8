"""A practice's report over a period: counts, times and demand that nobody met. No client, and no provider by name.

It counts the referrals that arrived in the period, wherever they stand now; what has been erased by retention still
counts. Reading it is recorded by ``referrals/reports.py``, in a transaction of its own: nobody waits for a writer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from store.tables import Source
from store.vocabulary import CloseReason, DeclineReason, SourceKind

from ..actor import Actor
from ..lifecycle import Event
from ..outcomes import Refusal, Refused
from ..periods import Period
from ..sources import ideal
from ..tx import Tx
from ..views import report_queries
from ..zones import zone_of
from .arithmetic import share
from .steps import Step, Unit, steps, unit_of


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some referrals. ``median`` and ``p90``: from arrival to the first acceptance; None where nobody accepted.

    ``accepted``: ever, also where it was given back. ``contacted`` counts what is scheduled as well. ``in_hand``:
    accepted or contacted, and not further yet. ``unmet``: nobody took it. ``fit``: the practice's ideal clients.

    ``within_day`` counts of the ``ripe_day``, which arrived a day ago or earlier; two days likewise.
    """

    received: int = 0
    preferred: int = 0
    urgent: int = 0
    accepted: int = 0
    within_day: int = 0
    within_two_days: int = 0
    contacted: int = 0
    scheduled: int = 0
    answered: int = 0
    waiting: int = 0
    in_hand: int = 0
    expired: int = 0
    closed: int = 0
    unmet: int = 0
    fit: int = 0
    ripe_day: int = 0
    ripe_two_days: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None

    @property
    def open(self) -> int:
        return self.waiting + self.in_hand

    @property
    def general(self) -> int:
        return self.received - self.preferred

    @property
    def in_a_day(self) -> Fraction | None:
        return share(self.within_day, self.ripe_day)

    @property
    def in_two_days(self) -> Fraction | None:
        return share(self.within_two_days, self.ripe_two_days)

    def of_received(self, count: int) -> Fraction | None:
        return share(count, self.received)


@dataclass(frozen=True, slots=True)
class Group:
    """``key``: a slug, or a source's name."""

    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """``name`` is None for what came without a source."""

    name: str | None
    kind: SourceKind | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Unmet:
    """So many referrals of this kind that nobody took."""

    state: str
    insurer: str
    service: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything in the order in which it is shown: what there is most of comes first.

    ``declined``, ``given_back``: by the reason that was given, of offers declined and referrals released.
    ``never_taken``: the reasons for which what nobody took was closed.
    """

    asked: Period
    unit: Unit
    whole: Figures
    over_time: Sequence[tuple[Step, Figures]]
    closed_for: Mapping[CloseReason, int]
    never_taken: Mapping[CloseReason, int]
    knows_ideal: bool = False
    insurers: Sequence[Group] = ()
    services: Sequence[Group] = ()
    sources: Sequence[SourceGroup] = ()
    unmet: Sequence[Unmet] = ()
    declined: Mapping[DeclineReason, int] = field(default_factory=dict)
    given_back: Mapping[DeclineReason, int] = field(default_factory=dict)


def practice_report(tx: Tx, actor: Actor, asked: Period, *, brief: bool = False) -> Report | Refused:
    """Writes nothing: for ``Desk.ask``. ``brief``: the whole and over time only, within the time of a click."""
    if not actor.coordinator:
        return Refused(Refusal.NOT_COORDINATOR)
    practice = tx.practice()
    parts = steps(asked, zone_of(None, practice))
    dimensions = report_queries.BRIEF if brief else report_queries.DIMENSIONS
    found = _figures(tx, asked, parts, practice.ideal, dimensions)
    closed_for, never_taken = _closed(tx, asked)
    short = Report(
        asked=asked,
        unit=unit_of(asked),
        whole=found[report_queries.WHOLE].get("", Figures()),
        over_time=[(step, found[report_queries.STEP].get(str(at), Figures())) for at, step in enumerate(parts)],
        closed_for=closed_for,
        never_taken=never_taken,
        knows_ideal=ideal.defined(practice.ideal),
    )
    if brief:
        return short
    unmet = [Unmet(*row) for row in report_queries.unmet(tx, asked)]
    reasons = _reasons(tx, asked)
    return replace(
        short,
        insurers=_groups(found[report_queries.INSURER]),
        services=_groups(found[report_queries.SERVICE]),
        sources=_sources(tx, found[report_queries.SOURCE]),
        unmet=sorted(unmet, key=lambda one: (-one.count, one.state, one.insurer, one.service)),
        declined=reasons[Event.DECLINE],
        given_back=reasons[Event.RELEASE],
    )


def _figures(
    tx: Tx, asked: Period, parts: Sequence[Step], profile: ideal.Ideal, dimensions: Sequence[str]
) -> dict[str, dict[str, Figures]]:
    """By dimension and key."""
    times = {
        (name, key): {
            "accepted": count,
            "within_day": day,
            "within_two_days": two_days,
            "median": timedelta(seconds=float(middle)),
            "p90": timedelta(seconds=int(slow)),
        }
        for name, key, count, day, two_days, middle, slow in report_queries.timed(tx, asked, parts, dimensions)
    }
    found: dict[str, dict[str, Figures]] = {name: {} for name in report_queries.DIMENSIONS}
    for name, key, received, *sums in report_queries.counted(tx, asked, parts, profile, dimensions):
        counts: dict[str, Any] = dict(zip(report_queries.SUMS, map(int, sums), strict=True))
        taken: dict[str, Any] = times.get((name, key), {})
        found[name][key] = Figures(int(received), **taken, **counts)
    return found


def _groups(found: Mapping[str, Figures]) -> list[Group]:
    ordered = sorted(found.items(), key=lambda one: (-one[1].received, one[0]))
    return [Group(key, figures) for key, figures in ordered]


def _sources(tx: Tx, found: Mapping[str, Figures]) -> list[SourceGroup]:
    rows = tx.session.exec(
        select(col(Source.id), col(Source.name), col(Source.kind)).where(Source.practice_id == tx.practice_id)
    )
    known: dict[str, tuple[str, SourceKind]] = {id: (name, kind) for id, name, kind in rows}
    ordered = sorted(found.items(), key=lambda one: (-one[1].received, known.get(one[0], ("",))[0], one[0]))
    return [
        SourceGroup(known[id][0], known[id][1], figures) if id in known else SourceGroup(None, None, figures)
        for id, figures in ordered
    ]


def _closed(tx: Tx, asked: Period) -> tuple[dict[CloseReason, int], dict[CloseReason, int]]:
    """For which reasons; and for which those that nobody had taken. A duplicate asked for nothing."""
    rows = report_queries.ended(tx, asked)
    everything: dict[CloseReason, int] = {}
    for reason, _, count in rows:
        everything[reason] = everything.get(reason, 0) + count
    never = {reason: count for reason, untaken, count in rows if untaken and reason is not CloseReason.DUPLICATE}
    return _most_first(everything.items()), _most_first(never.items())


def _reasons(tx: Tx, asked: Period) -> dict[str, dict[DeclineReason, int]]:
    found: dict[str, list[tuple[DeclineReason, int]]] = {Event.DECLINE: [], Event.RELEASE: []}
    known = set(DeclineReason)
    for event, reason, count in report_queries.reasons(tx, asked):
        found[event].append((DeclineReason(reason) if reason in known else DeclineReason.OTHER, count))
    return {event: _most_first(counts) for event, counts in found.items()}


def _most_first(counts: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    added: dict[Any, int] = {}
    for key, count in counts:
        added[key] = added.get(key, 0) + count
    return dict(sorted(added.items(), key=lambda one: (-one[1], str(one[0]))))
