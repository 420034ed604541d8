"""Gathers everything that leaves the house while a test runs, and searches it for clients' identities.

The clients and the search are those of bench/canaries.py. This knows nothing of the desk: it reads what a Watch has.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.canaries import Identity, Leak, found_in, in_entry, in_files, in_mail, somebody
from bot.logs import line_formatter
from sandbox.server import Sandbox
from tests.engines import rows_as_text
from tests.queue_monitor import Monitor

__all__ = [
    "Identity",
    "Leak",
    "LogKeeper",
    "Watch",
    "begin",
    "found_in",
    "must_be_clean",
    "note_url",
    "somebody",
    "watch",
]

#: The sandbox's mail server logs every line it receives: that is the other side, which may know.
_OTHER_SIDE = "mail.log"


class Watch:
    """Gathers what one test sends, logs, queues, asks for and stores; ``leaks`` searches it all."""

    def __init__(self) -> None:
        self.sandboxes: list[Sandbox] = []
        self.folders: list[Path] = []
        self.urls: list[str] = []
        self.log = LogKeeper()
        self.queue: Monitor | None = None
        self.forgiven = False
        self._in_files: list[Leak] = []

    def look_at_files(self, folder: Path) -> None:
        """What is there now, and may be gone at the end."""
        self._in_files += in_files(folder)

    async def look_at_database(self, url: str) -> None:
        """Every row of a PostgreSQL database as text; a SQLite file is found beside the other files."""
        async for table, row in rows_as_text(url):
            self._in_files += found_in(f"table {table}", row)

    def forgive(self) -> None:
        """Forgets all that was gathered so far: for the tests that leak on purpose."""
        self.forgiven = True
        for box in self.sandboxes:
            box.traffic.entries.clear()
            box.mailbox.messages.clear()
        self.urls.clear()
        self.log.lines.clear()
        self._in_files.clear()
        self.folders.clear()
        if self.queue is not None:
            self.queue.clear()

    def leaks(self) -> list[Leak]:
        found: list[Leak] = []
        for box in self.sandboxes:
            found += (leak for entry in box.traffic for leak in in_entry(entry))
            found += (leak for mail in box.mailbox.messages for leak in in_mail(mail))
        for url in self.urls:
            found += found_in("url", url)
        found += found_in("log", "\n".join(self.log.lines))
        if self.queue is not None:
            found += found_in("queue", "\n".join(self.queue.taken()))
        for folder in self.folders:
            found += in_files(folder)
        found += self._in_files
        return list(dict.fromkeys(found))


class LogKeeper(logging.Handler):
    """Keeps every record of every logger, as it is and as the desk's own formatter writes it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._formatter = line_formatter(on_terminal=False)
        self._before: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        extra = {key: value for key, value in record.__dict__.items() if key not in _PLAIN}
        self.lines.append(f"{record.name} {record.getMessage()} {extra!r}")
        if record.exc_info or record.name.startswith(("bot", "handlers", "jobs", "referrals", "store", "web")):
            self.lines.append(self._formatter.format(logging.makeLogRecord(record.__dict__)))

    def start(self) -> None:
        for name, level in {"": logging.DEBUG, _OTHER_SIDE: logging.WARNING}.items():
            self._before[name] = logging.getLogger(name).level
            logging.getLogger(name).setLevel(level)
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        logging.getLogger().removeHandler(self)
        for name, level in self._before.items():
            logging.getLogger(name).setLevel(level)


_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


@dataclass
class _Current:
    watch: Watch = field(default_factory=Watch)


_current = _Current()


def watch() -> Watch:
    """That of the test which runs now."""
    return _current.watch


def begin(queue: Monitor | None = None) -> Watch:
    _current.watch = Watch()
    _current.watch.queue = queue
    return _current.watch


def note_url(url: Any) -> None:
    _current.watch.urls.append(str(url))


def must_be_clean(watching: Watch) -> None:
    """Fails the test that runs, and says what has leaked where."""
    if leaks := watching.leaks():
        pytest.fail("client identity has leaked:\n" + "\n".join(str(leak) for leak in leaks), pytrace=False)
