"""Clients whom nobody else resembles, and the search of what leaves the house for them. For tests and for the soak.

Every part of an identity begins with ``qzx`` and ends with its number, and every phone number has Wyoming's area code,
so that one pattern finds any of them however it is written. The search knows nothing of the desk.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import unquote_plus

from sandbox.mailbox import Mail
from sandbox.traffic import Entry

#: Long enough that no random token, hash or ciphertext ever matches.
_CANARY = re.compile(r"[qQ][zZ][xX](?i:anna|annie|dottir|sson|mail|papa|note)\d{4}|307\D{0,3}555\D{0,3}01\d\d(?!\d)")
_numbers = count(1)

#: Where providers and coordinators may be told how to reach a client (DOMAIN.md P5).
WORK_DOMAIN = "@junipergrove.example.org"
#: The two mails that tell how to reach a client, by how they begin.
_TELLS = ("Thank you for accepting referral", "has no email address that we may use")


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
    """A client whom nobody else in this process has."""
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


def in_entry(entry: Entry) -> Iterator[Leak]:
    """Slack and SMS may carry nothing of a client at all; nor may the line on the page's log."""
    if entry.medium != "email":
        text = json.dumps([entry.what, entry.sent], ensure_ascii=False, default=str)
        yield from found_in(f"{entry.medium} {entry.what}", text)


def in_mail(mail: Mail) -> Iterator[Leak]:
    """Names go to the client, and contact details to work addresses; no subject tells anything."""
    headers = {name: value for name, value in mail.headers.items() if name.casefold() != "to"}
    yield from found_in(f"mail headers of {mail.subject!r}", json.dumps(headers, ensure_ascii=False))
    for url in re.findall(r"https?://[^\s\"'<>]+", mail.text + " " + mail.html):
        yield from found_in("link in a mail", url)
    to = ", ".join(mail.to)
    tells = to.endswith(WORK_DOMAIN) and any(lead in mail.text for lead in _TELLS)
    if not tells and _marks_of(mail.text + mail.html) - _marks_of(to):
        yield from found_in(f"mail to {to}", mail.text + mail.html)


def in_files(folder: Path) -> Iterator[Leak]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix == ".csv":  # what is imported is the operator's own file
            continue
        with suppress(FileNotFoundError):  # a running desk has files that come and go
            yield from found_in(f"file {path.name}", path.read_bytes().decode("latin-1"))


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _marks_of(text: str) -> set[str]:
    """Whose canaries stand in the text: each carries its client's number."""
    return {mark for found in _CANARY.finditer(text) for mark in re.findall(r"\d{4}$", found[0]) or ["?"]}
