"""``referrals backup``: through the process that holds a SQLite file, else straight from the database."""

import threading
from pathlib import Path

import typer
from sqlalchemy.engine import make_url

from store.backup import Backup, BackupError, back_up
from store.database import DatabaseInUse, held

from .control import reported
from .progress import show_progress
from .settings import StoreSettings


async def backup_command(settings: StoreSettings, file: Path) -> None:
    """``file``: absolute. Raises LookupError or BackupError with what to do; then there is no new file."""
    try:
        made = await _directly(settings, file)
    except DatabaseInUse:
        made = Backup(**await reported(settings.data_folder, "/backup", {"file": str(file)}, show_progress))
    typer.echo(f"{made.file}: {made.referrals:,} referrals, {made.size:,} bytes; `referrals restore` reads it.")
    typer.echo(
        "Names and addresses of clients in it are sealed. The keys are not in it: keep ENCRYPTION_KEYS, INDEX_KEY "
        "and HISTORY_KEY somewhere else, or nobody can read them again."
    )


async def _directly(settings: StoreSettings, file: Path) -> Backup:
    """As it is, whatever version it has: before an upgrade is when a backup is wanted most."""
    if not settings.on_sqlite:
        return await back_up(settings.database_url, file, show_progress, threading.Event())
    with held(_there(settings.database_url)):
        return await back_up(settings.database_url, file, show_progress, threading.Event())


def _there(url: str) -> Path:
    path = Path(make_url(url).database or "")
    if not path.is_file():  # opening it would make it
        raise BackupError(f"DATABASE_URL {path} is not there: there is nothing to back up yet")
    return path
