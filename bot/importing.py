"""``referrals import``: straight into the database, or through the process that holds it."""

from dataclasses import asdict
from typing import Any

import typer

from referrals.clock import Clock
from referrals.desk import Desk
from referrals.imports.csv_files import Problem
from referrals.imports.files import FileKind, import_file
from store.database import Database, DatabaseInUse

from .clock import read_offset
from .control import import_through
from .house import vault_of
from .key_check import check_keys
from .opening import database_at
from .progress import show_progress
from .settings import StoreSettings
from .setup import first_practice


async def import_command(settings: StoreSettings, kind: str, name: str, data: bytes, dry_run: bool) -> bool:
    """Answers whether the file was (or, in a dry run, would be) imported. Raises LookupError with what to do."""
    try:
        async with database_at(settings.database_url) as database:
            report = await _import_directly(settings, database, FileKind(kind), data, dry_run)
    except DatabaseInUse:
        report = await _import_through(settings, FileKind(kind), data, dry_run)
    return _tell(report, name)


async def _import_through(settings: StoreSettings, kind: FileKind, data: bytes, dry_run: bool) -> dict[str, Any]:
    report: dict[str, Any] | None = None
    async for answer in import_through(settings.data_folder, kind, data, dry_run):
        if "error" in answer:
            raise LookupError(f"the desk could not import it ({answer['error']}); its log says where")
        if "report" in answer:
            report = answer["report"]
        else:
            show_progress(answer["done"], answer["total"])
    if report is None:
        raise LookupError("the desk ended before it told what became of the file; importing it again is safe")
    return report


async def _import_directly(
    settings: StoreSettings, database: Database, kind: FileKind, data: bytes, dry_run: bool
) -> dict[str, Any]:
    practice = await database.read(first_practice)
    if practice is None:
        raise LookupError("there is no practice yet: start `referrals run` once, which sets it up from Slack")
    vault = vault_of(settings)
    check_keys(practice, vault)
    desk = Desk(database, vault, Clock(await read_offset(database)), nobody_to_wake)
    return asdict(await import_file(desk, practice.id, kind, data, dry_run=dry_run, progress=show_progress))


async def nobody_to_wake(_wakes: object) -> None:
    """The desk is not running here; its sweep finds what is new."""


def _tell(report: dict[str, Any], name: str) -> bool:
    problems = [Problem(**problem) for problem in report["problems"]]
    for problem in problems:
        typer.echo(f"{name}, {problem}", err=True)
    if problems:
        typer.echo(f"Nothing was imported: {len(problems)} to mend in {name}.", err=True)
        return False
    summary = _roster(report["roster"]) if report["roster"] else _referrals(report["referrals"])
    typer.echo(f"Dry run, nothing was changed; it would be: {summary}" if report["dry_run"] else summary)
    return True


def _roster(change: dict[str, Any]) -> str:
    parts = [f"{len(change['created'])} added", f"{len(change['updated'])} updated", f"{change['unchanged']} unchanged"]
    for what in ("paused", "resumed", "made_inactive"):
        if change[what]:
            parts.append(f"{len(change[what])} {what.replace('_', ' ')}")
    if change["released"]:
        parts.append(f"{change['released']} waiting referrals offered to everyone")
    return ", ".join(parts) + "."


def _referrals(imported: dict[str, Any]) -> str:
    return f"{imported['created']} referrals added, {imported['already_there']} already there."
