"""The one validated intake behind every way in (DOMAIN.md B1): what was typed becomes an Intake, or errors. Pure."""

import re
from collections.abc import Callable, Mapping

from store.vocabulary import MINOR_BANDS, Urgency

from ..intake import vocabularies
from .choices import Choices
from .fields import (
    FieldError,
    Fields,
    Unusable,
    email,
    one_line,
    one_of,
    paragraphs,
    person_name,
    phone,
    some_of,
    yes_no,
)
from .request import Intake

MAX_NAME = 200
MAX_NOTES = 4000
MAX_EXTERNAL_ID = 100

#: Every field that is read; what a file may have as columns, beside the nonce, which belongs to a form.
FIELDS = (
    "external_id",
    "client_name",
    "preferred_name",
    "guardian",
    "client_email",
    "client_phone",
    "email_ok",
    "voicemail_ok",
    "state",
    "insurer",
    "service",
    "delivery",
    "age_band",
    "concerns",
    "preferred_provider",
    "source",
    "source_email",
    "urgency",
    "notes",
)


def check_intake(raw: Mapping[str, str], choices: Choices, *, channel: str) -> Intake | list[FieldError]:
    """``raw``: field name -> text; a field that is missing counts as empty, one that is unknown is ignored.

    Never raises, whatever the text. The errors come in the order of the fields, at most one for each.
    """
    fields = Fields(raw, quote=channel != "csv")
    name = fields.read("client_name", person_name(MAX_NAME), required="A name is needed.")
    preferred_name = fields.read("preferred_name", person_name(MAX_NAME))
    band = fields.read("age_band", age_band, required="Choose an age group.")
    guardian = fields.read("guardian", person_name(MAX_NAME))
    address = fields.read("client_email", email)
    number = fields.read("client_phone", phone)
    email_ok = fields.read("email_ok", yes_no)
    state = fields.read("state", one_of(vocabularies.states()), required="Choose the state for the sessions.")
    service = fields.read("service", one_of(vocabularies.services()), required="Choose a service.")
    delivery = fields.read("delivery", one_of(vocabularies.delivery_modes()), required="Choose how to meet.")
    insurer = fields.read("insurer", one_of(vocabularies.insurers()), required="Choose an insurer, or self-pay.")
    intake = Intake(
        client_name=name or "",
        preferred_name=preferred_name,
        age_band=band or "",
        guardian=guardian,
        client_email=address,
        client_phone=number,
        email_ok=email_ok is not False,
        voicemail_ok=fields.read("voicemail_ok", yes_no) or False,
        state=state or "",
        service=service or "",
        delivery=delivery or "",
        insurer=insurer or "",
        concerns=fields.read("concerns", some_of(vocabularies.concerns())) or (),
        preferred_provider_id=fields.read("preferred_provider", choices.provider),
        source=fields.read("source", one_line(MAX_NAME)),
        source_email=fields.read("source_email", email),
        urgency=Urgency(fields.read("urgency", one_of(vocabularies.urgencies())) or Urgency.ROUTINE),
        notes=fields.read("notes", paragraphs(MAX_NOTES)),
        nonce=fields.read("nonce", one_line(MAX_EXTERNAL_ID)),
        external_id=fields.read("external_id", one_line(MAX_EXTERNAL_ID)),
        channel=channel,
    )
    _check_reachable(fields, intake, staff=channel == "staff")
    return _in_order(fields.errors) or intake


def age_band(text: str) -> str:
    """A band, however its dash is written, or an age in years."""
    plain = re.sub(r"\s*[\u2010-\u2015\u2212]\s*", "-", text)
    if re.fullmatch(r"[0-9]{1,3}", plain) and int(plain) <= 120:
        return next(band for limit, band in _BANDS if int(plain) <= limit)
    read: Callable[[str], str] = one_of(vocabularies.age_bands())
    try:
        return read(plain)
    except Unusable:
        raise Unusable("Use 0-12, 13-17, 18-64 or 65+.") from None


_BANDS = ((12, "0-12"), (17, "13-17"), (64, "18-64"), (120, "65+"))


def _check_reachable(fields: Fields, intake: Intake, *, staff: bool) -> None:
    """Somebody who asks for care must be reachable in a way they allow; for a minor, that is a guardian (rule 13)."""
    minor = intake.age_band in MINOR_BANDS
    if minor and not intake.guardian and not fields.blamed("guardian"):
        fields.complain("guardian", "For a child or teenager, write the name of a parent or guardian.")
    if fields.blamed("client_email", "client_phone"):
        return
    whose = "a parent's or guardian's" if minor else "an"
    reach = "the client can be reached" if staff else "we can reach you"
    if not intake.client_email and not intake.client_phone:
        fields.complain("client_email", f"Give {whose} email address or a phone number, so that {reach}.")
    elif not intake.email_ok and not intake.client_phone:
        fields.complain("client_phone", "Without permission to email, we need a phone number.")


def _in_order(errors: list[FieldError]) -> list[FieldError]:
    return sorted(errors, key=lambda error: FIELDS.index(error.field) if error.field in FIELDS else len(FIELDS))
