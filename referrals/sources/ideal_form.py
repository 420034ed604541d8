"""What coordinators say of the clients the practice is best for: shown, and changed safely by two at once.

As in referrals/profile.py each fact carries a digest of what its form showed. The rule itself: ideal.py, beside this.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..actor import Actor
from ..changes import Typed, changed_by
from ..outcomes import Person, Refused
from ..profile_fields import digest
from ..tx import Tx
from .edit import refuse
from .ideal import CHOICES, Fact, Ideal

EVENT = "ideal"


@dataclass(frozen=True, slots=True)
class IdealForm:
    """By fact, slugs with commas between, in the vocabulary's order."""

    written: Mapping[Fact, str]


@dataclass(frozen=True, slots=True)
class Defined:
    """Names of the facts that changed; none, if nothing did."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Redefined:
    """``facts`` were changed in this form and, since it was opened, by somebody else. Nothing is written yet."""

    now: IdealForm
    facts: tuple[Fact, ...]
    by: Person | None


def ideal_form(tx: Tx, actor: Actor) -> IdealForm | Refused:
    return _form(tx.practice().ideal) if actor.coordinator else refuse(tx, actor, EVENT)


def define(tx: Tx, actor: Actor, typed: Mapping[Fact, Typed]) -> Defined | Redefined | Refused:
    """Writes what differs from what the form showed; words of no vocabulary are left out."""
    if not actor.coordinator:
        return refuse(tx, actor, EVENT)
    practice = tx.locked_practice()
    stands = _form(practice.ideal).written
    wanted = {fact: _in_order(fact, one.text.split(",")) for fact, one in typed.items() if _meant(fact, one)}
    changes = {fact: slugs for fact, slugs in wanted.items() if ",".join(slugs) != stands[fact]}
    overtaken = tuple(fact for fact in changes if digest(fact, stands[fact]) != typed[fact].shown)
    if overtaken:
        return Redefined(_form(practice.ideal), overtaken, changed_by(tx, practice.id, EVENT))
    if changes:
        practice.ideal = {**practice.ideal, **{str(fact): slugs for fact, slugs in changes.items()}}
        tx.record(practice, EVENT, actor, changed={str(fact): slugs for fact, slugs in changes.items()})
    return Defined(tuple(changes))


def _meant(fact: Fact, one: Typed) -> bool:
    return digest(fact, one.text) != one.shown


def _form(ideal: Ideal) -> IdealForm:
    return IdealForm({fact: ",".join(_in_order(fact, ideal.get(fact, ()))) for fact in Fact})


def _in_order(fact: Fact, slugs: object) -> list[str]:
    chosen = set(slugs) if isinstance(slugs, (list, tuple)) else set()
    return [slug for slug in CHOICES[fact] if slug in chosen]
