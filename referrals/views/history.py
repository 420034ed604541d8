"""The practice's history, newest first, for coordinators who ask who did what. Reads only; each look is recorded apart.

Found by the index over time, or by the referral asked for; never all that a practice has ever done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.tables import History, Provider, Referral

from ..actor import Actor
from ..outcomes import Refusal, Refused
from ..tx import Tx

#: What history calls a look at itself, taking it out as a file, and asking for the auditor's look.
VIEW, EXPORT, CHECK = "view_history", "export_history", "check_now"
PAGE = 50
#: Days that one look covers at most, and rows that one page of it reads at most: a filter that matches little goes
#: through all of them, piece by piece.
LONGEST = 366
MOST_READ = 20_000


class Group(StrEnum):
    """Kinds of events, as people ask for them. REST: whatever is in no other."""

    INTAKE = "intake"
    ANSWERS = "answers"
    CONTACT = "contact"
    CLOCK = "clock"
    DESK = "desk"
    LOOKS = "looks"
    PEOPLE = "people"
    ERASED = "erased"
    REST = "rest"
    REFUSED = "refused"


_EVENTS: dict[Group, tuple[str, ...]] = {
    Group.INTAKE: ("submit", "import_referrals"),
    Group.ANSWERS: ("accept", "decline", "pass", "release", "ask_licence", "allow_licence", "deny_licence"),
    Group.CONTACT: ("contacted", "scheduled", "no_answer", "plan", "phoned"),
    Group.CLOCK: ("remind", "remind_client", "expire", "nudge", "escalate"),
    Group.DESK: ("assign", "reopen", "close", "extend", "urgent", "hold", "consent", "seen"),
    Group.LOOKS: (
        "view",
        "search",
        "timeline",
        "report",
        "export",
        "export_roster",
        VIEW,
        EXPORT,
        "view_retention",
        "export_retention",
    ),
    Group.PEOPLE: (
        "roster_create",
        "roster_update",
        "import_roster",
        "make_active",
        "make_inactive",
        "profile",
        "pause",
        "resume",
        "limit",
        "link",
        "standing",
        "sms_stop",
        "sms_start",
        "sms_failing",
        "sms_works",
        "licence_ending",
        "licence_ending_over",
    ),
    Group.ERASED: ("erase", "erase_due", "retention"),
}
_IN_A_GROUP = sorted({event for events in _EVENTS.values() for event in events})


@dataclass(frozen=True, slots=True)
class Filters:
    """``person``: an actor's name as history keeps it; ``since`` to just before ``until``, aware UTC."""

    since: datetime
    until: datetime
    person: str | None = None
    referral_id: str | None = None
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page; the next page begins behind it."""

    at: datetime
    seq: int
    id: str


@dataclass(frozen=True, slots=True)
class Found:
    """``rows`` as they stand in the table. ``providers``: names by id; ``slack``: by Slack user; ``codes``: by id."""

    rows: Sequence[History]
    following: Place | None
    providers: Mapping[str, str] = field(default_factory=dict)
    slack: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to filter by; without a ``name`` they are not on the roster."""

    actor: str
    name: str | None
    inactive: bool = False


def history(tx: Tx, filters: Filters, after: Place | None = None, most: int = PAGE) -> Found:
    """At most ``most`` rows behind ``after``, and what they speak of by name.

    There may be fewer, or none, and still something ``following``: that is behind the rows that were looked through.
    """
    rows, floor = _rows(tx, filters), _floor(tx, filters, after)
    if after is not None:
        rows = rows.where(col(History.at) <= after.at, _behind(after))
    if floor is not None:
        rows = rows.where(col(History.at) >= floor)
    order = (col(History.at).desc(), col(History.seq).desc(), col(History.id).desc())
    found = tx.session.exec(rows.order_by(*order).limit(most + 1)).all()
    shown, following = found[:most], Place(floor, 0, "0") if floor is not None else None
    if len(found) > most:
        following = Place(shown[-1].at, shown[-1].seq, shown[-1].id)
    providers, slack = _people(tx)
    return Found(shown, following, providers, slack, _codes(tx, shown))


