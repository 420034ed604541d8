"""Clients whom nobody else resembles, and the search of everything that leaves the house for them.

Every part of an identity begins with ``qzx`` and ends with its number, and every phone number has Wyoming's area code,
so that one pattern finds any of them however it is written.
The search knows nothing of the desk: it reads what a Watch has gathered.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from bot.logs import line_formatter
from sandbox.server import Sandbox
from tests.engines import rows_as_text
from tests.queue_monitor import Monitor

#: Long enough that no random token, hash or ciphertext ever matches.
_CANARY = re.compile(r"[qQ][zZ][xX](?i:anna|annie|dottir|sson|mail|papa|note)\d{4}|307\D{0,3}555\D{0,3}01\d\d(?!\d)")
_numbers = count(1)

#: Where providers and coordinators may be told how to reach a client (DOMAIN.md P5).
WORK_DOMAIN = "@junipergrove.example.org"
#: The two mails that tell how to reach a client, by how they begin.
_TELLS = ("Thank you for accepting referral", "has no email address that we may use")
#: The sandbox's mail server logs every line it receives: that is the other side, which may know.
_OTHER_SIDE = "mail.log"


@dataclass(frozen=True, slots=True)
class Identity:
    """One client. ``phone`` is E.164, of the numbers that nobody has (555-01xx)."""

    name: str
    preferred_name: str
    email: str
    phone: str
    guardian: str
    notes: str


def somebody() -> Identity:
    """A client whom no other test has."""
    number = next(_numbers)
    mark = f"{number:04d}"
    return Identity(
        name=f"Qzxanna{mark} Qzxdottir{mark}-Qzxsson{mark}",
        preferred_name=f"Qzxannie{mark}",
        email=f"qzxmail{mark}@clients.example.net",
        phone=f"+1307555{100 + number % 100:04d}",
        guardian=f"Qzxpapa{mark} Qzxsson{mark}",
        notes=f"Please ring after six, said qzxnote{mark}.",
    )


@dataclass(frozen=True, slots=True)
class Leak:
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def found_in(where: str, text: str) -> Iterator[Leak]:
    """Canaries in a text, also when it is escaped as in an address or in JSON."""
    versions = [text]
    if "%" in text:
        versions.append(unquote_plus(text))
    if "\\u" in text:
        versions.append(_unescaped(text))
    for version in versions:
        for match in _CANARY.finditer(version):
            around = version[max(0, match.start() - 60) : match.end() + 20]
            yield Leak(where, f"{match[0]!r} in …{around!r}…")


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


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
        self._in_files += _in_files(folder)

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
            found += _in_traffic(box)
            found += _in_mail(box)
        for url in self.urls:
            found += found_in("url", url)
        found += found_in("log", "\n".join(self.log.lines))
        if self.queue is not None:
            found += found_in("queue", "\n".join(self.queue.taken()))
        for folder in self.folders:
            found += _in_files(folder)
        found += self._in_files
        return list(dict.fromkeys(found))


def _in_traffic(box: Sandbox) -> Iterator[Leak]:
    """Slack and SMS may carry nothing of a client at all; nor may the line on the page's log."""
    for entry in box.traffic:
        if entry.medium != "email":
            text = json.dumps([entry.what, entry.sent], ensure_ascii=False, default=str)
            yield from found_in(f"{entry.medium} {entry.what}", text)


def _in_mail(box: Sandbox) -> Iterator[Leak]:
    """Names go to the client, and contact details to work addresses; no subject tells anything."""
    for mail in box.mailbox.messages:
        headers = {name: value for name, value in mail.headers.items() if name.casefold() != "to"}
        yield from found_in(f"mail headers of {mail.subject!r}", json.dumps(headers, ensure_ascii=False))
        for url in re.findall(r"https?://[^\s\"'<>]+", mail.text + " " + mail.html):
            yield from found_in("link in a mail", url)
        to = ", ".join(mail.to)
        tells = to.endswith(WORK_DOMAIN) and any(lead in mail.text for lead in _TELLS)
        theirs = _marks_of(to)
        if not tells and _marks_of(mail.text + mail.html) - theirs:
            yield from found_in(f"mail to {to}", mail.text + mail.html)


def _marks_of(text: str) -> set[str]:
    """Whose canaries stand in the text: each carries its client's number."""
    return {mark for found in _CANARY.finditer(text) for mark in re.findall(r"\d{4}$", found[0]) or ["?"]}


def _in_files(folder: Path) -> Iterator[Leak]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix == ".csv":  # what is imported is the operator's own file
            continue
        with suppress(FileNotFoundError):  # a running desk has files that come and go
            yield from found_in(f"file {path.name}", path.read_bytes().decode("latin-1"))


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
