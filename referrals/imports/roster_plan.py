"""Whom a roster line is about, and what it would have that provider be. Pure."""

from collections.abc import Sequence
from typing import Any

from store.tables import Provider
from store.tables.provider import Insurance, Licence
from store.vocabulary import SlackStanding

from .csv_files import Problem
from .roster_lines import RosterLine

#: Column of the file -> attribute of the row, where an empty cell empties it.
_PLAIN = {"credential": "credential", "work_phone": "work_phone", "mobile": "mobile", "booking_link": "booking_link"}
_LISTS = ("services", "delivery", "specialties", "languages", "styles", "identity", "age_bands")
#: By these a provider is recognised, in this order.
_KEYS = {"email": "work_email", "slack_user": "slack_user", "slack_email": "slack_email", "npi": "npi"}


def match(everybody: Sequence[Provider], lines: Sequence[RosterLine]) -> tuple[list[Provider | None], list[Problem]]:
    """Whom each line is about: by email, else slack_user, else slack_email, else npi; None for somebody new."""
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
    """Attribute -> value, as the line would have them."""
    values: dict[str, Any] = {"name": line.name}
    values |= {attribute: getattr(line, column) for column, attribute in _PLAIN.items() if column in line.columns}
    values |= {column: list(getattr(line, column)) for column in _LISTS if column in line.columns}
    values["licences"] = [licence(state, expires) for state, expires in line.states]
    if "insurers" in line.columns:
        values["insurers"] = panels(line.insurers, known)
    for column in ("email", "npi"):
        if value := getattr(line, column):
            values[_KEYS[column]] = value
    return values | _slack(line, known)


def _slack(line: RosterLine, known: Provider | None) -> dict[str, Any]:
    """A member id stands until Slack says otherwise; an address has to be looked up first."""
    if line.slack_user:
        if known is not None and known.slack_user == line.slack_user:
            return {}  # what Slack has said of that account since is no business of the file
        return {"slack_user": line.slack_user, "slack_email": None, "slack_standing": SlackStanding.MEMBER}
    if line.slack_email and (known is None or _folded(known.slack_email) != line.slack_email):
        return {"slack_user": None, "slack_email": line.slack_email, "slack_standing": SlackStanding.UNLINKED}
    return {}


def panels(insurers: Sequence[str], known: Provider | None) -> list[Insurance]:
    """A panel that stays keeps its pause: the file says who is on it, the provider whether they take more."""
    present = {panel["insurer"]: panel for panel in (known.insurers if known else ())}
    return [present.get(slug, {"insurer": slug, "accepting": True}) for slug in sorted(insurers)]


def licence(state: str, expires: str | None) -> Licence:
    return {"state": state, "expires": expires} if expires else {"state": state}


def _by(everybody: Sequence[Provider], attribute: str) -> dict[str | None, list[Provider]]:
    found: dict[str | None, list[Provider]] = {}
    for one in everybody:
        if value := getattr(one, attribute):
            found.setdefault(_folded(value), []).append(one)
    return found


def _folded(value: str | None) -> str | None:
    return value.casefold() if value else None
