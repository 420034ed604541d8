"""Reading and changing the settings, a group at a time; each change is told in the practice's history.

Two forms open at once never undo each other: each field carries a digest of what its form showed, so that only what
was changed in the form is written, and what has changed meanwhile is seen (as in ``referrals/profile.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.tables import Practice

from .. import digest as daily_digest
from .. import slack_trouble
from ..actor import Actor
from ..changes import Typed, Wrong, changed_by
from ..outcomes import Person, Refusal, Refused
from ..profile_fields import digest
from ..slack_trouble import Scope
from ..tx import Tx
from .contradictions import contradictions
from .names import GROUPS, Group, Setting
from .values import read, written

EVENT = "setting"


@dataclass(frozen=True, slots=True)
class Shown:
    """``written``: every setting of the practice as a person would type it."""

    group: Group
    written: Mapping[Setting, str]


@dataclass(frozen=True, slots=True)
class Saved:
    settings: tuple[Setting, ...]  # what changed; none, if nothing did


@dataclass(frozen=True, slots=True)
class Overtaken:
    """``by``: what was changed in this form and, since it was opened, elsewhere; by whom. Nothing is written yet."""

    now: Shown
    by: Mapping[Setting, Person | None]


def settings(tx: Tx, actor: Actor, group: Group) -> Shown | Refused:
    """For the form of a group."""
    return Shown(group, written(tx.practice())) if actor.coordinator else _refuse(tx, actor, group)


def change(tx: Tx, actor: Actor, group: Group, typed: Mapping[Setting, Typed]) -> Saved | Wrong | Overtaken | Refused:
    """Writes what differs from what the form showed. Deadlines that run keep theirs: they stand on the offers."""
    if not actor.coordinator:
        return _refuse(tx, actor, group)
    practice = tx.locked_practice()
    stands = written(practice)
    sent = {one: field for one, field in typed.items() if one in GROUPS[group]}
    values, errors = read({one: field.text for one, field in sent.items() if digest(one, field.text) != field.shown})
    changes = {one: value for one, value in values.items() if getattr(practice, one.value) != value}
    if not errors:
        errors = contradictions(_all(practice) | changes, frozenset(changes))
    overtaken = [one for one in changes if digest(one, stands[one]) != sent[one].shown]
    if overtaken:
        by = {one: changed_by(tx, practice.id, EVENT, setting=str(one)) for one in overtaken}
        return Overtaken(Shown(group, stands), by)
    if errors:
        return Wrong(tuple(errors))
    for one, value in changes.items():
        setattr(practice, one.value, value)
        after = written(practice)[one]
        tx.record(practice, EVENT, actor, setting=str(one), before=stands[one], after=after)
    if Setting.CHANNEL in changes:
        slack_trouble.over(tx, Scope.CHANNEL)  # what was refused in the old one goes into the new one now
    if Setting.DIGEST in changes:
        daily_digest.begin(tx)
    elif Setting.ZONE in changes:
        daily_digest.follow_zone(tx)
    return Saved(tuple(changes))


def _all(practice: Practice) -> dict[Setting, Any]:
    return {one: getattr(practice, one.value) for one in Setting}


def _refuse(tx: Tx, actor: Actor, group: Group) -> Refused:
    tx.record(tx.locked_practice(), EVENT, actor, result=Refusal.NOT_COORDINATOR, group=str(group))
    return Refused(Refusal.NOT_COORDINATOR)
