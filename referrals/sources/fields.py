"""The fields of a source: how each is written for people, and read back. Pure.

The address and the number are the source's own, a professional's, never a client's.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from store.tables import Source
from store.vocabulary import SourceKind

from ..intake.fields import FieldError, Fields, Unusable, email, one_line, phone, yes_no
from ..intake.vocabularies import key


class SourceField(StrEnum):
    """The names of a source's columns, in the order of the form."""

    NAME = "name"
    KIND = "kind"
    CONTACT = "contact"
    EMAIL = "email"
    PHONE = "phone"
    MAIL_OK = "mail_ok"


#: What somebody who asks for care typed as their source, where the desk knows no source of that name.
FROM_THE_FORM = "Other (from the form)"

_LONGEST = 120
_YES = "yes"


def written(source: Source | None) -> dict[SourceField, str]:
    """Every field as a person would type it; of a new source what its form begins with."""
    if source is None:
        return dict.fromkeys(SourceField, "") | {SourceField.MAIL_OK: _YES}
    return {
        SourceField.NAME: source.name,
        SourceField.KIND: str(source.kind),
        SourceField.CONTACT: source.contact,
        SourceField.EMAIL: source.email or "",
        SourceField.PHONE: source.phone or "",
        SourceField.MAIL_OK: _YES if source.mail_ok else "",
    }


def read(typed: Mapping[SourceField, str]) -> tuple[dict[SourceField, Any], list[FieldError]]:
    """The values as they are stored; an empty field empties, but for the name and the kind."""
    fields = Fields({str(field): text for field, text in typed.items()}, quote=True)
    values: dict[SourceField, Any] = {}
    for field in typed:
        match field:
            case SourceField.NAME:
                asks = "Write the source's name, such as Cedar Street Family Medicine."
                values[field] = fields.read(field, _name, required=asks)
            case SourceField.KIND:
                values[field] = fields.read(field, _kind, required="Choose what kind of source it is.")
            case SourceField.CONTACT:
                values[field] = fields.read(field, one_line(_LONGEST)) or ""
            case SourceField.EMAIL:
                values[field] = fields.read(field, email)
            case SourceField.PHONE:
                values[field] = fields.read(field, phone)
            case SourceField.MAIL_OK:
                values[field] = bool(fields.read(field, yes_no))
    return values, fields.errors


def alike(name: str, other: str) -> bool:
    """Whether people would take the two for one: case, accents and punctuation do not tell sources apart."""
    return _bare(name) == _bare(other)


def _bare(name: str) -> str:
    return key(name) or " ".join(name.casefold().split())


def _name(text: str) -> str:
    name = one_line(_LONGEST)(text)
    if alike(name, FROM_THE_FORM):
        raise Unusable(f"“{FROM_THE_FORM}” is the desk's own: it counts whoever a client names and nobody here knows.")
    return name


def _kind(text: str) -> SourceKind:
    try:
        return SourceKind(text)
    except ValueError:
        raise Unusable("Choose one of the kinds in the list.") from None
