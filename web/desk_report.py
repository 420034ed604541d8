"""The coordinators' page "Report": the practice's figures over a period, to read, to print and to take away as a file.

It names no client and no provider. Every look and every file is recorded in the practice's history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from blocks.report_words import WRONG
from referrals.actor import Actor
from referrals.outcomes import Refused
from referrals.periods import USUAL, Period, Wrong
from referrals.reports import EXPORT, REPORT, look, period_between, period_here, period_of_slug, usual_period
from referrals.tx import Tx
from referrals.views.report import practice_report

from .desk_report_file import report_csv
from .desk_report_shown import shown
from .desk_visit import DeskVisit

#: What is one click away.
QUICK = ("this week", "last week", "this month", "last month", USUAL, "this quarter", "last quarter", "this year")
_FILE = "csv"

Ask = Callable[[Tx], Period | Wrong]


@dataclass(frozen=True, slots=True)
class _Asked:
    actor: Actor
    period: Period


@dataclass(frozen=True, slots=True)
class ReportRoom:
    name: str = "report"
    title: str = "Report"

    async def show(self, visit: DeskVisit) -> Response:
        """``csv?from=…&to=…`` is the file, ``2026-01-01_2026-03-31`` a period as Slack's button names it."""
        head, _, rest = visit.path.partition("/")
        if head == _FILE and not rest:
            return await self._file(visit)
        slug = rest if head == _FILE else visit.path
        if slug.count("/"):
            return visit.nowhere()
        ask = _of_slug(slug) if slug else _of_form(visit)
        found = await visit.do(_begin, ask, REPORT)
        if isinstance(found, Wrong):
            return visit.nowhere() if slug else await self._refused(visit, found)
        report = await visit.desk.ask(visit.practice.id, practice_report, found.actor, found.period)
        if isinstance(report, Refused):
            return visit.nowhere()
        return _page(visit, found.period, report=shown(report), to_save=head == _FILE)

    async def send(self, visit: DeskVisit) -> Response:
        return visit.nowhere()

    async def _file(self, visit: DeskVisit) -> Response:
        found = await visit.do(_begin, _of_form(visit), EXPORT)
        if isinstance(found, Wrong):
            return await self._refused(visit, found)
        report = await visit.desk.ask(visit.practice.id, practice_report, found.actor, found.period)
        if isinstance(report, Refused):
            return visit.nowhere()
        return visit.file(report_csv(report), f"referrals-report-{found.period.slug}.csv")

    async def _refused(self, visit: DeskVisit, wrong: Wrong) -> Response:
        """The form again, with what was wrong; a period that can be asked for stands in it."""
        usual = await visit.desk.ask(visit.practice.id, usual_period)
        return _page(visit, usual, 400, wrong=WRONG[wrong])


def _page(visit: DeskVisit, asked: Period, status: int = 200, **values: object) -> Response:
    about: dict[str, object] = {"report": None, "wrong": "", "to_save": False}
    return visit.page("desk_report.html", status, asked=asked, quick=QUICK, **(about | values))


def _begin(tx: Tx, actor: Actor, ask: Ask, event: str) -> _Asked | Wrong:
    """Who looks at what, recorded; what it shows is read afterwards, where no writer is kept waiting."""
    asked = ask(tx)
    if isinstance(asked, Wrong):
        return asked
    look(tx, actor, asked, event)
    return _Asked(actor, asked)


def _of_slug(slug: str) -> Ask:
    return lambda tx: period_of_slug(tx, slug)


def _of_form(visit: DeskVisit) -> Ask:
    """Two dates, or a quick link's words; without either the usual period."""
    first, last, typed = (visit.asked(name).strip() for name in ("from", "to", "period"))

    def ask(tx: Tx) -> Period | Wrong:
        if not first and not last:
            return period_here(tx, typed)
        try:
            days = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            return Wrong.NO_SUCH_DAY
        return period_between(tx, *days)

    return ask
