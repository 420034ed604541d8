"""The coordinators' page "Sources": what became of each source's referrals in a period, as a table and as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from blocks.labels import SOURCE_KINDS
from blocks.lengths import length
from referrals.imports.csv_files import write_csv
from referrals.periods import Wrong
from referrals.sources.report import SourceReport, source_report, take_out
from referrals.views.arithmetic import in_percent, share
from referrals.views.sources import Funnel, SourceLine
from referrals.zones import zone_of

from .desk_visit import DeskVisit

USUAL = "last 90 days"
#: What the page offers; any other may be written.
PERIODS = (USUAL, "this month", "last month", "last 365 days")
COLUMNS = (
    "source",
    "kind",
    "referred",
    "accepted",
    "contacted",
    "scheduled",
    "ideal",
    "ideal_percent",
    "hours_to_accept_median",
    "last_referral",
    "quiet",
    "retired",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A source as the table shows it: its figures in words."""

    name: str
    kind: str
    funnel: Funnel
    ideal: str
    to_accept: str
    last: str
    quiet: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class SourcesRoom:
    name: str = "sources"
    title: str = "Sources"

    async def show(self, visit: DeskVisit) -> Response:
        if visit.path not in ("", "csv"):
            return visit.nowhere()
        asked = " ".join(visit.asked("period").split())[:60] or USUAL
        report = await visit.ask(source_report, asked)
        if isinstance(report, Wrong):
            return visit.page("desk_sources.html", 422, report=None, asked=asked, periods=PERIODS)
        zone = zone_of(None, visit.practice)
        if visit.path == "csv":
            await visit.do(take_out, report.period)
            name = f"sources-{report.period.first}-to-{report.period.last}.csv"
            return visit.file(write_csv(COLUMNS, _cells(report, zone)), name)
        rows = [_row(line, zone) for line in report.lines]
        total = _share(report.total)
        return visit.page(
            "desk_sources.html", report=report, rows=rows, total_ideal=total, asked=asked, periods=PERIODS
        )

    async def send(self, visit: DeskVisit) -> Response:
        return visit.nowhere()


def _row(line: SourceLine, zone: ZoneInfo) -> Row:
    return Row(
        name=line.name,
        kind=SOURCE_KINDS[line.kind],
        funnel=line.funnel,
        ideal=_share(line.funnel),
        to_accept=length(line.to_accept) if line.to_accept is not None else "n/a",
        last=_day(line.last_at, zone) or "none yet",
        quiet=line.quiet,
        retired=line.retired,
    )


def _share(funnel: Funnel) -> str:
    return "n/a" if funnel.ideal is None else in_percent(share(funnel.ideal, funnel.referred))


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%b %-d, %Y}" if at else ""


def _cells(report: SourceReport, zone: ZoneInfo) -> Iterator[Sequence[str]]:
    """What is not known is an empty cell, so that a spreadsheet can reckon with the column."""
    for line in report.lines:
        funnel = line.funnel
        fit = share(funnel.ideal, funnel.referred) if funnel.ideal is not None else None
        yield (
            line.name,
            line.kind,
            str(funnel.referred),
            str(funnel.accepted),
            str(funnel.contacted),
            str(funnel.scheduled),
            "" if funnel.ideal is None else str(funnel.ideal),
            "" if fit is None else str(round(float(fit) * 100)),
            "" if line.to_accept is None else f"{line.to_accept.total_seconds() / 3600:.1f}",
            line.last_at.astimezone(zone).date().isoformat() if line.last_at else "",
            "yes" if line.quiet else "no",
            "yes" if line.retired else "no",
        )
