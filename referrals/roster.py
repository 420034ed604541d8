"""The use case behind ``referrals import roster``: makes the roster what the lines say, and says what changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from store.ids import new_id
from store.tables import Provider
from store.tables.provider import Insurance, Licence
from store.vocabulary import ProviderStatus, SlackStanding

from .actor import Actor
from .availability import alert_where_nobody_is_left, make_inactive, pause, release_waiting, resume
from .csv_files import Problem
from .roster_lines import RosterLine
from .tx import Tx

Progress = Callable[[int, int], None]

#: Column of the file -> attribute of the row, where an empty cell empties it.
_PLAIN = {"credential": "credential", "work_phone": "work_phone", "mobile": "mobile", "booking_link": "booking_link"}
_LISTS = ("services", "delivery", "specialties", "languages", "styles", "age_bands")
#: By these a provider is recognised, in this order.
_KEYS = {"email": "work_email", "slack_user": "slack_user", "slack_email": "slack_email", "npi": "npi"}


@dataclass(frozen=True, slots=True)
class Updated:
    """``fields`` are names of what changed, never values."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterChange:
    """Names of providers. Whoever changed status is among ``updated`` as well. With problems, nothing has changed."""

    created: tuple[str, ...] = ()
    updated: tuple[Updated, ...] = ()
    unchanged: int = 0
    paused: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    made_inactive: tuple[str, ...] = ()
    released: int = 0  # open preferred offers that went to everyone, because their provider was paused
    problems: tuple[Problem, ...] = ()


def apply_roster(tx: Tx, actor: Actor, lines: Sequence[RosterLine], progress: Progress | None = None) -> RosterChange:
    """Creates and updates; whoever is not in the file stays as they are. Lines that contradict the roster: problems."""
    everybody = tx.session.exec(
        select(Provider)
        .where(Provider.practice_id == tx.practice_id)
        .order_by(Provider.id)
        .with_for_update()  # all of them, before any referral: see Tx.lock
        .execution_options(populate_existing=True)
    ).all()
    matches, problems = match(everybody, lines)
    if problems:
        return RosterChange(problems=tuple(problems))
    writing = _Writing(tx, actor)
    for done, (line, known) in enumerate(zip(lines, matches, strict=True), 1):
        writing.profile(line, known)
        if progress:
            progress(done, len(lines))
    tx.session.flush()  # the status changes below read the rows again
    writing.statuses()
    if writing.created or writing.changed:
        alert_where_nobody_is_left(tx)
    return writing.result()


def match(everybody: Sequence[Provider], lines: Sequence[RosterLine]) -> tuple[list[Provider | None], list[Problem]]:
    """Whom each line is about: by email, else slack_user, else slack_email, else npi; None for somebody new. Pure."""
    index = {column: _by(everybody, attribute) for column, attribute in _KEYS.items()}
    found: list[Provider | None] = []
    problems = []
    taken: dict[str, int] = {}
    for line in lines:
        claims = [(column, one) for column in _KEYS for one in index[column].get(_folded(getattr(line, column)), ())]
        known = claims[0][1] if claims else None
        other = next(((column, one) for column, one in claims if known and one.id != known.id), None)
        if known and other:
            column, one = other
            problems.append(
                Problem(f"This {column} is {one.name}'s, but {claims[0][0]} says {known.name}.", line.line, column)
            )
        elif known and known.id in taken:
            problems.append(Problem(f"This is {known.name}, as is line {taken[known.id]}.", line.line, claims[0][0]))
        if known:
            taken.setdefault(known.id, line.line)
        found.append(known)
    return found, problems


def wanted(line: RosterLine, known: Provider | None) -> dict[str, Any]:
    """Attribute -> value, as the line would have them. Pure."""
    values: dict[str, Any] = {"name": line.name}
    values |= {attribute: getattr(line, column) for column, attribute in _PLAIN.items() if column in line.columns}
    values |= {column: list(getattr(line, column)) for column in _LISTS if column in line.columns}
    values["licences"] = [_licence(state, expires) for state, expires in line.states]
    if "insurers" in line.columns:
        values["insurers"] = _panels(line.insurers, known)
    for column in ("email", "npi"):
        if value := getattr(line, column):
            values[_KEYS[column]] = value
    return values | _slack(line, known)


def _slack(line: RosterLine, known: Provider | None) -> dict[str, Any]:
    """A member id stands until Slack says otherwise; an address has to be looked up first."""
    if line.slack_user:
        told = known is not None and known.slack_user == line.slack_user
        unknown = known is None or known.slack_standing in (SlackStanding.UNLINKED, SlackStanding.MISSING)
        if told and not unknown:
            return {}
        return {"slack_user": line.slack_user, "slack_email": None, "slack_standing": SlackStanding.MEMBER}
    if line.slack_email and (known is None or _folded(known.slack_email) != line.slack_email):
        return {"slack_user": None, "slack_email": line.slack_email, "slack_standing": SlackStanding.UNLINKED}
    return {}


def _panels(insurers: Sequence[str], known: Provider | None) -> list[Insurance]:
    """A panel that stays keeps its pause: the file says who is on it, the provider whether they take more."""
    present = {panel["insurer"]: panel for panel in (known.insurers if known else ())}
    return [present.get(slug, {"insurer": slug, "accepting": True}) for slug in sorted(insurers)]


def _licence(state: str, expires: str | None) -> Licence:
    return {"state": state, "expires": expires} if expires else {"state": state}


def _by(everybody: Sequence[Provider], attribute: str) -> dict[str | None, list[Provider]]:
    found: dict[str | None, list[Provider]] = {}
    for one in everybody:
        if value := getattr(one, attribute):
            found.setdefault(_folded(value), []).append(one)
    return found


def _folded(value: str | None) -> str | None:
    return value.casefold() if value else None
