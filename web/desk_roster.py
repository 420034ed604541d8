"""The coordinators' page of the roster: a file in, seen before it takes effect; the same file out; and coverage.

Nothing is kept between preview and applying: the form carries the file, and a digest of what was shown.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from referrals.actor import Actor
from referrals.imports.csv_files import Problem
from referrals.imports.exports import Exported, export_roster
from referrals.imports.files import FileKind, ImportReport, import_file
from referrals.imports.roster_lines import COLUMNS
from referrals.roster.coverage import Coverage, coverage
from referrals.tx import Tx

from .desk_roster_words import Preview, counts_of, example, follows_from, preview_of
from .desk_visit import DeskVisit

#: A form's field may hold as much (starlette's limit is a little more); larger files go over the command line.
MOST_BYTES = 900_000
_DIGITS = 7
_TOO_LONG = Problem(
    f"The file is larger than {MOST_BYTES // 1000} kB, which this page takes. Split it, or use the command line:"
    " referrals import roster FILE."
)
_NOTHING = Problem("Choose a file, or paste its lines into the field.")

#: Called with the practice's id once a roster has been applied: has new people looked up in Slack, and does not wait.
AfterImport = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DeskRoster:
    after_import: AfterImport
    name: str = "roster"
    title: str = "Roster"

    async def show(self, visit: DeskVisit) -> Response:
        if visit.path == "":
            return visit.page("desk_roster.html", **_start())
        if visit.path == "export":
            found = await visit.do(export_roster)
            return visit.file(found.text, "roster.csv") if isinstance(found, Exported) else visit.nowhere()
        if visit.path == "done":
            return visit.page("desk_roster_done.html", **_done(visit))
        if visit.path == "coverage":
            gaps = await visit.ask(coverage)
            return visit.page("desk_roster_coverage.html", found=gaps) if _is(gaps) else visit.nowhere()
        return visit.nowhere()

    async def send(self, visit: DeskVisit) -> Response:
        if visit.path not in ("preview", "apply"):
            return visit.nowhere()
        data = _given(visit)
        if isinstance(data, Problem):
            return visit.page("desk_roster.html", 422, **_start(problems=(data,)))
        actor = await visit.ask(_who)
        if visit.path == "preview":
            return self._shown(visit, data, await self._import(visit, data, actor, dry_run=True))
        report = await self._import(visit, data, actor, expected=visit.sent.one("plan"))
        if report.problems or report.overtaken:
            return self._shown(visit, data, report, anew=True)
        await self.after_import(visit.practice.id)
        return visit.to("roster/done", **counts_of(report))

    async def _import(
        self, visit: DeskVisit, data: bytes, actor: Actor, *, dry_run: bool = False, expected: str | None = None
    ) -> ImportReport:
        return await import_file(
            visit.desk,
            visit.practice.id,
            FileKind.ROSTER,
            data,
            dry_run=dry_run,
            actor=actor,
            expected=expected,
            quote=True,
        )

    def _shown(self, visit: DeskVisit, data: bytes, report: ImportReport, *, anew: bool = False) -> Response:
        """``anew``: it was to be applied, and was not, because the roster or the file says something else by now."""
        if report.problems:
            return visit.page("desk_roster.html", 422, **_start(problems=report.problems, pasted=_pasted(visit)))
        found: Preview = preview_of(report)
        status = 409 if anew else 200
        return visit.page("desk_roster_preview.html", status, found=found, lines=data.decode("utf-8-sig"), anew=anew)


def _done(visit: DeskVisit) -> dict[str, Any]:
    """What was applied, from the address that applying leads to: loading it again applies nothing again."""

    def count(name: str) -> int:
        asked = visit.asked(name)
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS else 0

    follows = follows_from(count("released"), count("waiting"), count("inactive"))
    figures = [("added", count("added")), ("changed", count("changed")), ("unchanged", count("unchanged"))]
    more = [("paused", count("paused")), ("resumed", count("resumed")), ("made inactive", count("inactive"))]
    return {"figures": [*figures, *(one for one in more if one[1])], "follows": follows}


def _is(found: object) -> bool:
    return isinstance(found, Coverage)


def _who(_tx: Tx, actor: Actor) -> Actor:
    """Only finds out who it is: an import is a transaction of its own."""
    return actor


def _given(visit: DeskVisit) -> bytes | Problem:
    """The file, or what was pasted, or what the preview carried."""
    _, uploaded = visit.sent.files.get("file", ("", b""))
    data = uploaded or visit.sent.one("lines").encode()
    if not data.strip():
        return _NOTHING
    return _TOO_LONG if len(data) > MOST_BYTES else data


def _pasted(visit: DeskVisit) -> str:
    """Given back to be mended; of a file, its owner has the original."""
    return "" if visit.sent.files.get("file", ("", b""))[1] else visit.sent.one("lines")


def _start(problems: tuple[Problem, ...] = (), pasted: str = "") -> dict[str, Any]:
    return {"problems": problems, "pasted": pasted, "columns": COLUMNS, "example": example()}
