"""The migrations: which version of the tables this code writes, and bringing older tables up to it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """To the newest version, in the connection's transaction. Raises alembic's CommandError for a newer one."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def head() -> str:
    """The version that this code writes."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def versions() -> frozenset[str]:
    """Every version from which ``upgrade`` can start."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def version_of(connection: Connection) -> str | None:
    """What the tables are at; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
