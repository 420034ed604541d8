"""The fields of a provider as coordinators edit them: how each is written for people, and read back. Pure.

What providers keep up themselves is read as in their own form (``profile_fields``).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from store.tables import Provider
from store.tables.provider import Licence
from store.vocabulary import INSURERS

from .. import profile_fields
from ..imports.roster_plan import licence
from ..intake import vocabularies
from ..intake.fields import FieldError, Fields, Unusable, email, npi, one_line, person_name, quoted, some_of
from ..intake.fields import licences as read_licences
from ..profile_fields import ProfileField


class RosterField(StrEnum):
    """The names of a provider's columns that are a coordinator's alone, in the order of the form."""

    NAME = "name"
    CREDENTIAL = "credential"
    WORK_EMAIL = "work_email"
    SLACK_EMAIL = "slack_email"
    NPI = "npi"
    LICENCES = "licences"
    INSURERS = "insurers"


AnyField = RosterField | ProfileField
FIELDS: tuple[AnyField, ...] = (*RosterField, *ProfileField)

#: Those chosen from a list: slug -> label.
CHOICES: dict[AnyField, Mapping[str, str]] = dict(
    [(RosterField.INSURERS, {slug: label for slug, (label, _) in INSURERS.items()}), *profile_fields.CHOICES.items()]
)
_DATED = re.compile(r"(.+?)[\s:]+([0-9]{4}-[0-9]{2}-[0-9]{2})")
#: As many wrong lines are named at once.
_MOST_WRONG = 8
_EXAMPLE = "Write one a line: the state and, where it has one, the licence's last day, such as NY 2027-03-01 or TX."


def written(provider: Provider | None) -> dict[AnyField, str]:
    """Every field as a person would type it, so that reading it gives the same again; of nobody yet, empty."""
    if provider is None:
        return dict.fromkeys(FIELDS, "")
    own: dict[AnyField, str] = {
        RosterField.NAME: provider.name,
        RosterField.CREDENTIAL: provider.credential,
        RosterField.WORK_EMAIL: provider.work_email or "",
        RosterField.SLACK_EMAIL: provider.slack_email or "",
        RosterField.NPI: provider.npi or "",
        RosterField.LICENCES: "\n".join(_line(one) for one in provider.licences),
        RosterField.INSURERS: ",".join(sorted(panel["insurer"] for panel in provider.insurers)),
    }
    own.update(profile_fields.written(provider).items())
    return own


def labels(field: AnyField, text: str) -> list[str]:
    """What is written in a field, for people: of a choice its labels, of licences a state each."""
    if field in CHOICES:
        return [CHOICES[field].get(slug, slug) for slug in text.split(",") if slug]
    if field is RosterField.LICENCES:
        return text.split("\n") if text else []
    return profile_fields.labels(field, text) if isinstance(field, ProfileField) else [text] if text else []


def stored(provider: Provider, field: AnyField) -> Any:
    """To compare with what ``read`` gives. Of panels only the insurers: whether they take more is the provider's."""
    if isinstance(field, ProfileField):
        return profile_fields.stored(provider, field)
    if field is RosterField.INSURERS:
        return sorted(panel["insurer"] for panel in provider.insurers)
    return getattr(provider, field.value)


def read(typed: Mapping[AnyField, str]) -> tuple[dict[AnyField, Any], list[FieldError]]:
    """The values as they are stored; an empty field empties, but for the name and the licences."""
    own = {str(field): text for field, text in typed.items() if isinstance(field, RosterField)}
    fields = Fields(own, quote=True)
    values: dict[AnyField, Any] = {}
    for field in RosterField:
        if field in typed:
            value = fields.read(field, _READERS[field], required=_REQUIRED.get(field, ""))
            values[field] = value if value is not None else _EMPTY.get(field)
    shared, errors = profile_fields.read({one: text for one, text in typed.items() if isinstance(one, ProfileField)})
    values.update(shared.items())
    return values, [*fields.errors, *errors]


def _licences(text: str) -> list[Licence]:
    """As ``intake.fields.licences``, but a line each, with a space or a colon before the date. Names all wrong ones."""
    parts, wrong = [], []
    for line in re.split(r"[\n;,]", text):
        part = " ".join(line.split())
        dated = _DATED.fullmatch(part)
        if (dated and not _is_day(dated[2])) or (not dated and any(letter.isdigit() for letter in part)):
            wrong.append(f"{quoted(part)} has a date that cannot be read.")
        elif part:
            parts.append(f"{dated[1]}:{dated[2]}" if dated else part)
            try:
                read_licences(parts[-1])
            except Unusable as unusable:
                wrong.append(unusable.told(quote=True))
    if wrong:
        raise Unusable(" ".join([*wrong[:_MOST_WRONG], _EXAMPLE]))
    return [licence(state, expires) for state, expires in read_licences("; ".join(parts))]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _line(one: Licence) -> str:
    return f"{one['state']} {one['expires']}" if "expires" in one else one["state"]


def _insurers(text: str) -> list[str]:
    return sorted(some_of(vocabularies.insurers())(text.replace(",", ";")))


_READERS: dict[RosterField, Callable[[str], Any]] = {
    RosterField.NAME: person_name(200),
    RosterField.CREDENTIAL: one_line(60),
    RosterField.WORK_EMAIL: email,
    RosterField.SLACK_EMAIL: email,
    RosterField.NPI: npi,
    RosterField.LICENCES: _licences,
    RosterField.INSURERS: _insurers,
}
_REQUIRED = {
    RosterField.NAME: "Write their name, such as Maya Chen.",
    RosterField.LICENCES: f"At least one state. {_EXAMPLE}",
}
_EMPTY: dict[RosterField, Any] = {RosterField.CREDENTIAL: "", RosterField.LICENCES: [], RosterField.INSURERS: []}
