"""What a pause is about: all referrals, those with one insurer, or those from one state. Pure; knows no dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from store.tables import Provider
from store.vocabulary import INSURERS, STATES


class About(StrEnum):
    ALL = "all"
    INSURER = "insurer"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Subject:
    """``key``: an insurer's slug or a state's code. As text ``all``, ``insurer=aetna`` or ``state=TX``."""

    about: About
    key: str = ""

    def __str__(self) -> str:
        return f"{self.about}={self.key}" if self.key else str(self.about)

    @property
    def insurer(self) -> str | None:
        return self.key if self.about is About.INSURER else None

    @property
    def state(self) -> str | None:
        return self.key if self.about is About.STATE else None

    @property
    def label(self) -> str:
        """For people; empty for all of them."""
        if self.about is About.INSURER:
            return INSURERS[self.key][0]
        return STATES[self.key] if self.about is About.STATE else ""


ALL = Subject(About.ALL)


def insurer(slug: str) -> Subject:
    return Subject(About.INSURER, slug)


def state(code: str) -> Subject:
    return Subject(About.STATE, code)


def subject_of(text: str) -> Subject | None:
    """Back from its text, which a button's value carries; None for anything else."""
    about, _, key = text.partition("=")
    if about == About.INSURER and key in INSURERS:
        return insurer(key)
    if about == About.STATE and key in STATES:
        return state(key)
    return ALL if text == str(ALL) else None


def own_subjects(provider: Provider) -> Iterator[Subject]:
    """What this provider can switch beside all of it: their insurers, then the states of their licences."""
    yield from (insurer(panel["insurer"]) for panel in provider.insurers)
    for code in dict.fromkeys(licence["state"] for licence in provider.licences):
        yield state(code)