def people(tx: Tx) -> Sequence[Somebody]:
    """Whom history may be asked about: the roster, then coordinators who are not on it."""
    roster = select(Provider.id, Provider.name, Provider.status, Provider.slack_user)
    rows = tx.session.exec(roster.where(Provider.practice_id == tx.practice_id).order_by(Provider.name)).all()
    known = {slack_user for _, _, _, slack_user in rows}
    own = [Somebody(f"provider:{id}", name, status == "inactive") for id, name, status, _ in rows]
    return own + [Somebody(f"slack:{user}", None) for user in tx.practice().deciding_coordinators if user not in known]


def referral_of(tx: Tx, code: str) -> str | None:
    """The id of the referral with this code."""
    same = select(Referral.id).where(Referral.practice_id == tx.practice_id, Referral.code == code)
    return tx.session.exec(same).first()


def record(tx: Tx, actor: Actor, event: str, filters: Filters | None = None, rows: int | None = None) -> Refused | None:
    """Of a look, a file taken out, or a check asked for: who did it, and which rows they asked for."""
    if not actor.coordinator:
        tx.record(tx.locked_practice(), event, actor, result=Refusal.NOT_COORDINATOR)
        return Refused(Refusal.NOT_COORDINATOR)
    data: dict[str, Any] = {} if rows is None else {"rows": rows}
    if filters is not None:
        data |= {"since": filters.since.isoformat(), "until": filters.until.isoformat()}
        asked = {"person": filters.person, "referral": filters.referral_id, "kind": filters.group}
        data |= {name: str(value) for name, value in asked.items() if value is not None}
    tx.record(tx.locked_practice(), event, actor, **data)
    return None


def _rows(tx: Tx, filters: Filters) -> SelectOfScalar[History]:
    rows = select(History).where(col(History.at) >= filters.since, col(History.at) < filters.until)
    if filters.referral_id is not None:
        # Few rows, by the index of their subject: ``|| ''`` keeps SQLite from reading all of those days instead.
        ours = col(History.practice_id).concat("") == tx.practice_id
        rows = rows.where(ours, History.subject_id == filters.referral_id)
    else:
        rows = rows.where(History.practice_id == tx.practice_id)
    if filters.person is not None:
        rows = rows.where(_by(tx, filters.person))
    return rows if filters.group is None else rows.where(_of(filters.group))


def _floor(tx: Tx, filters: Filters, after: Place | None) -> datetime | None:
    """The moment down to which a page looks, where a filter has more behind ``after`` than one page reads."""
    if filters.referral_id is not None or (filters.person is None and filters.group is None):
        return None
    rows = select(History.at).where(History.practice_id == tx.practice_id, col(History.at) >= filters.since)
    if after is None:
        rows = rows.where(col(History.at) < filters.until)
    else:
        rows = rows.where(col(History.at) <= after.at, _behind(after))
    return tx.session.exec(rows.order_by(col(History.at).desc()).offset(MOST_READ).limit(1)).first()


def _by(tx: Tx, person: str) -> ColumnElement[bool]:
    """What they did, under either of their names, and what was done on their behalf."""
    kind, _, id = person.partition(":")
    if kind != "provider":
        return col(History.actor) == person
    provider = tx.get(Provider, id)
    names = [person, *([f"slack:{provider.slack_user}"] if provider and provider.slack_user else [])]
    return or_(col(History.actor).in_(names), col(History.on_behalf_of) == id)


def _of(group: Group) -> ColumnElement[bool]:
    if group is Group.REFUSED:
        return col(History.result) != "done"
    if group is Group.REST:
        return col(History.event).not_in(_IN_A_GROUP)
    return col(History.event).in_(_EVENTS[group])


def _behind(place: Place) -> ColumnElement[bool]:
    at, seq, id = col(History.at), col(History.seq), col(History.id)
    earlier = or_(seq < place.seq, and_(seq == place.seq, id < place.id))
    return or_(at < place.at, and_(at == place.at, earlier))


def _people(tx: Tx) -> tuple[dict[str, str], dict[str, str]]:
    rows = select(Provider.id, Provider.name, Provider.slack_user).where(Provider.practice_id == tx.practice_id)
    found = tx.session.exec(rows).all()
    return {id: name for id, name, _ in found}, {user: name for _, name, user in found if user}


def _codes(tx: Tx, rows: Sequence[History]) -> dict[str, str]:
    ids = sorted({row.subject_id for row in rows if row.subject == "referral"})
    if not ids:
        return {}
    codes = select(Referral.id, Referral.code).where(tx.ours(Referral), col(Referral.id).in_(ids))
    return dict(tx.session.exec(codes).all())
