"""The command line ``referrals``. Mistakes exit with 2 and a line each; nothing here decides anything."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from .settings import StoreSettings

T = TypeVar("T")

app = typer.Typer(
    help="A Slack-first referral desk for therapy group practices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Kind(StrEnum):
    ROSTER = "roster"
    REFERRALS = "referrals"


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the workspace's page is served; the next two are used too.")] = 8900,
) -> None:
    """Everything on this machine, with no account anywhere: open the address it prints."""
    from .demo import demo as start

    _serve(start(port))


@app.command()
def run() -> None:
    """The desk in one process against a Slack workspace, from the environment or .env."""
    _run("EVERYTHING")


@app.command()
def bot() -> None:
    """Slack and the pages alone: one of several processes on one PostgreSQL database."""
    _run("BOT")


@app.command()
def worker() -> None:
    """Deadlines and notices alone: one of several processes on one PostgreSQL database."""
    _run("WORKER")


@app.command("import")
def import_(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="A CSV file; README.md lists its columns.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and change nothing.")] = False,
) -> None:
    """Imports a roster or referrals from a CSV file, all or nothing."""
    from .importing import import_command

    try:
        data = file.read_bytes()
    except OSError as error:
        _fail([f"{file}: {error.strerror}"])
    if not _done(lambda settings: import_command(settings, kind, file.name, data, dry_run)):
        raise typer.Exit(2)


class Exportable(StrEnum):
    ROSTER = "roster"


@app.command()
def export(
    kind: Annotated[Exportable, typer.Argument(help="What the file shall hold.")],
    file: Annotated[Path, typer.Argument(help="A new file; an old one is never overwritten.")],
) -> None:
    """Writes the roster to a CSV file that `referrals import` takes and a spreadsheet opens safely."""
    from .exporting import export_command

    if file.exists():
        _fail([f"{file} is there already: name a new file, or take that one away"])
    _done(lambda settings: export_command(settings, kind, file))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; an old one is never overwritten.")],
) -> None:
    """Writes everything to one file, while the desk runs: from SQLite and PostgreSQL alike. The keys are not in it."""
    from .backup import backup_command

    _done(lambda settings: backup_command(settings, file.absolute()))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `referrals backup` wrote.")],
) -> None:
    """Loads a backup into the empty database that DATABASE_URL names, all or nothing.

    Nothing that was still to be sent when the backup was made is sent: it may have gone out since.
    """
    from .restore import restore_command

    _done(lambda settings: restore_command(settings, file))


@app.command()
def rekey() -> None:
    """Seals all client details anew with the first of ENCRYPTION_KEYS, while the desk runs.

    To change the key: put a new one in front, restart every process, run this, and take the old key out when it says
    so. INDEX_KEY and HISTORY_KEY are for good: searching and the history's chains rest on them.
    """
    from .rekey import rekey_command

    if not _done(rekey_command):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Checks everything the desk needs, and says what to do. Exits with 1 when there is a problem."""
    from .doctor import doctor_command

    raise typer.Exit(asyncio.run(doctor_command()))


@app.command()
def audit() -> None:
    """Checks the desk's promises against what the database holds. Exits with 1 and names the first that is broken."""
    from .auditing import audit_command

    raise typer.Exit(_done(audit_command))


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased; the usual.")] = False,
    erase: Annotated[
        int | None, typer.Option("--erase", min=1, help="Erase so many clients: as many as the dry run has just said.")
    ] = None,
) -> None:
    """Says whose details are past their time, and erases them when told how many those are.

    Exits with 1 when nothing was erased because it is another number by now.
    """
    from .retention import retention_command

    if dry_run and erase is not None:
        _fail(["--dry-run and --erase exclude each other: look first, then erase"])
    raise typer.Exit(_done(lambda settings: retention_command(settings, erase)))


@app.command()
def migrate() -> None:
    """Brings the database's tables up to date. `run` does this by itself."""
    from store.database import DatabaseInUse

    from .opening import database_at
    from .settings import SettingsError, StoreSettings, load

    async def upgrade(url: str) -> None:
        async with database_at(url):
            pass

    try:
        asyncio.run(upgrade(load(StoreSettings).database_url))
    except SettingsError as error:
        _fail(error.lines)
    except DatabaseInUse as error:
        _fail([f"DATABASE_URL {error} is in use by a running desk, which has brought it up to date at its start"])
    typer.echo("The tables are up to date.")


@app.command()
def keys() -> None:
    """Prints fresh keys for .env. Lose them and client details cannot be read again."""
    from cryptography.fernet import Fernet

    typer.echo(f"ENCRYPTION_KEYS={Fernet.generate_key().decode()}")
    for name in ("INDEX_KEY", "HISTORY_KEY", "SIGNING_KEY"):
        typer.echo(f"{name}={secrets.token_urlsafe(32)}")


def _run(role: str) -> None:
    from .logs import configure
    from .run import EVERYTHING, Role
    from .run import run as start
    from .settings import Settings, SettingsError, load

    configure()
    try:
        settings = load(Settings)
    except SettingsError as error:
        _fail(error.lines)
    _serve(start(settings, role=EVERYTHING if role == "EVERYTHING" else Role[role]))


def _done(work: Callable[["StoreSettings"], Coroutine[Any, Any, T]]) -> T:
    """What a command on the database answers; what keeps it from its work is a line, not a traceback."""
    from store.backup import BackupError

    from .settings import SettingsError, StoreSettings, load

    try:
        return asyncio.run(work(load(StoreSettings)))
    except SettingsError as error:
        _fail(error.lines)
    except (LookupError, BackupError) as error:
        _fail([str(error)])
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _serve(work: Awaitable[None]) -> None:
    """Runs a process to its end; what keeps it from starting is a line, not a traceback."""
    from store.database import DatabaseInUse

    from .settings import SettingsError

    async def wait() -> None:
        await work

    try:
        asyncio.run(wait())
    except SettingsError as error:
        _fail(error.lines)
    except DatabaseInUse as error:
        _fail([f"DATABASE_URL {error} is in use: another desk is running on it"])
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _fail(lines: list[str]) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(2)


def main() -> None:
    """The console script's entry."""
    app()
