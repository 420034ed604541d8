"""Views: the rules of a modal or Home view, the stack each person sees, and the triggers that open one."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.block_rules import HOME, MODAL, check_blocks, size_of, with_ids
from sandbox.checking import PLAIN, Check

View = dict[str, Any]
MOST_VIEWS = 3
MOST_VIEW_BYTES = 250_000
_COMMON = {"private_metadata", "callback_id", "external_id"}
_MODAL_ONLY = {"close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"}


def check_view(view: Any, kind: str) -> list[str]:
    """What is wrong with a view given to views.open, push, update or publish, in Slack's words."""
    check = Check()
    if not check.obj(view, "/view"):
        return check.errors
    if view.get("type") != kind:
        check.fail(f"must be a valid enum value: {kind}", "/view/type")
        return check.errors
    required = {"type", "blocks"} | ({"title"} if kind == MODAL else set())
    # Home views may carry what modals carry; Slack drops it without a word.
    if not check.fields(view, "/view", required, _COMMON | _MODAL_ONLY | {"title"}):
        return check.errors
    if kind == MODAL:
        for name in ("title", "submit", "close"):
            if view.get(name) is not None:
                check.text(view[name], f"/view/{name}", 24, PLAIN)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if view.get(name) is not None:
            check.string(view[name], f"/view/{name}", most)
    if not isinstance(view["blocks"], list):
        check.fail("must be an array", "/view/blocks")
        return check.errors
    check_blocks(check, view["blocks"], "/view/blocks", MODAL if kind == MODAL else HOME)
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in view["blocks"])
    if kind == MODAL and has_input and not view.get("submit"):
        check.fail("must define `submit` to use an `input` block in modals", "/view/submit")
    return check.errors


def too_large(view: View) -> bool:
    return size_of(view) > MOST_VIEW_BYTES


@dataclass(slots=True)
class Trigger:
    user: str
    made: float
    exchanged: bool = False
    view_id: str | None = None


@dataclass(slots=True)
class Views:
    """Modal stacks and Home views per person. Ids and hashes are made here."""

    team_id: str
    app_id: str
    bot_id: str
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    home_versions: dict[str, int] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    _made: int = 0

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A trigger_id for one interaction; the caller of views.open has 3 s (real clock) and one use."""
        now = time.monotonic()
        for old in [key for key, item in self.triggers.items() if now - item.made > 60]:
            del self.triggers[old]
        trigger_id = f"{int(time.time() * 1000)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(user, now, view_id=view_id)
        return trigger_id

    def build(self, given: View, root: str | None = None, previous: str | None = None) -> View:
        """The view as Slack stores and returns it."""
        self._made += 1
        view_id = f"V{self._made:08d}"
        return self.fill(given, view_id, root or view_id, previous)

    def fill(self, given: View, view_id: str, root: str, previous: str | None) -> View:
        view: View = {
            "id": view_id,
            "team_id": self.team_id,
            "type": given["type"],
            "blocks": with_ids(given["blocks"]),
            "private_metadata": given.get("private_metadata") or "",
            "callback_id": given.get("callback_id") or "",
            "external_id": given.get("external_id") or "",
            "state": {"values": {}},
            "hash": f"{time.time():.0f}.{secrets.token_hex(4)}",
            "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(given.get("clear_on_close", False)),
            "notify_on_close": bool(given.get("notify_on_close", False)),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": previous,
            "root_view_id": root,
            "app_id": self.app_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }
        return view

    def stack(self, user: str) -> list[View]:
        return self.stacks.setdefault(user, [])

    def find(self, view_id: str | None = None, external_id: str | None = None) -> tuple[str, View] | None:
        """(user, view) of an open modal or a published Home."""
        for user, stack in self.stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, view
        for user, view in self.homes.items():
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return user, view
        return None
