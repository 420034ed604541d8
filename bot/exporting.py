"""``referrals export``: the roster into a new file, straight from the database or through the process that holds it."""

import os
from pathlib import Path
from typing import Any

import typer

from referrals.clock import Clock
from referrals.desk import Desk
from store.database import Database, DatabaseInUse

from .clock import read_offset
from .control import reported
from .export_report import export_report
from .house import vault_of
from .importing import nobody_to_wake
from .key_check import check_keys
from .opening import database_at
from .progress import show_progress
from .settings import StoreSettings
from .setup import first_practice


async def export_command(settings: StoreSettings, kind: str, file: Path) -> None:
    """Raises LookupError with what to do; a file that is there is never overwritten."""
    try:
        async with database_at(settings.database_url) as database:
            report = await _export_directly(settings, database)
    except DatabaseInUse:
        report = await reported(settings.data_folder, "/export", {}, show_progress)
    _write(file, report["text"])
    typer.echo(f"The {kind} is in {file}, {report['lines']} lines. Importing it again changes nothing.")


async def _export_directly(settings: StoreSettings, database: Database) -> dict[str, Any]:
    practice = await database.read(first_practice)
    if practice is None:
        raise LookupError("there is no practice yet: start `referrals run` once, which sets it up from Slack")
    vault = vault_of(settings)
    check_keys(practice, vault)
    desk = Desk(database, vault, Clock(await read_offset(database)), nobody_to_wake)
    return await export_report(desk, practice.id)


def _write(file: Path, text: str) -> None:
    """For the operator's eyes alone: it holds people's telephone numbers."""
    try:
        handle = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
    except OSError as error:
        raise LookupError(f"{file}: {error.strerror}") from error
