"""``referrals retention``: what is past its time, and erasing it, in the database itself or through who holds it."""

import asyncio
from typing import Any

import typer

from jobs.sweep import practice_ids
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.tx import Tx
from store.database import Database, DatabaseInUse

from .clock import read_offset
from .control import reported
from .house import vault_of
from .key_check import check_keys
from .opening import database_at
from .progress import show_progress
from .retention_report import retain
from .settings import StoreSettings


async def retention_command(settings: StoreSettings, erase: int | None) -> int:
    """Answers the exit code: 0, or 1 when another number is due than ``erase`` says, and nothing was erased.

    Raises LookupError or SettingsError with what to do.
    """
    try:
        async with database_at(settings.database_url) as database:
            report = await _do(settings, database, erase)
    except DatabaseInUse:
        asked = {} if erase is None else {"erase": str(erase)}
        report = await reported(settings.data_folder, "/retention", asked, show_progress)
    return _tell(report, erase)


async def _do(settings: StoreSettings, database: Database, erase: int | None) -> dict[str, Any]:
    vault = vault_of(settings)
    desk = Desk(database, vault, Clock(await read_offset(database)), _nobody_to_wake)
    ids = await database.read(practice_ids)
    if not ids:
        raise LookupError("there is no practice yet: start `referrals run` once, which sets it up from Slack")
    for practice_id in ids:
        check_keys(await desk.ask(practice_id, Tx.practice), vault)
    return await retain(desk, asyncio.Event(), erase, show_progress)


async def _nobody_to_wake(_wakes: object) -> None: ...


def _tell(report: dict[str, Any], erase: int | None) -> int:
    due = sum(practice["due"] for practice in report["practices"])
    if report["erased"] is not None:
        typer.echo(f"Erased: {report['erased']:,}. What happened, and what reports count, is still there.")
        return 0
    for practice in report["practices"]:
        by_night = "erased each night" if practice["nightly"] else "erased only when somebody asks"
        typer.echo(
            f"{practice['name']}: {practice['due']:,} past {practice['days']} days after closing without a session; "
            f"{practice['on_hold']:,} more on legal hold; {by_night}."
        )
        if practice["codes"]:
            more = practice["due"] - len(practice["codes"])
            typer.echo("  " + ", ".join(practice["codes"]) + (f" and {more:,} more" if more else ""))
        if practice["next_due"]:
            typer.echo(f"  The next becomes due at {practice['next_due']}.")
    if erase is not None:
        typer.echo(f"Nothing was erased: {due:,} are due, not {erase:,}. Look again, then say how many.")
        return 1
    typer.echo(
        f"Nothing was erased. To do it: referrals retention --erase {due}" if due else "Nobody is past their time."
    )
    return 0
