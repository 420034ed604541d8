"""Reaching the servers that settings name: what cannot be reached is a line about its variable, without a password."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

from alembic.util import CommandError
from arq.connections import ArqRedis
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from jobs.queue import connect
from store.database import Database, open_database

from .settings import SettingsError

#: A queue that restarts is waited for later; at the start, somebody is looking.
_QUEUE_SECONDS = 4


@asynccontextmanager
async def database_at(
    url: str, *, first: Callable[[Session], None] | None = None, patient: bool = False
) -> AsyncIterator[Database]:
    """Opened and up to date, closed at the end. Raises DatabaseInUse, or SettingsError naming DATABASE_URL.

    ``first`` looks at it as it was found, and raises to leave it so. ``patient``: see ``open_database``.
    """
    with _naming_the_database(url):
        database = open_database(url, patient=patient)
    try:
        with _naming_the_database(url):
            if first is not None:
                await database.write(first)
            await database.migrate()
        yield database
    finally:
        await database.close()


async def queue_at(url: str) -> ArqRedis:
    """Raises SettingsError naming REDIS_URL when it does not answer within seconds."""
    try:
        async with asyncio.timeout(_QUEUE_SECONDS):
            return await connect(url)
    except (RedisError, OSError, TimeoutError) as error:
        where = urlsplit(url)
        raise SettingsError(
            [f"REDIS_URL cannot be reached ({where.scheme}://{where.hostname or where.path}): {type(error).__name__}"]
        ) from error


@contextmanager
def _naming_the_database(url: str) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise SettingsError([f"DATABASE_URL {_shown(url)} was written by a newer version of this desk"]) from error
    except (SQLAlchemyError, OSError) as error:
        raise _unopened(url, error) from error
    except Exception as error:  # PostgreSQL's driver is loaded only where it is used
        if not type(error).__module__.startswith("asyncpg"):
            raise
        raise _unopened(url, error) from error


def _unopened(url: str, error: Exception) -> SettingsError:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    reason = (cause.strerror if isinstance(cause, OSError) else None) or type(cause).__name__
    return SettingsError([f"DATABASE_URL {_shown(url)} cannot be opened: {reason}"])


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
