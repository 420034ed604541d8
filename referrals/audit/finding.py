"""What the auditor says: the rules by name, what breaks one, and how much was looked at. No rule is decided here."""

from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """The invariants of PLATFORM.md, in the order in which a referral is held against them."""

    CHAIN = "chain_unbroken"
    ROUNDS = "rounds_as_recorded"  # at most one open offer, and each as the history says that it began and ended
    END = "one_end"
    STANDING = "standing_as_recorded"  # status, holder and moments of the referral
    LOST = "nothing_lost"  # somebody can still act on it, or has been asked to
    MISSING = "notice_missing"
    UNEXPLAINED = "notice_unexplained"
    TWICE = "notice_twice"
    ANSWERED = "client_answered"
    ALARMED = "failure_alarmed"
    OVERDUE = "due_acted_on"


#: Findings that are kept of one run; of the others, only how many.
KEPT = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """``words`` are for people and name no client; ``code`` is the referral's, where it is about one."""

    rule: Rule
    table: str
    row_id: str
    words: str
    code: str | None = None

    def __str__(self) -> str:
        whose = f" of {self.code}" if self.code else ""
        return f"{self.rule}: {self.table} {self.row_id}{whose}: {self.words}"


@dataclass(slots=True)
class Looked:
    """How many rows of each kind."""

    referrals: int = 0
    offers: int = 0
    events: int = 0
    deliveries: int = 0
    items: int = 0
    providers: int = 0


@dataclass(slots=True)
class Audit:
    """One look at a practice. ``up_to``: where the next incremental look begins."""

    whole: bool
    up_to: str = ""
    looked_at: Looked = field(default_factory=Looked)
    findings: list[Finding] = field(default_factory=list)
    wrong: int = 0  # how many findings there were, kept or not

    @property
    def first(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    def add(self, *found: Finding) -> None:
        self.wrong += len(found)
        self.findings += found[: max(0, KEPT - len(self.findings))]

    def count(self, **rows: int) -> None:
        for name, number in rows.items():
            setattr(self.looked_at, name, getattr(self.looked_at, name) + number)
