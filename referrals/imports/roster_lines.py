"""One validated line of the roster. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from store.vocabulary import ProviderStatus

from ..intake import vocabularies
from ..intake.fields import (
    FieldError,
    Fields,
    Unusable,
    email,
    licences,
    npi,
    one_line,
    one_of,
    person_name,
    phone,
    some_of,
    tags,
    web_address,
)

COLUMNS = (
    "name",
    "credential",
    "email",
    "work_phone",
    "mobile",
    "slack_user",
    "slack_email",
    "npi",
    "states",
    "insurers",
    "services",
    "delivery",
    "specialties",
    "languages",
    "styles",
    "identity",
    "age_bands",
    "booking_link",
    "status",
)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """Normalised: E.164 phones, lower-case emails, slugs. ``columns``: those that the file has.

    A column that the file has not leaves what the roster knows alone; an empty cell of one that it has empties it,
    except in the columns by which a provider is found (email, slack_user, slack_email, npi) and in status.
    """

    line: int
    columns: frozenset[str]
    name: str
    email: str | None = None
    slack_user: str | None = None
    slack_email: str | None = None
    npi: str | None = None
    status: ProviderStatus | None = None
    credential: str = ""
    work_phone: str | None = None
    mobile: str | None = None
    states: tuple[tuple[str, str | None], ...] = ()  # code, last day of the licence as an ISO date
    insurers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    booking_link: str | None = None


def check_roster_line(raw: Mapping[str, str], line: int) -> RosterLine | list[FieldError]:
    """``raw``: column -> text. Never raises; at most one error for each cell."""
    read, errors = read_roster_line(raw, line)
    return errors or read


def read_roster_line(raw: Mapping[str, str], line: int, *, quote: bool = True) -> tuple[RosterLine, list[FieldError]]:
    """The same, with what could be read beside the errors: the rest of the line is looked at all the same."""
    fields = Fields(raw, quote=quote)
    status = fields.read("status", one_of(vocabularies.statuses()))
    checked = RosterLine(
        line=line,
        columns=frozenset(raw),
        name=fields.read("name", person_name(200), required="A name is needed.") or "",
        email=fields.read("email", email),
        slack_user=fields.read("slack_user", slack_id),
        slack_email=fields.read("slack_email", email),
        npi=fields.read("npi", npi),
        status=ProviderStatus(status) if status else None,
        credential=fields.read("credential", one_line(60)) or "",
        work_phone=fields.read("work_phone", phone),
        mobile=fields.read("mobile", phone),
        states=fields.read("states", licences, required="At least one state, such as TX or TX:2027-03-31.") or (),
        insurers=fields.read("insurers", some_of(vocabularies.insurers())) or (),
        services=fields.read("services", some_of(vocabularies.services())) or (),
        delivery=fields.read("delivery", some_of(vocabularies.delivery_modes())) or (),
        specialties=fields.read("specialties", tags(vocabularies.concerns())) or (),
        languages=fields.read("languages", tags()) or (),
        styles=fields.read("styles", tags()) or (),
        identity=fields.read("identity", tags()) or (),
        age_bands=fields.read("age_bands", some_of(vocabularies.age_bands())) or (),
        booking_link=fields.read("booking_link", web_address),
    )
    reachable = checked.email or checked.slack_user or checked.slack_email
    if not reachable and not fields.blamed("email", "slack_user", "slack_email"):
        fields.complain("email", "An email, a slack_user or a slack_email is needed, to reach and to recognise them.")
    return checked, fields.errors


def slack_id(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{1,20}", text.upper()):
        raise Unusable("A Slack member id begins with U or W, as in U024BE7LH; copy it from the member's profile.")
    return text.upper()
