"""How people write the words of the closed vocabularies: tolerant of case, accents, spacing and punctuation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from store.vault import fold
from store.vocabulary import (
    AGE_BANDS,
    CONCERNS,
    DELIVERY_MODES,
    INSURERS,
    SERVICES,
    STATES,
    ProviderStatus,
    Urgency,
)

#: A vocabulary up to this long is told in full when a word is not in it.
_SHORT = 9


def key(text: str) -> str:
    """Letters and digits only, folded: "Self-Pay", "self_pay" and "SELF  PAY" are one."""
    return "".join(letter for letter in fold(text.replace("&", " and ")) if letter.isalnum())


@dataclass(frozen=True)
class Vocabulary:
    """``labels``: slug -> label for people. ``also``: slug -> other ways it is written."""

    noun: str
    labels: Mapping[str, str]
    also: Mapping[str, Iterable[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = {key(name): slug for slug, words in self.also.items() for name in words}
        names |= {key(name): slug for slug, label in self.labels.items() for name in (label, slug)}
        object.__setattr__(self, "_names", names)

    def find(self, text: str) -> str | None:
        """The slug, or None."""
        names: dict[str, str] = self.__dict__["_names"]
        return names.get(key(text))

    def nearest(self, text: str) -> list[str]:
        """Up to three labels that may have been meant, the likeliest first."""
        names: dict[str, str] = self.__dict__["_names"]
        wanted = key(text)[:80]  # comparing is quadratic, and nobody means a word this long
        close = get_close_matches(wanted, names, n=6, cutoff=0.6)
        held = [name for name in names if len(name) > 3 and name in wanted]
        return list(dict.fromkeys(self.labels[names[name]] for name in [*close, *held]))[:3]

    def advice(self, text: str) -> str:
        """The rest of a sentence about a word that is not in it."""
        if nearest := self.nearest(text):
            return f"Did you mean {alternatives(nearest)}?"
        if len(self.labels) <= _SHORT:
            return f"Use {alternatives(list(self.labels.values()))}."
        return f"Known are {', '.join(list(self.labels.values())[:_SHORT])} and others."


def alternatives(words: list[str]) -> str:
    """ "A, B or C"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


@cache
def states() -> Vocabulary:
    return Vocabulary("a US state", STATES, {"DC": ("Washington DC", "Washington, D.C.")})


@cache
def insurers() -> Vocabulary:
    labels = {slug: label for slug, (label, _) in INSURERS.items()}
    return Vocabulary("an insurer we know", labels, {slug: also for slug, (_, also) in INSURERS.items()})


@cache
def services() -> Vocabulary:
    return Vocabulary(
        "a service we offer",
        SERVICES,
        {
            "individual": ("individual", "individual counseling", "therapy"),
            "couples": ("couple", "couples counseling", "marriage counseling"),
            "child": ("children", "play therapy"),
            "assessment": ("testing", "evaluation", "psychological testing"),
            "medication": ("psychiatry", "medications", "med management"),
        },
    )


@cache
def delivery_modes() -> Vocabulary:
    also = {"telehealth": ("virtual", "online", "video", "remote"), "in_person": ("office", "face to face", "on site")}
    return Vocabulary("a way of meeting", DELIVERY_MODES, also)


@cache
def age_bands() -> Vocabulary:
    also = {"0-12": ("child",), "13-17": ("teen", "adolescent"), "18-64": ("adult",), "65+": ("senior", "older adult")}
    return Vocabulary("an age band", AGE_BANDS, also)


@cache
def concerns() -> Vocabulary:
    also = {
        "trauma": ("ptsd",),
        "grief": ("loss", "bereavement"),
        "relationship": ("relationships",),
        "child_and_teen": ("child", "teen"),
        "stress_and_work": ("stress", "work", "burnout"),
        "eating": ("eating disorder", "eating disorders"),
        "sleep": ("insomnia",),
        "adhd": ("add",),
        "substance_use": ("addiction", "substances", "alcohol"),
    }
    return Vocabulary("a concern from our list", CONCERNS, also)


@cache
def urgencies() -> Vocabulary:
    """With FHIR's priorities, and the words of a tick box."""
    routine, urgent = str(Urgency.ROUTINE), str(Urgency.URGENT)
    also = {routine: ("normal", "no", "false", "0"), urgent: ("asap", "stat", "yes", "true", "1", "on")}
    return Vocabulary("an urgency", {routine: "routine", urgent: "urgent"}, also)


@cache
def statuses() -> Vocabulary:
    return Vocabulary("a status", {str(status): str(status) for status in ProviderStatus})
