"""Imports of whole files, all or nothing: one transaction each, which a dry run takes back at its end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import NoReturn

from sqlmodel import col, select

from store.tables import Provider, Referral

from ..actor import OPERATOR, Actor
from ..desk import Desk
from ..intake.choices import Choices, load_choices
from ..submit import submit
from ..tx import Tx
from .checks import REFERRAL_COLUMNS, ROSTER_COLUMNS, ReferralLine, check_referrals, check_roster
from .csv_files import Columns, Problem, Table, parse_csv
from .roster import Progress, RosterChange, apply_roster
from .roster_lines import RosterLine


class FileKind(StrEnum):
    ROSTER = "roster"
    REFERRALS = "referrals"


@dataclass(frozen=True, slots=True)
class ReferralsImported:
    """``already_there``: lines whose external id has been imported before; nothing of them was looked at."""

    created: int
    already_there: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Turns into JSON with ``dataclasses.asdict``. With problems, nothing has been written, nor would be."""

    kind: FileKind
    dry_run: bool
    lines: int
    problems: tuple[Problem, ...] = ()
    roster: RosterChange | None = None
    referrals: ReferralsImported | None = None


async def import_file(
    desk: Desk,
    practice_id: str,
    kind: FileKind,
    data: bytes,
    *,
    dry_run: bool = False,
    actor: Actor = OPERATOR,
    progress: Progress | None = None,
) -> ImportReport:
    """Reads, checks and applies a file. A dry run does it all and rolls back, so its answer is what would happen.

    ``progress`` is called with (done, total) from the database's thread. Database errors come through.
    """
    choices = await desk.ask(practice_id, load_choices)
    checked = await asyncio.to_thread(_check, kind, data, choices)  # seconds for a long file; clicks go on meanwhile
    if not isinstance(checked, _Checked):
        return ImportReport(kind, dry_run, 0, tuple(checked))
    use_case = partial(_apply, actor=actor, checked=checked, progress=progress)
    try:
        done = await desk.do(practice_id, _rehearse if dry_run else _perform, use_case)
    except _TakenBack as rehearsed:
        done = rehearsed.result
    report = ImportReport(kind, dry_run, len(checked.table.rows))
    if isinstance(done, ReferralsImported):
        return replace(report, referrals=done)
    if done.problems:
        return replace(report, problems=tuple(_placed(checked.table, one) for one in done.problems))
    return replace(report, roster=done)


def import_roster(tx: Tx, actor: Actor, lines: Sequence[RosterLine], progress: Progress | None = None) -> RosterChange:
    change = apply_roster(tx, actor, lines, progress)
    if not change.problems:
        tx.record(tx.locked_practice(), "import_roster", actor, lines=len(lines), created=len(change.created))
    return change


def import_referrals(
    tx: Tx, actor: Actor, lines: Sequence[ReferralLine], progress: Progress | None = None
) -> ReferralsImported:
    """Submits every line that is not known by its external id. Runs on the writing connection until it is done."""
    known = set(
        tx.session.exec(
            select(Referral.external_id).where(
                Referral.practice_id == tx.practice_id, col(Referral.external_id).is_not(None)
            )
        )
    )
    tx.lock_all(Provider, (one.intake.preferred_provider_id for one in lines if one.intake.preferred_provider_id))
    created = 0
    for done, line in enumerate(lines, 1):
        if line.intake.external_id not in known:
            submit(tx, actor, line.intake)
            created += 1
        if progress:
            progress(done, len(lines))
    imported = ReferralsImported(created, len(lines) - created)
    tx.record(tx.locked_practice(), "import_referrals", actor, lines=len(lines), created=created)
    return imported


@dataclass(frozen=True, slots=True)
class _Checked:
    """``referrals`` is None for a roster."""

    table: Table
    roster: tuple[RosterLine, ...] = ()
    referrals: tuple[ReferralLine, ...] | None = None


Applied = RosterChange | ReferralsImported


class _TakenBack(Exception):
    """Rolls a dry run back, and carries its result out of the transaction."""

    def __init__(self, result: Applied) -> None:
        self.result = result


def _check(kind: FileKind, data: bytes, choices: Choices) -> _Checked | list[Problem]:
    columns: Columns = ROSTER_COLUMNS if kind is FileKind.ROSTER else REFERRAL_COLUMNS
    table = parse_csv(data, columns)
    if not isinstance(table, Table):
        return table
    if kind is FileKind.ROSTER:
        lines, problems = check_roster(table)
        return problems or _Checked(table, roster=tuple(lines))
    intakes, problems = check_referrals(table, choices)
    return problems or _Checked(table, referrals=tuple(intakes))


def _apply(tx: Tx, *, actor: Actor, checked: _Checked, progress: Progress | None) -> Applied:
    if checked.referrals is not None:
        return import_referrals(tx, actor, checked.referrals, progress)
    return import_roster(tx, actor, checked.roster, progress)


def _perform(tx: Tx, use_case: Callable[[Tx], Applied]) -> Applied:
    return use_case(tx)


def _rehearse(tx: Tx, use_case: Callable[[Tx], Applied]) -> NoReturn:
    result = use_case(tx)
    tx.session.flush()  # what only the database would refuse is refused now
    raise _TakenBack(result)


def _placed(table: Table, problem: Problem) -> Problem:
    if problem.column in table.columns:
        return replace(problem, position=table.columns.index(problem.column) + 1)
    return problem
