"""Who coordinates: shown to coordinators, and set by them. Whether an account may is asked of Slack by the surface."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from store.tables import History, Practice

from .actor import Actor
from .links import end_all_of
from .outcomes import Refusal, Refused
from .tx import Tx

EVENT = "coordinators"
#: More would not be a list of whom to ask any more; each of them gets a message of whatever needs a person.
MOST = 50
#: How far back it is looked who changed it: no form stays open longer.
_LATELY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Coordinators:
    """``users``: Slack users who coordinate now, as set or (not ``chosen``) the workspace's admins, who stand in.

    ``digest``: of what is set. ``changed_by``: the Slack user who changed it last, where that was lately.
    """

    users: tuple[str, ...]
    chosen: bool
    digest: str
    changed_by: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """``added`` and ``removed``: Slack users; neither, where everything is as it was."""

    now: Coordinators
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else has changed it since the form was opened; nothing is written. ``now``: how it stands."""

    now: Coordinators


@dataclass(frozen=True, slots=True)
class TooFew:
    """Nobody would be left."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """More than MOST."""


def coordinators(tx: Tx, actor: Actor) -> Coordinators | Refused:
    return _stands(tx.practice()) if actor.coordinator else _refuse(tx, actor)


def set_coordinators(
    tx: Tx, actor: Actor, users: Iterable[str], shown: str
) -> Changed | Overtaken | TooFew | TooMany | Refused:
    """``users``: all who shall coordinate, full members every one. ``shown``: the digest of what the form showed.

    Whoever is removed loses links and open pages in this transaction, and every later click of theirs is refused.
    """
    if not actor.coordinator:
        return _refuse(tx, actor)
    wanted = list(dict.fromkeys(users))
    if not wanted:
        return TooFew()
    if len(wanted) > MOST:
        return TooMany()
    before = tx.practice()
    if _digest(before.coordinators) != shown:
        return Overtaken(_with_who(tx, _stands(before)))
    removed = [one for one in before.deciding_coordinators if one not in wanted]
    # Before the practice is locked: whoever uses a link holds it first. If somebody else is faster in this very moment,
    # these people ask for another link.
    end_all_of(tx, set(removed))
    practice = tx.locked_practice()
    if _digest(practice.coordinators) != shown:
        return Overtaken(_with_who(tx, _stands(practice)))
    was = list(practice.coordinators)
    added = [one for one in wanted if one not in practice.deciding_coordinators]
    if was != wanted:
        practice.coordinators = wanted
        tx.record(practice, EVENT, actor, before=was, after=wanted)
    return Changed(_stands(practice), tuple(added), tuple(removed))


def _stands(practice: Practice) -> Coordinators:
    return Coordinators(
        tuple(practice.deciding_coordinators), bool(practice.coordinators), _digest(practice.coordinators)
    )


def _with_who(tx: Tx, stands: Coordinators) -> Coordinators:
    """Names who changed it; history has a provider's id or a Slack user."""
    row = tx.session.exec(
        select(History)
        .where(
            History.practice_id == tx.practice_id,
            col(History.at) >= tx.now - _LATELY,
            History.event == EVENT,
            History.result == "done",
        )
        .order_by(col(History.at).desc(), col(History.seq).desc())
        .limit(1)
    ).first()
    if row is None:
        return stands
    return Coordinators(stands.users, stands.chosen, stands.digest, _user_of(tx, row.actor), row.at)


def _user_of(tx: Tx, actor: str) -> str | None:
    kind, _, id = actor.partition(":")
    if kind == "slack":
        return id
    person = next((one for one in tx.roster() if one.id == id), None)
    return person.slack_user if person else None


def _digest(users: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(users).encode()).hexdigest()[:16]


def _refuse(tx: Tx, actor: Actor) -> Refused:
    tx.record(tx.locked_practice(), EVENT, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)
