"""``referrals audit``: looks at everything, in the database itself or through the process that holds it."""

from datetime import timedelta
from typing import Any

import typer

from jobs.auditing import PATIENCE
from jobs.sweep import practice_ids
from referrals.audit import Rule
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.tx import Tx
from store.database import Database, DatabaseInUse

from .audit_report import report_of
from .clock import read_offset
from .control import reported
from .house import vault_of
from .key_check import check_keys
from .opening import database_at
from .progress import show_progress
from .settings import StoreSettings

#: Column of the account -> what people call it.
_KINDS = {
    "referrals": "referrals",
    "offers": "rounds",
    "events": "events",
    "deliveries": "notices",
    "items": "items for coordinators",
    "providers": "providers",
}


async def audit_command(settings: StoreSettings) -> int:
    """Answers the exit code: 0 clean, 1 something is wrong. Raises LookupError or SettingsError with what to do."""
    try:
        async with database_at(settings.database_url) as database:
            report = await _look(settings, database)
    except DatabaseInUse:
        report = await reported(settings.data_folder, "/audit", {}, show_progress)
    return _tell(report)


async def _look(settings: StoreSettings, database: Database) -> dict[str, Any]:
    vault = vault_of(settings)
    desk = Desk(database, vault, Clock(await read_offset(database)), _nobody_to_wake)
    ids = await database.read(practice_ids)
    if not ids:
        raise LookupError("there is no practice yet: start `referrals run` once, which sets it up from Slack")
    for practice_id in ids:
        check_keys(await desk.ask(practice_id, Tx.practice), vault)
    # Whoever has the file to themselves knows that nobody works anything off; elsewhere workers may be running.
    return await report_of(desk, show_progress, timedelta(0) if settings.on_sqlite else PATIENCE)


async def _nobody_to_wake(_wakes: object) -> None: ...


def _tell(report: dict[str, Any]) -> int:
    for practice in report["practices"]:
        looked_at = ", ".join(f"{practice['looked_at'][column]:,} {name}" for column, name in _KINDS.items())
        typer.echo(f"{practice['name']}: {looked_at} looked at.")
        if practice["wrong"]:
            typer.echo(f"{practice['wrong']:,} wrong; the first: {practice['first']}")
            if practice["first"].startswith(Rule.OVERDUE):
                typer.echo("Is a desk running? What is overdue is done, once, as soon as a worker runs.")
        else:
            typer.echo("Nothing is wrong.")
    return 1 if any(practice["wrong"] for practice in report["practices"]) else 0
