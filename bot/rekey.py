"""``referrals rekey``: everything sealed anew under the first of ENCRYPTION_KEYS, so that the others can go."""

import threading

import typer

from store.database import Database, DatabaseInUse
from store.rekey import Rekeyed, rekey

from .control import reported
from .house import vault_of
from .key_check import check_keys, fingerprint
from .opening import database_at
from .progress import show_progress
from .settings import StoreSettings
from .setup import first_practice


async def rekey_command(settings: StoreSettings) -> bool:
    """Answers whether the old keys may go. Raises LookupError or SettingsError with what to do."""
    try:
        async with database_at(settings.database_url) as database:
            done = await _directly(settings, database)
    except DatabaseInUse:
        query = {"keys": fingerprint(settings.encryption_keys)}
        done = Rekeyed(**await reported(settings.data_folder, "/rekey", query, show_progress))
    return _tell(done, len(settings.encryption_keys))


async def _directly(settings: StoreSettings, database: Database) -> Rekeyed:
    practice = await database.read(first_practice)
    if practice is None:
        raise LookupError("there is no practice yet, and nothing to seal anew")
    vault = vault_of(settings)
    check_keys(practice, vault)
    return await rekey(database, vault, show_progress, threading.Event())


def _tell(done: Rekeyed, keys: int) -> bool:
    typer.echo(f"{done.renewed:,} values sealed anew with the first of ENCRYPTION_KEYS.")
    if done.unreadable:
        typer.echo(
            f"{done.unreadable:,} values open with none of the keys (the first: {done.first_unreadable}): "
            "put back the key they were sealed with, at the end of ENCRYPTION_KEYS, and ask again.",
            err=True,
        )
    if not done.complete:
        typer.echo("The desk was stopped before it was done: ask again, and it goes on.", err=True)
    if done.left:
        typer.echo(
            "Some were still being sealed with an old key: restart every `referrals` process, so that all have the "
            "new key in front, and ask again.",
            err=True,
        )
    if done.unreadable or done.left or not done.complete:
        return False
    if keys == 1:
        typer.echo("There is one key, and everything is sealed with it.")
        return True
    old = "key 2" if keys == 2 else f"keys 2 to {keys}"
    typer.echo(
        f"Nothing needs {old} of ENCRYPTION_KEYS any more: take them out and restart. Backups made before still "
        "need them: keep them with those."
    )
    return True
