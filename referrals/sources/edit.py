"""Who refers clients here, as coordinators keep it up: create, edit, retire and bring back (DOMAIN.md B2).

Two forms open at once never undo each other: as in referrals/profile.py each field carries a digest of what it showed.
History stands with the practice and names fields, never their values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from store.ids import new_id
from store.tables import Source

from ..actor import Actor
from ..changes import Typed, Wrong, changed_by
from ..intake.fields import FieldError
from ..outcomes import Missing, Person, Refusal, Refused
from ..profile_fields import digest
from ..tx import Tx
from .fields import FROM_THE_FORM, SourceField, alike, read, written

EVENT = "source"


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A source as its form shows it; of one to be created ``source_id`` is empty."""

    source_id: str
    written: Mapping[SourceField, str]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """``fields``: names of what changed; none, if nothing did."""

    source_id: str
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """``fields`` were changed in this form and, since it was opened, by somebody else. Nothing is written yet."""

    now: SourceForm
    fields: tuple[SourceField, ...]
    by: Person | None


def source_form(tx: Tx, actor: Actor, source_id: str) -> SourceForm | Refused | Missing:
    """What the form begins with; without an id that of a new source."""
    if not actor.coordinator:
        return refuse(tx, actor)
    source = tx.get(Source, source_id)
    if source_id and (source is None or own(source)):
        return Missing()
    return _form(source)


def add(tx: Tx, actor: Actor, typed: Mapping[SourceField, str]) -> Saved | Wrong | Refused:
    """A new source; its name must not be taken."""
    if not actor.coordinator:
        return refuse(tx, actor)
    practice = tx.locked_practice()  # of two who add the same name at once, the second sees the first one's
    values, errors = read(written(None) | dict(typed))
    if not errors and (taken := named(tx, values[SourceField.NAME])):
        errors = [_taken(taken)]
    if errors:
        return Wrong(tuple(errors))
    source = Source(id=new_id(), practice_id=tx.practice_id, created_at=tx.now, **_columns(values))
    tx.add(source)
    tx.record(practice, EVENT, actor, source=source.id, change="added")
    return Saved(source.id, source.name, tuple(values))


def edit(
    tx: Tx, actor: Actor, source_id: str, typed: Mapping[SourceField, Typed]
) -> Saved | Wrong | Overtaken | Refused | Missing:
    """Writes what differs from what the form showed."""
    if not actor.coordinator:
        return refuse(tx, actor)
    practice = tx.locked_practice()
    source = tx.lock(Source, source_id)
    if source is None or own(source):
        return Missing()
    values, errors = read(meant(typed))
    name = values.get(SourceField.NAME)
    if name and (taken := named(tx, name)) and taken.id != source.id:
        errors.append(_taken(taken))
    if errors:
        return Wrong(tuple(errors))
    changes = {field: value for field, value in values.items() if getattr(source, field.value) != value}
    stands = written(source)
    overtaken = tuple(field for field in changes if digest(field, stands[field]) != typed[field].shown)
    if overtaken:
        return Overtaken(_form(source), overtaken, changed_by(tx, practice.id, EVENT, source=source.id))
    for field, value in changes.items():
        setattr(source, field.value, value)
    if changes:
        tx.record(practice, EVENT, actor, source=source.id, change="edited", fields=sorted(changes))
    return Saved(source.id, source.name, tuple(changes))


def retire(tx: Tx, actor: Actor, source_id: str, *, retired: bool = True) -> Saved | Refused | Missing:
    """No longer offered, thanked or linked to, and still counted; or brought back."""
    if not actor.coordinator:
        return refuse(tx, actor)
    practice = tx.locked_practice()
    source = tx.lock(Source, source_id)
    if source is None or own(source):
        return Missing()
    if (source.retired_at is not None) is retired:
        return Saved(source.id, source.name, ())
    source.retired_at = tx.now if retired else None
    tx.record(practice, EVENT, actor, source=source.id, change="retired" if retired else "brought_back")
    return Saved(source.id, source.name, ("retired_at",))


def own(source: Source) -> bool:
    """The desk's own, "Other (from the form)": nobody edits it, retires it or links to it."""
    return source.name == FROM_THE_FORM


def offered(tx: Tx) -> list[tuple[str, str]]:
    """Id and name of each source that staff may choose, by name."""
    ours = select(Source.id, Source.name).where(
        Source.practice_id == tx.practice_id, col(Source.retired_at).is_(None), Source.name != FROM_THE_FORM
    )
    return sorted(tx.session.exec(ours).all(), key=lambda one: one[1].casefold())


def named(tx: Tx, name: str) -> Source | None:
    """The source that people would know by this name. An exact match comes before one that is only alike."""
    ours = select(Source.id, Source.name).where(Source.practice_id == tx.practice_id)
    known = list(tx.session.exec(ours.order_by(col(Source.name))))
    same = [id for id, other in known if other == name] or [id for id, other in known if alike(other, name)]
    return tx.get(Source, same[0]) if same else None


def meant(typed: Mapping[SourceField, Typed]) -> dict[SourceField, str]:
    """What was typed where it is not what the form showed: all that somebody wants changed."""
    return {field: one.text for field, one in typed.items() if digest(field, one.text) != one.shown}


def refuse(tx: Tx, actor: Actor, event: str = EVENT) -> Refused:
    tx.record(tx.locked_practice(), event, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)


def _form(source: Source | None) -> SourceForm:
    if source is None:
        return SourceForm("", written(None))
    return SourceForm(source.id, written(source), source.retired_at is not None)


def _taken(by: Source) -> FieldError:
    retired = " It is retired: bring it back, or choose another name." if by.retired_at else ""
    return FieldError(SourceField.NAME, f"There is a source of that name already: {by.name}.{retired}")


def _columns(values: Mapping[SourceField, Any]) -> dict[str, Any]:
    return {field.value: value for field, value in values.items()}
