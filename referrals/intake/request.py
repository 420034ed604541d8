"""A validated request for care: what every way in (form, CSV, later staff and API) hands to ``submit``."""

from dataclasses import dataclass, field

from store.vocabulary import Urgency


@dataclass(frozen=True, slots=True)
class Intake:
    """Built by ``checks``; already normalised: E.164 phone, lower-case email, slugs of the vocabularies.

    ``nonce`` (of a form) and ``external_id`` (of a file) make sending the same thing twice one referral.
    """

    client_name: str
    state: str
    insurer: str
    service: str
    delivery: str
    age_band: str
    channel: str
    preferred_name: str | None = None
    client_email: str | None = None
    client_phone: str | None = None
    guardian: str | None = None
    notes: str | None = None
    concerns: tuple[str, ...] = ()
    preferred_provider_id: str | None = None
    source: str | None = None  # by name; created when new. The public form's are looked up before: see heard.py
    source_id: str | None = None  # instead of the name
    outcome_consent: bool = False  # the client agrees that the source hears how it went
    source_email: str | None = None
    urgency: Urgency = Urgency.ROUTINE
    email_ok: bool = True
    voicemail_ok: bool = False
    nonce: str | None = None
    external_id: str | None = field(default=None)
