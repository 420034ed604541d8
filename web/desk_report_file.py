"""A report as one long table for a spreadsheet: section, group, measure, value. Pure.

Lengths are hours as decimal numbers; a share is left to the reader's own arithmetic. What rests on nothing is empty.
"""

from collections.abc import Iterator
from datetime import timedelta

from blocks.labels import CLOSE_REASONS, DECLINE_REASONS
from blocks.report_words import ANSWERED, NO_SOURCE, TOO_RECENT, insurer_name, service_name
from referrals.imports.csv_files import write_csv
from referrals.views.report import Figures, Report
from store.vocabulary import STATES

COLUMNS = ("section", "group", "measure", "value")
_COUNTS = (
    "received",
    "preferred",
    "general",
    "urgent",
    "accepted",
    "within_day",
    "ripe_day",
    "within_two_days",
    "ripe_two_days",
    "contacted",
    "scheduled",
    "answered",
    "waiting",
    "in_hand",
    "expired",
    "closed",
    "unmet",
)
_NAMES = {
    "within_day": "accepted within 24 hours",
    "within_two_days": "accepted within 48 hours",
    "ripe_day": "received at least 24 hours ago",
    "ripe_two_days": "received at least 48 hours ago",
    "answered": "clients answered",
    "in_hand": "accepted or contacted, not scheduled yet",
    "unmet": "nobody took",
}
_HOUR = timedelta(hours=1)

Line = tuple[str, str, str, str]


def report_csv(report: Report) -> str:
    return write_csv(COLUMNS, _lines(report))


def _lines(report: Report) -> Iterator[Line]:
    yield "period", "", "first day", report.asked.first.isoformat()
    yield "period", "", "last day", report.asked.last.isoformat()
    yield "note", "", TOO_RECENT, ""
    yield "note", "", ANSWERED, ""
    yield from _figures("all", "", report.whole)
    if report.knows_ideal:
        yield "all", "", "fit the ideal clients", str(report.whole.fit)
    for step, figures in report.over_time:
        yield from _figures(str(report.unit), step.first.isoformat(), figures)
    for one in report.insurers:
        yield from _figures("insurer", insurer_name(one.key), one.figures)
    for one in report.services:
        yield from _figures("service", service_name(one.key), one.figures)
    for source in report.sources:
        yield from _figures("source", source.name or NO_SOURCE, source.figures)
    for closed, count in report.closed_for.items():
        yield "closed", CLOSE_REASONS[closed], "referrals", str(count)
    for closed, count in report.never_taken.items():
        yield "closed, never accepted", CLOSE_REASONS[closed], "referrals", str(count)
    for section, counts in (("declined", report.declined), ("given back", report.given_back)):
        for reason, count in counts.items():
            yield section, DECLINE_REASONS[reason], "times", str(count)
    for kind in report.unmet:
        group = f"{STATES.get(kind.state, kind.state)} / {insurer_name(kind.insurer)} / {service_name(kind.service)}"
        yield "nobody took", group, "referrals", str(kind.count)


def _figures(section: str, group: str, figures: Figures) -> Iterator[Line]:
    for name in _COUNTS:
        yield section, group, _NAMES.get(name, name), str(getattr(figures, name))
    yield section, group, "median hours to accept", _hours(figures.median)
    yield section, group, "90th percentile of hours to accept", _hours(figures.p90)


def _hours(of: timedelta | None) -> str:
    return "" if of is None else f"{of / _HOUR:.2f}"
