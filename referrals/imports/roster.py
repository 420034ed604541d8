"""The use case behind ``referrals import roster``: makes the roster what the lines say, and says what changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import select

from store.ids import new_id
from store.tables import Provider
from store.vocabulary import ProviderStatus

from ..actor import Actor
from ..eligibility import paused
from ..pausing.availability import alert_where_nobody_is_left, make_inactive, pause, release_waiting, resume
from ..texts import new_number
from ..tx import Tx
from .csv_files import Problem
from .roster_lines import RosterLine
from .roster_plan import match, wanted

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Updated:
    """``fields`` are names of what changed, never values."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterChange:
    """Names of providers. Whoever changed status is among ``updated`` as well. With problems, nothing has changed."""

    created: tuple[str, ...] = ()
    updated: tuple[Updated, ...] = ()
    unchanged: int = 0
    paused: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    made_inactive: tuple[str, ...] = ()
    released: int = 0  # open preferred offers that went to everyone, because their provider was paused
    problems: tuple[Problem, ...] = ()


def apply_roster(tx: Tx, actor: Actor, lines: Sequence[RosterLine], progress: Progress | None = None) -> RosterChange:
    """Creates and updates; whoever is not in the file stays as they are. Lines that contradict the roster: problems."""
    everybody = tx.session.exec(
        select(Provider)
        .where(Provider.practice_id == tx.practice_id)
        .order_by(Provider.id)
        .with_for_update(key_share=True)  # all of them, before any referral: see Tx.lock
        .execution_options(populate_existing=True)
    ).all()
    matches, problems = match(everybody, lines)
    if problems:
        return RosterChange(problems=tuple(problems))
    writing = _Writing(tx, actor)
    for done, (line, known) in enumerate(zip(lines, matches, strict=True), 1):
        writing.profile(line, known)
        if progress:
            progress(done, len(lines))
    tx.session.flush()  # the status changes below read the rows again
    writing.statuses()
    if writing.created or writing.changed:
        alert_where_nobody_is_left(tx)
    return writing.result()


class _Writing:
    """Writes line by line and keeps the account."""

    def __init__(self, tx: Tx, actor: Actor) -> None:
        self._tx, self._actor = tx, actor
        self._known: list[tuple[RosterLine, Provider]] = []
        self.created: list[str] = []
        self.changed: dict[str, list[str]] = {}  # provider id -> what changed
        self._moved: dict[ProviderStatus, list[str]] = {status: [] for status in ProviderStatus}
        self._released = 0

    def profile(self, line: RosterLine, known: Provider | None) -> None:
        if known is None:
            self._create(line)
            return
        self._known.append((line, known))
        changes = {name: value for name, value in wanted(line, known).items() if getattr(known, name) != value}
        for name, value in changes.items():
            setattr(known, name, value)
        if "mobile" in changes:
            new_number(self._tx, known)
        if changes:
            self.changed[known.id] = sorted(changes)
            self._tx.record(known, "roster_update", self._actor, fields=sorted(changes))

    def statuses(self) -> None:
        for line, provider in self._known:
            if line.status is None or line.status is self._standing(provider):
                continue
            self._move(provider, line.status)
            self._moved[line.status].append(provider.name)
            self.changed.setdefault(provider.id, []).append("status")

    def result(self) -> RosterChange:
        updated = [Updated(one.name, tuple(self.changed[one.id])) for _, one in self._known if one.id in self.changed]
        return RosterChange(
            created=tuple(self.created),
            updated=tuple(updated),
            unchanged=len(self._known) - len(updated),
            paused=tuple(self._moved[ProviderStatus.PAUSED]),
            resumed=tuple(self._moved[ProviderStatus.ACTIVE]),
            made_inactive=tuple(self._moved[ProviderStatus.INACTIVE]),
            released=self._released,
        )

    def _create(self, line: RosterLine) -> None:
        tx = self._tx
        provider = Provider(
            id=new_id(),
            practice_id=tx.practice_id,
            status=line.status or ProviderStatus.ACTIVE,
            created_at=tx.now,
            **wanted(line, None),
        )
        tx.add(provider)
        tx.record(provider, "roster_create", self._actor, status=provider.status)
        self.created.append(provider.name)

    def _standing(self, provider: Provider) -> ProviderStatus:
        """A pause that has run out is none: saying "paused" again starts another."""
        if provider.status is ProviderStatus.PAUSED and not paused(provider, self._tx.now):
            return ProviderStatus.ACTIVE
        return provider.status

    def _move(self, provider: Provider, status: ProviderStatus) -> None:
        if status is ProviderStatus.INACTIVE:
            make_inactive(self._tx, self._actor, provider.id)
            return
        if provider.status is ProviderStatus.INACTIVE:
            provider.status = ProviderStatus.ACTIVE
            self._tx.record(provider, "make_active", self._actor)
            self._tx.session.flush()  # pause reads the row again
        if status is ProviderStatus.PAUSED:
            pause(self._tx, self._actor, provider.id)
            # A file cannot be asked whether to release what waits; yes is the default (DESIGN.md, pause).
            self._released += release_waiting(self._tx, self._actor, provider.id)
        elif provider.status is ProviderStatus.PAUSED:
            resume(self._tx, self._actor, provider.id)
