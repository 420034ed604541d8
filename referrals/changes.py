"""What two people may edit at once: a field as a form sent it, and who has changed it since, to tell the second."""

from dataclasses import dataclass

from sqlmodel import col, select

from store.tables import History, Provider

from .deciding import person
from .intake.fields import FieldError
from .outcomes import Person
from .tx import Tx

#: How far back is looked: a form is not open for longer than that.
_LATEST = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """A field as it was sent. ``shown``: the digest of what the form had shown there."""

    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nothing is written: these fields cannot be what was typed."""

    errors: tuple[FieldError, ...]


def changed_by(tx: Tx, subject_id: str, event: str, **about: str) -> Person | None:
    """Of the latest such event in the subject's history. ``about``: what its data must say."""
    rows = tx.session.exec(
        select(History)
        .where(History.practice_id == tx.practice_id, History.subject_id == subject_id)
        .order_by(col(History.seq).desc())
        .limit(_LATEST)
    )
    for row in rows:
        if row.event == event and row.result == "done" and about.items() <= row.data.items():
            return whoever(tx, row.actor)
    return None


def whoever(tx: Tx, actor: str) -> Person:
    """The person behind a name as history keeps it (see ``Actor.name``)."""
    kind, _, id = actor.partition(":")
    if kind == "provider" and (found := person(tx.get(Provider, id))):
        return found
    return Person("somebody", id) if kind == "slack" else Person(_OTHERS.get(actor, "somebody"), None)


_OTHERS = {"system": "the desk itself", "operator": "the operator", "client": "a client"}
