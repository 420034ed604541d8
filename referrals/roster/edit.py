"""A coordinator adds somebody to the roster, or edits what it says of them, each field against what their form showed.

Two forms open at once never undo each other, as in ``profile``, whose own form is one of the two here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from store.ids import new_id
from store.tables import History, Provider
from store.vocabulary import SlackStanding

from .. import texts
from ..actor import Actor
from ..changes import Typed, Wrong, whoever
from ..imports.roster_plan import panels
from ..intake.fields import FieldError
from ..outcomes import Missing, Person, Refusal, Refused
from ..pausing.availability import alert_where_nobody_is_left
from ..pausing.pauses import soonest_end
from ..profile_fields import ProfileField, digest
from ..tx import Tx
from .fields import AnyField, RosterField, read, stored, written
from .watch import look_at

CREATE, UPDATE = "roster_create", "roster_update"
#: In which a provider's history says which fields have changed.
_EDITS = (UPDATE, CREATE, "profile")
#: What decides who may be offered a referral.
_MATCHING = frozenset({RosterField.LICENCES, RosterField.INSURERS, ProfileField.SERVICES})
#: By these people are told apart, so that no two may have the same.
_OWN = {
    RosterField.WORK_EMAIL: "This is {who}'s work email. Everybody has their own, or offers would go astray.",
    RosterField.SLACK_EMAIL: "This is {who}'s Slack email. Each account belongs to one provider.",
    RosterField.NPI: "This is {who}'s NPI. Please check which of the two is right.",
}
_UNREACHABLE = "A work email or a Slack email is needed, to reach them. For example: maya@practice.example.org"


@dataclass(frozen=True, slots=True)
class Entry:
    """``provider_id``: None for somebody new. ``written``: as in ``roster_fields``."""

    provider_id: str | None
    title: str
    written: Mapping[AnyField, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """``fields``: names of what changed. ``look_up``: whether Slack should be asked who they are now."""

    provider_id: str
    title: str
    fields: tuple[AnyField, ...]
    new: bool
    look_up: bool


@dataclass(frozen=True, slots=True)
class Overtaken:
    """``fields`` were changed in this form and, since it was opened, by somebody else. Nothing is written yet."""

    now: Entry
    fields: tuple[AnyField, ...]
    by: Person | None


def entry(tx: Tx, actor: Actor, provider_id: str | None) -> Entry | Refused | Missing:
    """For the form. ``provider_id``: None to add somebody."""
    if not actor.coordinator:
        return _refused(tx, actor, tx.lock(Provider, provider_id))
    provider = tx.get(Provider, provider_id)
    return Missing() if provider_id and provider is None else _entry(provider)


def save(
    tx: Tx, actor: Actor, provider_id: str | None, typed: Mapping[AnyField, Typed]
) -> Saved | Wrong | Overtaken | Refused | Missing:
    """Writes what differs from what the form showed. History names the fields, never their values."""
    provider = tx.lock(Provider, provider_id)
    if not actor.coordinator:
        return _refused(tx, actor, provider)
    if provider_id and provider is None:
        return Missing()
    values, errors = read(meant(typed, new=provider is None))
    if provider is None:
        values = {field: value for field, value in values.items() if value}
    changes = {field: value for field, value in values.items() if provider is None or stored(provider, field) != value}
    blamed = {error.field for error in errors}
    errors += [one for one in _against_others(tx, provider, changes) if one.field not in blamed]
    if not errors and not _reachable(provider, changes):
        errors.append(FieldError(RosterField.WORK_EMAIL, _UNREACHABLE))
    if errors:
        return Wrong(tuple(errors))
    stands = written(provider)
    overtaken = tuple(field for field in changes if digest(field, stands[field]) != typed[field].shown)
    if overtaken and provider is not None:
        return Overtaken(_entry(provider), overtaken, _who(tx, provider, overtaken))
    return _write(tx, actor, provider, changes)


def meant(typed: Mapping[AnyField, Typed], *, new: bool = False) -> dict[AnyField, str]:
    """What was typed where it is not what the form showed; of somebody new everything, for what must not be empty."""
    return {field: one.text for field, one in typed.items() if new or digest(field, one.text) != one.shown}


def _write(tx: Tx, actor: Actor, known: Provider | None, changes: Mapping[AnyField, Any]) -> Saved:
    look_up = RosterField.SLACK_EMAIL in changes or known is None
    values = {field.value: value for field, value in changes.items()}
    if RosterField.INSURERS in changes:
        values["insurers"] = panels(changes[RosterField.INSURERS], known)
    if RosterField.SLACK_EMAIL in changes and values["slack_email"]:
        values |= {"slack_user": None, "slack_standing": SlackStanding.UNLINKED}
    if known is None:
        provider = Provider(id=new_id(), practice_id=tx.practice_id, created_at=tx.now, **values)
        tx.add(provider)
    else:
        provider = known
        for name, value in values.items():
            setattr(provider, name, value)
    if changes:
        tx.record(provider, UPDATE if known else CREATE, actor, fields=sorted(changes))
        _follow(tx, provider, changes)
    return Saved(provider.id, provider.title, tuple(changes), known is None, look_up and provider.slack_user is None)


def _follow(tx: Tx, provider: Provider, changes: Mapping[AnyField, Any]) -> None:
    """What else a change means; what locks the practice comes last."""
    if ProfileField.MOBILE in changes:
        texts.new_number(tx, provider)
    if RosterField.INSURERS in changes:
        provider.pause_ends = soonest_end(provider)
    tx.session.flush()
    if _MATCHING & set(changes):
        alert_where_nobody_is_left(tx)
    if RosterField.LICENCES in changes:
        look_at(tx, provider)


def _against_others(tx: Tx, provider: Provider | None, changes: Mapping[AnyField, Any]) -> list[FieldError]:
    errors = []
    if any(changes.get(field) for field in _OWN):
        tx.locked_practice()  # of two forms at once with the same, the second waits here and sees the first one's
    for field, message in _OWN.items():
        if value := changes.get(field):
            column = getattr(Provider, field.value)
            others = select(Provider).where(Provider.practice_id == tx.practice_id, column == value)
            if provider is not None:
                others = others.where(col(Provider.id) != provider.id)
            if other := tx.session.exec(others).first():
                errors.append(FieldError(field, message.format(who=other.name)))
    return errors


def _reachable(provider: Provider | None, changes: Mapping[AnyField, Any]) -> bool:
    has = {field: getattr(provider, field.value, None) for field in (RosterField.WORK_EMAIL, RosterField.SLACK_EMAIL)}
    has |= {field: changes[field] for field in has if field in changes}
    return any(has.values()) or (provider is not None and provider.slack_user is not None)


def _who(tx: Tx, provider: Provider, fields: tuple[AnyField, ...]) -> Person | None:
    """Of the latest edit of one of these."""
    rows = tx.session.exec(
        select(History)
        .where(History.practice_id == tx.practice_id, History.subject_id == provider.id)
        .where(col(History.event).in_(_EDITS))
        .order_by(col(History.seq).desc())
        .limit(20)
    )
    for row in rows:
        if {*row.data.get("fields", ())} & {str(field) for field in fields}:
            return whoever(tx, row.actor)
    return None


def _entry(provider: Provider | None) -> Entry:
    title = provider.title if provider else ""
    return Entry(provider.id if provider else None, title, written(provider))


def _refused(tx: Tx, actor: Actor, provider: Provider | None) -> Refused:
    tx.record(provider or tx.locked_practice(), UPDATE, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)
