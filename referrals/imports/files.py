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
from ..retention import references
from ..submit import submit
from ..tx import Tx
from .checks import REFERRAL_COLUMNS, ROSTER_COLUMNS, ReferralLine, check_referrals, check_roster, in_order
from .csv_files import Columns, Problem, Table, parse_csv, read_csv
from .roster import Progress, apply_roster, contradictions
from .roster_changes import RosterChange
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
    """Turns into JSON with ``dataclasses.asdict``. With problems, nothing has been written, nor would be.

    ``overtaken``: what would change is not what was expected any more, so nothing was written either.
    """

    kind: FileKind
    dry_run: bool
    lines: int
    problems: tuple[Problem, ...] = ()
    roster: RosterChange | None = None
    referrals: ReferralsImported | None = None
    overtaken: bool = False


async def import_file(
    desk: Desk,
    practice_id: str,
    kind: FileKind,
    data: bytes,
    *,
    dry_run: bool = False,
    actor: Actor = OPERATOR,
    progress: Progress | None = None,
    expected: str | None = None,
    quote: bool = False,
) -> ImportReport:
    """Reads, checks and applies a file. A dry run does it all and rolls back, so its answer is what would happen.

    ``expected``: of a roster, ``RosterChange.plan`` as it was shown; what would do anything else is not applied.
    ``quote``: whether a roster's problems repeat what is wrong. Only on the screen of who brought the file: with the
    wrong file, or its cells shifted, that may be a client's name, and terminals and job logs are kept.
    ``progress`` is called with (done, total) from the database's thread. Database errors come through.
    """
    choices = await desk.ask(practice_id, load_choices)
    # In a thread: a long file takes seconds, and clicks go on meanwhile.
    checked = await asyncio.to_thread(_check, kind, data, choices, quote)
    if not isinstance(checked, _Checked):
        return ImportReport(kind, dry_run, 0, tuple(checked))
    if checked.problems:
        return ImportReport(kind, dry_run, 0, await desk.ask(practice_id, _all_problems, checked))
    use_case = partial(_apply, actor=actor, checked=checked, progress=progress, expected=expected)
    try:
        done = await desk.do(practice_id, _rehearse if dry_run else _perform, use_case)
    except _TakenBack as rehearsed:
        done = rehearsed.result
    report = ImportReport(kind, dry_run, len(checked.table.rows), overtaken=_overtaken(done, expected))
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
        if not known.intersection(_known_as(tx, line.intake.external_id)):
            submit(tx, actor, line.intake)
            created += 1
        if progress:
            progress(done, len(lines))
    imported = ReferralsImported(created, len(lines) - created)
    tx.record(tx.locked_practice(), "import_referrals", actor, lines=len(lines), created=created)
    return imported


def _known_as(tx: Tx, external_id: str | None) -> tuple[str | None, str | None]:
    """As it was given, and as it is kept once the client has been erased."""
    return external_id, references.erased(tx.vault, external_id) if external_id else None


@dataclass(frozen=True, slots=True)
class _Checked:
    """``referrals`` is None for a roster; ``problems`` are a roster's, with as much of it as could be read."""

    table: Table
    problems: tuple[Problem, ...] = ()
    roster: tuple[RosterLine, ...] = ()
    referrals: tuple[ReferralLine, ...] | None = None


Applied = RosterChange | ReferralsImported


class _TakenBack(Exception):
    """Rolls a dry run back, and carries its result out of the transaction."""

    def __init__(self, result: Applied) -> None:
        self.result = result


def _check(kind: FileKind, data: bytes, choices: Choices, quote: bool) -> _Checked | list[Problem]:
    if kind is FileKind.ROSTER:
        return _check_roster(data, ROSTER_COLUMNS, quote)
    table = parse_csv(data, REFERRAL_COLUMNS)
    if not isinstance(table, Table):
        return table
    intakes, problems = check_referrals(table, choices)
    return problems or _Checked(table, referrals=tuple(intakes))


def _check_roster(data: bytes, columns: Columns, quote: bool) -> _Checked | list[Problem]:
    """As far as it can be read, everything that is wrong at once."""
    found = read_csv(data, columns)
    if found.table is None:
        return list(found.problems)
    lines, problems = check_roster(found.table, quote=quote)
    return _Checked(found.table, (*found.problems, *problems), tuple(lines))


def _all_problems(tx: Tx, checked: _Checked) -> tuple[Problem, ...]:
    """With what the lines say against the roster, but for cells that are blamed already."""
    blamed = {(one.line, one.column) for one in checked.problems}
    against = [_placed(checked.table, one) for one in contradictions(tx, checked.roster)]
    more = [one for one in against if (one.line, one.column) not in blamed]
    return tuple(in_order([*checked.problems, *more]))


def _overtaken(done: Applied, expected: str | None) -> bool:
    return isinstance(done, RosterChange) and expected is not None and done.plan != expected


def _apply(tx: Tx, *, actor: Actor, checked: _Checked, progress: Progress | None, expected: str | None) -> Applied:
    if checked.referrals is not None:
        return import_referrals(tx, actor, checked.referrals, progress)
    change = import_roster(tx, actor, checked.roster, progress)
    if _overtaken(change, expected):
        raise _TakenBack(change)
    return change


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
