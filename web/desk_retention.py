"""The coordinators' page "Retention": whose details would be erased today, erasing exactly those, also by night.

It names referrals by their codes; who the clients are is not known here. The erasing itself is the jobs'.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from blocks.event_people import actor
from blocks.labels import CLOSE_REASONS
from blocks.moments import calendar_day, moment
from referrals.imports.csv_files import write_csv
from referrals.retention import runs as retention
from referrals.retention.runs import DryRun, Due, Moved
from referrals.tx import Tx
from referrals.zones import zone_of
from store.tables import Erasure, Provider

from .desk_visit import DeskVisit

#: Seconds after which the page that waits for an erasing looks again.
_AGAIN = 3
_MOVED = "The list has changed since you looked at it. Nothing was done. This is the list as it is now."
_TICK = "Nothing was erased. Tick the box to say that you have looked at the list."


@dataclass(frozen=True, slots=True)
class RetentionRoom:
    name: str = "retention"
    title: str = "Retention"

    async def show(self, visit: DeskVisit) -> Response:
        if visit.path == "progress":
            return await self._progress(visit)
        if visit.path not in ("", "csv"):
            return visit.nowhere()
        if visit.path == "csv":
            due = await visit.desk.ask(visit.practice.id, retention.listed)
            await visit.do(retention.export, len(due))
            return visit.file(await asyncio.to_thread(_file, due, visit.practice.time_zone), "to-erase.csv")
        await visit.do(retention.look)
        return await self._page(visit, await visit.desk.ask(visit.practice.id, retention.dry_run))

    async def send(self, visit: DeskVisit) -> Response:
        if visit.path == "erase":
            return await self._erase(visit)
        if visit.path == "nightly":
            return await self._switch(visit)
        return visit.nowhere()

    async def _erase(self, visit: DeskVisit) -> Response:
        if visit.sent.one("sure") != "yes":
            shown = await visit.desk.ask(visit.practice.id, retention.dry_run)
            return await self._page(visit, shown, _TICK, 400)
        done = await visit.do(retention.begin, visit.sent.one("digest"))
        if isinstance(done, Moved):
            return await self._page(visit, done.now, _MOVED, 409)
        return visit.to("retention/progress")

    async def _switch(self, visit: DeskVisit) -> Response:
        done = await visit.do(retention.switch, visit.sent.one("on") == "yes", visit.sent.one("digest"))
        if isinstance(done, Moved):
            return await self._page(visit, done.now, _MOVED, 409)
        return visit.to("retention")

    async def _progress(self, visit: DeskVisit) -> Response:
        last = await visit.desk.ask(visit.practice.id, retention.latest)
        if last is None or last.finished_at is not None:
            return visit.to("retention")
        answer = visit.page("desk_retention_progress.html", done=last.erased, total=last.total)
        answer.headers["Refresh"] = str(_AGAIN)
        return answer

    async def _page(self, visit: DeskVisit, shown: DryRun, said: str = "", status: int = 200) -> Response:
        zone = await visit.desk.ask(visit.practice.id, lambda tx: zone_of(None, tx.practice()).key)
        return visit.page(
            "desk_retention.html",
            status,
            shown=shown,
            said=said,
            rows=[(one.code, *_of(one, zone)) for one in shown.first],
            next_due=moment(shown.next_due, zone) if shown.next_due else "",
            last=await visit.desk.ask(visit.practice.id, _last, shown.last, zone),
            file=visit.address("retention/csv"),
        )


def _file(due: Sequence[Due], zone: str) -> str:
    return write_csv(("code", "closed", "reason"), [(one.code, *_of(one, zone)) for one in due])


def _of(due: Due, zone: str) -> tuple[str, str]:
    """The day it was closed, and why."""
    reason = CLOSE_REASONS[due.reason] if due.reason else ""
    return calendar_day(due.closed_at, zone), f"{reason[:1].upper()}{reason[1:]}"


def _last(tx: Tx, run: Erasure | None, zone: str) -> str:
    """When clients were last erased, how many and who asked for it; empty where none have been."""
    if run is None or run.finished_at is None:
        return ""
    kind, _, id = run.asked_by.partition(":")
    provider = tx.get(Provider, id) if kind == "provider" else None
    who = (
        "by itself, at night" if kind == "system" else actor(run.asked_by, {id: provider.name} if provider else {}, {})
    )
    clients = "1 client was" if run.erased == 1 else f"{run.erased:,} clients were"
    by = who if kind == "system" else f"asked for by {who}"
    return f"Last time {clients} erased, on {moment(run.finished_at, zone)}, {by}."
