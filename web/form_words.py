"""What the public form shows beside the practice's name: its options, and what was typed and went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from referrals.intake.choices import Choices
from store.vocabulary import AGE_BANDS, CONCERNS, DELIVERY_MODES, INSURERS, SERVICES, STATES

Option = tuple[str, str]

_AGE_WORDS = {
    "0-12": "Child (0–12)",
    "13-17": "Teenager (13–17)",
    "18-64": "Adult (18–64)",
    "65+": "Adult (65 or older)",
}

#: Every field that the form has, in its order. Nothing else is read from a request: what only staff or a file may say
#: (an external id, a source's address) must not come in by the public door.
LABELS = {
    "client_name": "Name",
    "preferred_name": "What should we call you?",
    "age_band": "Age group",
    "guardian": "Parent or guardian",
    "client_email": "Email",
    "email_ok": "Permission to email",
    "client_phone": "Phone",
    "voicemail_ok": "Permission to leave a voicemail",
    "state": "State",
    "service": "Kind of care",
    "delivery": "How to meet",
    "insurer": "Insurance",
    "concerns": "What brings you here?",
    "preferred_provider": "Provider",
    "source": "How did you hear about us?",
    "tell_source": "Permission to tell who referred you",
    "urgency": "Urgent",
    "notes": "Notes",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One showing of the form. ``errors``: field -> message; ``late``: open for too long; ``failed``: not saved."""

    nonce: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    late: bool = False
    failed: bool = False

    def value(self, name: str) -> str:
        return self.typed.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def ticked(self, name: str, unless_typed: bool = False) -> bool:
        """``unless_typed``: how the box stands before anybody has touched the form."""
        return self.typed[name] not in ("", "no") if name in self.typed else unless_typed

    @property
    def concerns(self) -> list[str]:
        return self.value("concerns").split(";")

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """(field, label, message), in the order of the page."""
        return [(name, LABELS[name], self.errors[name]) for name in LABELS if name in self.errors]


def form_values(choices: Choices) -> dict[str, object]:
    """What the template calls ``states_here``, ``states_other`` and so on: lists of (value, label)."""
    listed = [one for one in choices.providers if one.listed]
    return {
        "states_here": [(code, name) for code, name in STATES.items() if code in choices.states],
        "states_other": [(code, name) for code, name in STATES.items() if code not in choices.states],
        "services": list(SERVICES.items()),
        "modes": list(DELIVERY_MODES.items()),
        "insurers": [(slug, label) for slug, (label, _) in INSURERS.items()],
        "ages": [(band, _AGE_WORDS.get(band, label)) for band, label in AGE_BANDS.items()],
        "concern_options": list(CONCERNS.items()),
        "taking": [(one.id, one.title) for one in listed if one.taking],
        "not_taking": [one.title for one in listed if not one.taking],
    }
