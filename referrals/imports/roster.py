"""The use case behind ``referrals import roster``: makes the roster what the lines say, and says what changed."""

from collections.abc import Callable, Sequence

from sqlmodel import select

from store.ids import new_id
from store.tables import Provider
from store.vocabulary import ProviderStatus

from ..actor import Actor
from ..pausing.availability import alert_where_nobody_is_left, make_inactive, pause, release_waiting, resume
from ..roster.standing import burden, make_active
from ..roster.watch import look_at_all
from ..texts import new_number
from ..tx import Tx
from .csv_files import Problem
from .roster_cells import ACCOUNT, account_of, cells_of, standing_of
from .roster_changes import LineChange, RosterChange, Updated, cell_changes
from .roster_lines import RosterLine
from .roster_plan import match, wanted

Progress = Callable[[int, int], None]


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
        writing.licences()
    return writing.result()


def contradictions(tx: Tx, lines: Sequence[RosterLine]) -> list[Problem]:
    """Where the lines contradict the roster, for a file that is not applied because of other mistakes."""
    everybody = tx.session.exec(select(Provider).where(Provider.practice_id == tx.practice_id).order_by(Provider.id))
    return match(everybody.all(), lines)[1]


class _Writing:
    """Writes line by line and keeps the account."""

    def __init__(self, tx: Tx, actor: Actor) -> None:
        self._tx, self._actor = tx, actor
        self._lines: list[tuple[RosterLine, Provider, dict[str, str]]] = []  # with what it was before; {}: new
        self.created: list[str] = []
        self.changed: dict[str, list[str]] = {}  # provider id -> what changed
        self._moved: dict[ProviderStatus, list[str]] = {status: [] for status in ProviderStatus}
        self._released = self._left = 0

    def profile(self, line: RosterLine, known: Provider | None) -> None:
        if known is None:
            self._lines.append((line, self._create(line), {}))
            return
        self._lines.append((line, known, self._seen(known)))
        changes = {name: value for name, value in wanted(line, known).items() if getattr(known, name) != value}
        for name, value in changes.items():
            setattr(known, name, value)
        if "mobile" in changes:
            new_number(self._tx, known)
        if changes:
            self.changed[known.id] = sorted(changes)
            self._tx.record(known, "roster_update", self._actor, fields=sorted(changes))

    def statuses(self) -> None:
        for line, provider, before in self._lines:
            if not before or line.status is None or line.status is standing_of(provider, self._tx.now):
                continue
            self._move(provider, line.status)
            self._moved[line.status].append(provider.name)
            self.changed.setdefault(provider.id, []).append("status")

    def licences(self) -> None:
        """Whose end soon, or have ended, is told at once; after everything else, because it locks the practice."""
        new = (one for _, one, before in self._lines if not before or one.id in self.changed)
        look_at_all(self._tx, list(new))

    def result(self) -> RosterChange:
        known = [provider for _, provider, before in self._lines if before]
        updated = [Updated(one.name, tuple(self.changed[one.id])) for one in known if one.id in self.changed]
        changes = (
            LineChange(line.line, provider.name, not before, cell_changes(before, self._seen(provider)))
            for line, provider, before in self._lines
            if not before or provider.id in self.changed
        )
        return RosterChange(
            created=tuple(self.created),
            updated=tuple(updated),
            unchanged=len(known) - len(updated),
            paused=tuple(self._moved[ProviderStatus.PAUSED]),
            resumed=tuple(self._moved[ProviderStatus.ACTIVE]),
            made_inactive=tuple(self._moved[ProviderStatus.INACTIVE]),
            released=self._released,
            left_waiting=self._left,
            changes=tuple(changes),
        )

    def _seen(self, provider: Provider) -> dict[str, str]:
        return cells_of(provider, self._tx.now) | {ACCOUNT: account_of(provider)}

    def _create(self, line: RosterLine) -> Provider:
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
        return provider

    def _move(self, provider: Provider, status: ProviderStatus) -> None:
        if status is ProviderStatus.INACTIVE:
            weight = burden(self._tx, provider.id)
            self._released += weight.offers
            self._left += weight.uncontacted
            make_inactive(self._tx, self._actor, provider.id)
            return
        if provider.status is ProviderStatus.INACTIVE:
            make_active(self._tx, self._actor, provider)
        if status is ProviderStatus.PAUSED:
            pause(self._tx, self._actor, provider.id)
            # A file cannot be asked whether to release what waits; yes is the default (DESIGN.md, pause).
            self._released += release_waiting(self._tx, self._actor, provider.id)
        elif provider.status is ProviderStatus.PAUSED:
            resume(self._tx, self._actor, provider.id)
