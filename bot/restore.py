"""``referrals restore``: a backup into an empty database, of either engine, all or nothing."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session, col, select

from referrals.clock import Clock
from referrals.restored import Restored, restored
from referrals.tx import Tx
from store.backup import BackupError
from store.database import DatabaseInUse
from store.restoring import load, must_be_empty, opened_backup
from store.tables import DeskClock, Practice
from store.vault import Vault

from .house import vault_of
from .key_check import check_sealed
from .opening import database_at
from .progress import show_progress
from .settings import StoreSettings


async def restore_command(settings: StoreSettings, file: Path) -> None:
    """Raises BackupError or SettingsError with what to do; then the database is as empty as before."""
    vault = vault_of(settings)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    with opened_backup(file, settings.data_folder) as backup:
        _keys_must_fit(backup, vault)
        try:
            done = await _load(settings, backup, vault)
        except DatabaseInUse as error:
            raise BackupError(
                f"DATABASE_URL {error} is in use by a running desk: stop it, then name a new file or move the old one "
                "away"
            ) from error
    _tell(file, done)


def _keys_must_fit(backup: Connection, vault: Vault) -> None:
    for sealed in backup.execute(select(col(Practice.key_check))).scalars():
        check_sealed(sealed, vault)


async def _load(settings: StoreSettings, backup: Connection, vault: Vault) -> list[Restored]:
    def work(session: Session) -> list[Restored]:
        load(session, backup, show_progress)
        return [_settle(session, practice_id, vault) for practice_id in session.exec(select(Practice.id)).all()]

    async with database_at(settings.database_url, first=must_be_empty, patient=True) as database:
        try:
            return await database.write(work)
        except (SQLAlchemyError, OSError) as error:
            raise BackupError(f"nothing was restored: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Of the driver, never of the statement: its values are people's."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return str(cause) if isinstance(cause, sqlite3.OperationalError) else type(cause).__name__


def _settle(session: Session, practice_id: str, vault: Vault) -> Restored:
    turned = session.get(DeskClock, 1)
    clock = Clock(timedelta(seconds=turned.offset_seconds if turned else 0))
    tx = Tx(session, practice_id, clock.now(), clock.real(), vault, [])
    done = restored(tx)
    tx.finish()
    return done


def _tell(file: Path, practices: list[Restored]) -> None:
    typer.echo(f"{file} is restored. `referrals run` starts from there; `referrals audit` looks it over.")
    for done in practices:
        typer.echo(
            f"{done.notices:,} messages and {done.reminders:,} reminders that were due may have gone out since the "
            f"backup, and are not sent again. {done.cards:,} cards will be redrawn. The coordinators are told."
        )
        if done.phone_tasks:
            typer.echo(f"{done.phone_tasks:,} clients whose last message was among them are to be phoned: see Home.")
