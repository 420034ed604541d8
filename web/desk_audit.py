"""The coordinators' page "Audit": who did what and when, as a page and as a file, and what the desk's own check says.

Every look and every file taken out is recorded. Nothing here is changed; the check is the jobs' (``Checking``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from zoneinfo import ZoneInfo

from starlette.responses import Response

from referrals.audit.state import last_audit, last_whole
from referrals.imports.csv_files import write_csv
from referrals.tx import Tx
from referrals.views import history
from referrals.views.history import CHECK, EXPORT, VIEW, Filters, Found
from store.tables import AuditRun, Referral

from .desk_audit_asked import GROUPS, Asked, Understood, address_of, place_of, understand
from .desk_audit_rows import COLUMNS, cells, lines
from .desk_audit_words import finding, standing
from .desk_visit import DeskVisit

#: Rows of one file, and of one read for it.
MOST_ROWS, _PIECE = 100_000, 500
#: Seconds after which the page that waits for a check looks again.
_AGAIN = 4
_NO_QUEUE = (
    "The check could not be started",
    ["The desk's queue does not answer. Nothing is lost: the desk checks itself every few minutes, and each night."],
)


#: What Slack calls these users; whoever it does not tell of is left out.
Names = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]


async def no_names(_users: Sequence[str]) -> Mapping[str, str]:
    return {}


class Checking(Protocol):
    """A look of the auditor at everything of one practice."""

    async def begin(self, practice_id: str) -> bool:
        """False: it could not be asked for. While one is under way there is no second one."""

    async def far(self, practice_id: str) -> tuple[int, int] | None:
        """How many referrals have been looked at, of how many; None where none is under way."""


@dataclass(frozen=True, slots=True)
class AuditRoom:
    checking: Checking
    most_rows: int = MOST_ROWS
    names: Names = no_names
    name: str = "audit"
    title: str = "Audit"

    async def show(self, visit: DeskVisit) -> Response:
        if visit.path == "check":
            return await self._progress(visit)
        if visit.path not in ("", "csv"):
            return visit.nowhere()
        asked = Asked(*(visit.asked(name).strip() for name in ("person", "code", "kind", "since", "until")))
        understood = await visit.desk.ask(visit.practice.id, understand, asked)
        if visit.path == "csv" and understood.filters is not None:
            return await self._file(visit, understood, understood.filters)
        return await self._page(visit, understood)

    async def send(self, visit: DeskVisit) -> Response:
        if visit.path != "check":
            return visit.nowhere()
        await visit.do(history.record, CHECK)
        if not await self.checking.begin(visit.practice.id):
            return visit.page("desk_notice.html", 503, title=_NO_QUEUE[0], sentences=_NO_QUEUE[1])
        return visit.to("audit/check")

    async def _page(self, visit: DeskVisit, understood: Understood) -> Response:
        after = place_of(visit.asked("after"))
        asked, rows, following = understood.asked, [], ""
        if understood.filters is not None:
            await visit.do(history.record, VIEW, understood.filters)  # each page: an address can be made up
            found = await visit.desk.ask(visit.practice.id, history.history, understood.filters, after)
            found = await self._named(found)
            rows = lines(found, understood.zone)
            if found.following:
                following = visit.address("audit", **asked.fields, after=address_of(found.following))
        check = await visit.desk.ask(visit.practice.id, _last_check)
        return visit.page(
            "desk_audit.html",
            400 if understood.wrong else 200,
            asked=asked,
            people=await self._people(understood.people),
            groups=GROUPS,
            wrong=understood.wrong,
            zone=understood.zone.key,
            rows=rows,
            earlier=after is not None,
            following=following,
            file=visit.address("audit/csv", **asked.fields),
            most_rows=self.most_rows,
            standing=standing(check.run, understood.zone.key),
            finding=finding(check.run, check.code),
            checked=check.run is not None,
            running=await self.checking.far(visit.practice.id) is not None,
        )

    async def _file(self, visit: DeskVisit, understood: Understood, filters: Filters) -> Response:
        kept: list[tuple[str, ...]] = []
        found = await visit.desk.ask(visit.practice.id, history.history, filters, None, _PIECE)
        while True:
            kept += await asyncio.to_thread(_worded, await self._named(found), understood.zone)
            if found.following is None or len(kept) >= self.most_rows:
                break
            found = await visit.desk.ask(visit.practice.id, history.history, filters, found.following, _PIECE)
        whole = len(kept) <= self.most_rows and found.following is None
        kept = kept[: self.most_rows]
        await visit.do(history.record, EXPORT, filters, rows=len(kept))
        if not whole:
            said = f"Only the newest {len(kept):,} rows are in this file. Choose fewer days for the rest."
            kept.append((said, *[""] * (len(COLUMNS) - 1)))
        name = f"history-{understood.asked.since}-to-{understood.asked.until}.csv"
        return visit.file(await asyncio.to_thread(write_csv, COLUMNS, kept), name)

    async def _named(self, found: Found) -> Found:
        """With the names of those whom the roster does not know."""
        users = _users(row.actor for row in found.rows) - set(found.slack)
        return replace(found, slack={**await self.names(sorted(users)), **found.slack}) if users else found

    async def _people(self, people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The choices by name. Only who is on the roster has one already."""
        nameless = {actor for actor, label in people if actor.startswith("slack:") and actor[6:] in label}
        names = await self.names(sorted(_users(nameless))) if nameless else {}
        return [(actor, names.get(actor[6:], label) if actor in nameless else label) for actor, label in people]

    async def _progress(self, visit: DeskVisit) -> Response:
        """While it goes on; after that, where its result stands."""
        far = await self.checking.far(visit.practice.id)
        if far is None:
            return visit.to("audit")
        answer = visit.page("desk_audit_check.html", done=far[0], total=far[1])
        answer.headers["Refresh"] = str(_AGAIN)
        return answer


def _users(actors: Iterable[str]) -> set[str]:
    return {actor.removeprefix("slack:") for actor in actors if actor.startswith("slack:")}


def _worded(found: Found, zone: ZoneInfo) -> list[tuple[str, ...]]:
    """Beside the event loop: clicks are answered by the same process, and must not wait for a file."""
    return [tuple(row) for row in cells(found, zone)]


@dataclass(frozen=True, slots=True)
class _Check:
    """The run that says how the practice stands; ``code``: of the referral in which it found something first."""

    run: AuditRun | None
    code: str | None


def _last_check(tx: Tx) -> _Check:
    run = last_audit(tx)
    if run is not None and not run.findings:
        run = last_whole(tx) or run  # "over how much" is a matter of the look at everything
    _, table, id = (run.first or "::").split(":", 2) if run else ("", "", "")
    referral = tx.get(Referral, id) if table == "referral" else None
    return _Check(run, referral.code if referral else None)
