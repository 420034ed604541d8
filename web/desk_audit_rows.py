"""History's rows as the audit page and its file show them: in words, in the practice's time zone. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from blocks.event_people import SURFACES, actor
from blocks.event_words import DONE, words
from referrals.views.history import Found
from store.tables import History

COLUMNS = (
    "time",
    "what",
    "who",
    "on_behalf_of",
    "about",
    "where",
    "event",
    "result",
    "actor",
    "surface",
    "details",
    "row",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``actor``: for the filter that shows all they did."""

    when: str
    what: str
    who: str
    whose: str
    about: str
    where: str
    actor: str
    refused: bool


def lines(found: Found, zone: ZoneInfo) -> list[Line]:
    return [_line(found, row, zone) for row in found.rows]


def cells(found: Found, zone: ZoneInfo) -> Iterable[Sequence[str]]:
    """For the file: the words, and beside them what the table holds, by which a row can be found again."""
    for row in found.rows:
        line = _line(found, row, zone)
        when = row.at.astimezone(zone).isoformat(timespec="seconds")
        details = json.dumps(row.data, sort_keys=True) if row.data else ""
        told = (when, line.what, line.who, line.whose, line.about, line.where)
        yield (*told, row.event, row.result, row.actor, row.surface, details, row.id)


def _line(found: Found, row: History, zone: ZoneInfo) -> Line:
    whose = found.providers.get(row.on_behalf_of, "A former provider") if row.on_behalf_of else ""
    return Line(
        when=_when(row.at, zone),
        what=words(row.event, row.result, row.data, found.providers),
        who=actor(row.actor, found.providers, found.slack),
        whose=whose,
        about=_about(found, row),
        where=SURFACES.get(row.surface, row.surface),
        actor=row.actor,
        refused=row.result != DONE,
    )


def _about(found: Found, row: History) -> str:
    if row.subject == "referral":
        return found.codes.get(row.subject_id, "")
    if row.subject == "provider":
        return found.providers.get(row.subject_id, "")
    return "The practice"


def _when(at: datetime, zone: ZoneInfo) -> str:
    """The zone is named once, above all of them."""
    there = at.astimezone(zone)
    hour = there.strftime("%I").lstrip("0")
    return f"{there:%b} {there.day}, {there.year}, {hour}:{there:%M %p}"
