"""The command line ``referrals``. Mistakes exit with 2 and a line each; nothing here decides anything."""

import asyncio
import secrets
from collections.abc import Awaitable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

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
    from .settings import SettingsError, StoreSettings, load

    try:
        data = file.read_bytes()
    except OSError as error:
        _fail([f"{file}: {error.strerror}"])
    try:
        ok = asyncio.run(import_command(load(StoreSettings), kind, file.name, data, dry_run))
    except SettingsError as error:
        _fail(error.lines)
    except LookupError as error:
        _fail([str(error)])
    if not ok:
        raise typer.Exit(2)


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
