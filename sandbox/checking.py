"""The notebook of a Block Kit check: what is wrong, and where, in Slack's own words. Knows no block."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

PLAIN = frozenset({"plain_text"})
MRKDWN = frozenset({"mrkdwn"})
ANY_TEXT = PLAIN | MRKDWN
_TEXT_FIELDS = {
    "plain_text": frozenset({"type", "text", "emoji"}),
    "mrkdwn": frozenset({"type", "text", "verbatim"}),
}


@dataclass(slots=True)
class Check:
    """Collects complaints as Slack words them, each ending in its JSON pointer."""

    errors: list[str] = field(default_factory=list)

    def fail(self, what: str, at: str) -> None:
        self.errors.append(f"{what} [json-pointer:{at}]")

    def obj(self, node: Any, at: str) -> bool:
        if not isinstance(node, dict):
            self.fail("must provide an object", at)
            return False
        return True

    def fields(self, node: dict[str, Any], at: str, required: Collection[str], optional: Collection[str]) -> bool:
        """Complain of what is missing and of what is not known; False when something required is missing."""
        missing = [name for name in required if node.get(name) is None]
        for name in missing:
            self.fail(f"missing required field: {name}", at)
        for name in node:
            if name not in required and name not in optional:
                self.fail(f"invalid additional property: {name}", at)
        return not missing

    def string(self, node: Any, at: str, most: int, least: int = 0) -> bool:
        if not isinstance(node, str):
            self.fail("must be a string", at)
            return False
        if len(node) < least:
            self.fail(f"must be more than {least - 1} characters", at)
            return False
        if len(node) > most:
            self.fail(f"must be less than {most + 1} characters", at)
            return False
        return True

    def text(self, node: Any, at: str, most: int, kinds: frozenset[str] = ANY_TEXT) -> bool:
        """A text object of an allowed kind with 1 to `most` characters."""
        if not self.obj(node, at):
            return False
        kind = node.get("type")
        if kind not in kinds:
            self.fail(f"unsupported type: {kind}; expected {' or '.join(sorted(kinds))}", f"{at}/type")
            return False
        for name in node:
            if name not in _TEXT_FIELDS[kind]:
                self.fail(f"invalid additional property: {name}", at)
        if "text" not in node:
            self.fail("missing required field: text", at)
            return False
        return self.string(node["text"], f"{at}/text", most, least=1)

    def items(self, node: Any, at: str, most: int, least: int = 1) -> list[Any]:
        """The list's items, or none when it is no list; complains of too few and too many."""
        if not isinstance(node, list):
            self.fail("must be an array", at)
            return []
        if len(node) < least:
            self.fail(f"no fewer than {least} items allowed", at)
        if len(node) > most:
            self.fail(f"no more than {most} items allowed", at)
        return node

    def one_of(self, node: Any, at: str, allowed: Collection[str]) -> None:
        if node not in allowed:
            self.fail(f"must be a valid enum value: {', '.join(sorted(allowed))}", at)

    def boolean(self, node: Any, at: str) -> None:
        if not isinstance(node, bool):
            self.fail("must be a boolean", at)
