"""Gathers everything that leaves the house while a test runs, and searches it for clients' identities, and for the
practice next door.

The clients and their search are those of bench/canaries.py, the neighbour's marks those of tests/neighbour.py. This
knows nothing of the desk: it reads what a Watch has.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.canaries import Identity, Leak, found_in, in_entry, in_files, in_mail, somebody
from bot.logs import line_formatter
from sandbox.server import Sandbox
from tests import neighbour
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
    "must_not_show_the_neighbour",
    "note_page",
    "note_url",
    "note_workspace",
    "somebody",
    "watch",
]

#: The sandbox's mail server logs every line it receives: that is the other side, which may know.
_OTHER_SIDE = "mail.log"


class Watch:
    """Gathers what one test sends, logs, queues, asks for and stores; ``leaks`` searches it all."""

    def __init__(self) -> None:
        self.sandboxes: list[Sandbox] = []
        self.workspaces: list[Sandbox] = []  # all that were started; those above are searched for clients as well
        self.pages: list[str] = []
        self.visited_next_door = False  # a test that goes there on purpose looks for itself at what it is shown
        self.folders: list[Path] = []
        self.urls: list[str] = []
        self.log = LogKeeper()
        self.queue: Monitor | None = None
        self.forgiven = False
        self._in_files: list[Leak] = []
        self._told: list[str] = []

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
        self._told.clear()
        if self.queue is not None:
            self.queue.clear()

    def strays(self) -> list[Leak]:
        """Where the practice next door shows."""
        found: list[Leak] = []
        for box in self.workspaces:
            for entry in box.traffic:
                sent = json.dumps([entry.what, entry.sent], ensure_ascii=False, default=str)
                found += _next_door(f"{entry.medium} {entry.what}", sent, neighbour.PRACTICE_ID)
            for mail in box.mailbox.messages:
                text = json.dumps([mail.subject, mail.text, mail.html, dict(mail.headers)], ensure_ascii=False)
                found += _next_door(f"mail {mail.subject!r}", text, neighbour.PRACTICE_ID)
        for page in self.pages:
            found += _next_door("page", page, neighbour.PRACTICE_ID)
        for url in self.urls:
            found += _next_door("url", url, neighbour.PRACTICE_ID)
        # What SQLite is asked names the rows of every practice: the sweep and the auditor go through all of them.
        said = [line for line in self.log.lines if not line.startswith("aiosqlite ")]
        found += _next_door("log", "\n".join(said))
        found += _next_door("queue", self._queued())
        return list(dict.fromkeys(found))

    def _queued(self) -> str:
        """All that the queue was told so far: it tells each thing once."""
        if self.queue is not None:
            self._told += self.queue.taken()
        return "\n".join(self._told)

    def leaks(self) -> list[Leak]:
        found: list[Leak] = []
        for box in self.sandboxes:
            found += (leak for entry in box.traffic for leak in in_entry(entry))
            found += (leak for mail in box.mailbox.messages for leak in in_mail(mail))
        for url in self.urls:
            found += found_in("url", url)
        found += found_in("log", "\n".join(self.log.lines))
        found += found_in("queue", self._queued())
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


def note_page(text: str) -> None:
    """What somebody was answered over HTTP."""
    _current.watch.pages.append(text)


def note_workspace(box: Sandbox) -> None:
    _current.watch.workspaces.append(box)


def must_not_show_the_neighbour(watching: Watch, changes: list[str]) -> None:
    """``changes``: to its rows. Fails the test that runs."""
    found = changes if watching.visited_next_door else changes + [str(leak) for leak in watching.strays()]
    if found:
        pytest.fail("the practice next door was met:\n" + "\n".join(found), pytrace=False)


def _next_door(where: str, text: str, *more: str) -> Iterator[Leak]:
    """``more``: what may not stand there either."""
    spans = [match.span() for match in neighbour.CANARY.finditer(text)]
    spans += [(at, at + len(one)) for one in more if (at := text.find(one)) >= 0]
    for start, end in spans:
        yield Leak(where, f"{text[start:end]!r} in …{text[max(0, start - 60) : end + 20]!r}…")


def must_be_clean(watching: Watch) -> None:
    """Fails the test that runs, and says what has leaked where."""
    if leaks := watching.leaks():
        pytest.fail("client identity has leaked:\n" + "\n".join(str(leak) for leak in leaks), pytrace=False)
