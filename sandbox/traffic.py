"""A record of everything the app sent, so that a test can look for what must never have been sent."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Entry:
    """One thing the app sent. `medium` is slack, email or sms; `at` is epoch seconds of the workspace clock."""

    at: float
    medium: str
    what: str
    sent: Any
    response: Any = None
    status: int = 200
    ms: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status < 400 and not (isinstance(self.response, dict) and self.response.get("ok") is False)


@dataclass(slots=True)
class Traffic:
    entries: list[Entry] = field(default_factory=list)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=50))

    def add(self, entry: Entry) -> Entry:
        self.entries.append(entry)
        note = entry.response.get("error", "") if isinstance(entry.response, dict) else ""
        self.note(entry.at, entry.what, entry.ok, entry.ms, note)
        return entry

    def note(self, at: float, what: str, ok: bool, ms: float, text: str = "") -> None:
        """A line for the page's log only (deliveries to the app, faults)."""
        self.log.append({"at": at, "what": what, "ok": ok, "ms": round(ms, 1), "note": text})

    def calls(self, what: str) -> list[Entry]:
        """All entries of one kind, e.g. "chat.postMessage"."""
        return [entry for entry in self.entries if entry.what == what]

    def search(self, needle: str, medium: str | None = None) -> list[str]:
        """Every place where the needle stands (case does not matter), as "#number what path"."""
        wanted = needle.casefold()
        places = []
        for number, entry in enumerate(self.entries):
            if medium is not None and entry.medium != medium:
                continue
            for path, text in _strings(entry.sent, ""):
                if wanted in text.casefold():
                    places.append(f"#{number} {entry.what} {path}")
        return places

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


def _strings(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every string with its path; JSON inside a string is opened as well, since escapes could hide a name."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield f"{path}.{key}(key)", str(key)
            yield from _strings(value, f"{path}.{key}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from _strings(value, f"{path}[{index}]")
    elif isinstance(node, bytes):
        yield path, node.decode("utf-8", "replace")
    elif isinstance(node, str):
        yield path, node
        if node[:1] in "[{" and node[-1:] in "]}":
            try:
                inner = json.loads(node)
            except ValueError:
                return
            yield from _strings(inner, path + "(json)")
    elif node is not None:
        yield path, str(node)
