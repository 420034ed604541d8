"""What happens to views: open, push, replace, publish, close. Tells the person's page; sends nothing to the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.views import View

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Modals:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        #: What each open view's person has entered so far, by view id.
        self.entered: dict[str, dict[str, dict[str, dict[str, object]]]] = {}

    def open(self, user: str, given: View) -> View:
        """A new root view; a stack that was open is gone."""
        view = self.sandbox.views.build(given)
        self.sandbox.views.stacks[user] = [view]
        return self._told(user, "opened", view)

    def push(self, user: str, given: View) -> View:
        stack = self.sandbox.views.stack(user)
        if not stack:
            return self.open(user, given)
        view = self.sandbox.views.build(given, stack[0]["id"], stack[-1]["id"])
        stack.append(view)
        return self._told(user, "opened", view)

    def replace(self, user: str, old: View, given: View) -> View:
        """The same view id with new contents and a new hash."""
        views = self.sandbox.views
        view = views.fill(given, old["id"], old["root_view_id"], old["previous_view_id"])
        if views.homes.get(user) is old:
            views.homes[user] = view
            views.home_versions[user] = views.home_versions.get(user, 0) + 1
        else:
            stack = views.stack(user)
            stack[stack.index(old)] = view
        return self._told(user, "updated", view)

    def publish(self, user: str, given: View) -> View:
        views = self.sandbox.views
        old = views.homes.get(user)
        view = views.fill(given, old["id"], old["id"], None) if old else views.build(given)
        views.homes[user] = view
        views.home_versions[user] = views.home_versions.get(user, 0) + 1
        self.sandbox.changes.mark()
        return view

    def close(self, user: str, view: View, whole_stack: bool = False) -> None:
        """Take the view (and what stands on it) away; the one below shows again."""
        stack = self.sandbox.views.stack(user)
        index = 0 if whole_stack else stack.index(view)
        for gone in stack[index:]:
            self.entered.pop(gone["id"], None)
        del stack[index:]
        self._told(user, "closed", view)

    def _told(self, user: str, action: str, view: View) -> View:
        shown = None if action == "closed" else view
        self.sandbox.live.send(user, {"kind": "view", "action": action, "view_id": view["id"], "view": shown})
        self.sandbox.changes.mark()
        return view
