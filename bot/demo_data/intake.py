"""The requests for care of the demo's month, put through the same checks as a form or a file."""

from referrals.intake.checks import check_intake
from referrals.intake.choices import Choices
from referrals.intake.request import Intake

from .clients import CLIENTS
from .practice import REFERRERS
from .roster import ROSTER
from .script import Case

#: An area code for the numbers that are made up.
_AREA = {
    "AZ": "602",
    "CA": "415",
    "CO": "303",
    "CT": "203",
    "FL": "305",
    "HI": "808",
    "IL": "312",
    "MA": "617",
    "MN": "612",
    "NJ": "201",
    "NY": "212",
    "TX": "512",
    "UT": "801",
    "WA": "206",
}
_EMAILS = {member.key: member.email for member in ROSTER}


def intake_of(case: Case, number: int, choices: Choices) -> Intake:
    """``number``: of the case within the month, for its telephone number. Raises ValueError when a check objects."""
    person = CLIENTS[case.client]
    state, insurer, service, delivery, age_band, concerns = case.asks.split()
    raw = {
        "client_name": person.name,
        "preferred_name": person.preferred_name,
        "guardian": person.guardian,
        "client_email": person.email,
        "client_phone": f"{_AREA[state]} 555 01{number:02}" if person.phone else "",
        "email_ok": "yes" if person.email_ok else "no",
        "voicemail_ok": "yes" if person.voicemail_ok else "no",
        "state": state,
        "insurer": insurer,
        "service": service,
        "delivery": delivery,
        "age_band": age_band,
        "concerns": concerns,
        "preferred_provider": _EMAILS[case.preferred] if case.preferred else "",
        "source": REFERRERS[case.source].name if case.source else "",
        "urgency": "urgent" if case.urgent else "routine",
        "notes": person.notes,
        "external_id": f"demo-{number:02}" if case.channel == "csv" else "",
        "nonce": f"demo-{number:02}" if case.channel != "csv" else "",
    }
    intake = check_intake(raw, choices, channel=case.channel)
    if not isinstance(intake, Intake):
        raise ValueError(f"{case.client}: {', '.join(error.message for error in intake)}")
    return intake
