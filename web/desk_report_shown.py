"""A report as its page shows it: charts, and tables of words and numbers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from blocks.labels import CLOSE_REASONS, DECLINE_REASONS, SOURCE_KINDS
from blocks.report_words import (
    ANSWERED,
    NO_SOURCE,
    OVER_TIME,
    TOO_RECENT,
    insurer_name,
    length_or_none,
    service_name,
    step_name,
)
from blocks.text import sentence
from referrals.periods import in_words
from referrals.views.arithmetic import in_percent
from referrals.views.report import Figures, Report
from store.vocabulary import STATES, DeclineReason

from .charts import Chart, bar_chart, line_chart

#: So many sources and so many kinds of unmet demand stand on the page; the file has all.
MOST_SOURCES, MOST_UNMET = 15, 15
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` in the order of ``COLUMNS``."""

    name: str
    cells: Sequence[str]
    note: str = ""


COLUMNS = ("Received", "Accepted", "Within 24 h", "Median time", "9 in 10 within", "Scheduled", "Nobody took")


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything in words. ``unmet_left``: how many referrals are of the kinds that are not shown."""

    days: str
    over: str
    figures: Sequence[Figure]
    charts: Sequence[Chart]
    steps: Sequence[Row]
    insurers: Sequence[Row]
    services: Sequence[Row]
    sources: Sequence[Row]
    closed: Sequence[tuple[str, int]]
    unmet: Sequence[tuple[str, str, str, int]]
    unmet_total: int
    unmet_left: int
    never_taken: Sequence[tuple[str, int]]
    declined: Sequence[tuple[str, int]]
    given_back: Sequence[tuple[str, int]]
    columns: Sequence[str] = COLUMNS
    notes: str = f"{TOO_RECENT} {ANSWERED}"


def shown(report: Report) -> Shown:
    top = report.unmet[:MOST_UNMET]
    never = [(sentence(CLOSE_REASONS[reason]), count) for reason, count in report.never_taken.items()]
    return Shown(
        days=in_words(report.asked.first, report.asked.last),
        over=OVER_TIME[report.unit],
        figures=_figures(report),
        charts=_charts(report),
        steps=[_row(sentence(step_name(step, report.unit)), one) for step, one in report.over_time],
        insurers=[_row(insurer_name(one.key), one.figures) for one in report.insurers],
        services=[_row(service_name(one.key), one.figures) for one in report.services],
        sources=_sources(report),
        closed=[(sentence(CLOSE_REASONS[reason]), count) for reason, count in report.closed_for.items()],
        unmet=[
            (STATES.get(one.state, one.state), insurer_name(one.insurer), service_name(one.service), one.count)
            for one in top
        ],
        unmet_total=report.whole.unmet,
        unmet_left=report.whole.unmet - sum(one.count for one in top),
        never_taken=never,
        declined=_reasons(report.declined),
        given_back=_reasons(report.given_back),
    )


def _figures(report: Report) -> list[Figure]:
    whole = report.whole

    def of_all(label: str, count: int) -> Figure:
        return Figure(label, f"{count:,}", in_percent(whole.of_received(count)))

    def within(label: str, count: int, of: int, part: Fraction | None) -> Figure:
        return Figure(label, in_percent(part), f"{count:,} of {of:,}" if of else "")

    found = [
        Figure("Received", f"{whole.received:,}", f"{whole.preferred:,} for a named provider"),
        of_all("Accepted", whole.accepted),
        Figure("Median time to accept", length_or_none(whole.median), f"9 in 10 within {length_or_none(whole.p90)}"),
        within("Accepted within 24 hours", whole.within_day, whole.ripe_day, whole.in_a_day),
        within("Accepted within 48 hours", whole.within_two_days, whole.ripe_two_days, whole.in_two_days),
        of_all("Contacted", whole.contacted),
        of_all("Scheduled", whole.scheduled),
        of_all("Clients answered", whole.answered),
        of_all("Still open", whole.open),
        of_all("Expired", whole.expired),
        of_all("Closed", whole.closed),
        of_all("Nobody took", whole.unmet),
    ]
    return [*found, *([of_all("Fit your ideal clients", whole.fit)] if report.knows_ideal else [])]


def _charts(report: Report) -> list[Chart]:
    if len(report.over_time) < 2:
        return []
    when, names = OVER_TIME[report.unit], [step.label for step, _ in report.over_time]
    counts = {
        "Received": [one.received for _, one in report.over_time],
        "Accepted": [one.accepted for _, one in report.over_time],
    }
    hours = {
        "Median": [_hours(one.median) for _, one in report.over_time],
        "9 in 10 within": [_hours(one.p90) for _, one in report.over_time],
    }
    whole = report.whole
    arrived = f"{whole.received} received and {whole.accepted} accepted in all. The table below has every number."
    took = f"Median {length_or_none(whole.median)} over the whole period. The table below has every number."
    found = [bar_chart("arrivals", f"Received and accepted, {when}", arrived, names, counts)]
    if whole.accepted:
        found.append(line_chart("times", f"Hours to accept, {when}", took, names, hours))
    return found


def _hours(of: timedelta | None) -> float | None:
    return None if of is None else round(of / _HOUR, 1)


def _sources(report: Report) -> list[Row]:
    top, rest = report.sources[:MOST_SOURCES], report.sources[MOST_SOURCES:]
    rows = [_row(one.name or NO_SOURCE, one.figures, SOURCE_KINDS[one.kind] if one.kind else "") for one in top]
    if not rest:
        return rows
    names = ("received", "accepted", "within_day", "ripe_day", "scheduled", "unmet")
    sums = {name: sum(getattr(one.figures, name) for one in rest) for name in names}
    return [*rows, _row(f"{len(rest)} other sources", Figures(**sums))]


def _row(name: str, one: Figures, note: str = "") -> Row:
    cells = (
        f"{one.received:,}",
        f"{one.accepted:,} ({in_percent(one.of_received(one.accepted))})" if one.received else "0",
        in_percent(one.in_a_day),
        length_or_none(one.median),
        length_or_none(one.p90),
        f"{one.scheduled:,}",
        f"{one.unmet:,}",
    )
    return Row(name, cells, note)


def _reasons(counts: Mapping[DeclineReason, int]) -> list[tuple[str, int]]:
    return [(DECLINE_REASONS[reason], count) for reason, count in counts.items()]
