"""What a person does, carried to the app and its answer shown: clicks, forms, commands, Home.

Speaks ids and Slack's own shapes; the friendly face for tests is `people.py`, the page's is `ui.py`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sandbox import form_values, payloads
from sandbox.answer import Answer
from sandbox.block_rules import MODAL
from sandbox.command_text import escape_command
from sandbox.delivery import AppAnswer
from sandbox.response_urls import respond
from sandbox.slack_error import SlackError
from sandbox.views import View, check_view
from sandbox.workspace import Channel, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

TROUBLE = "We had some trouble connecting. Try again?"


class Interactions:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._offered: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def offered(self, user: str, action_id: str) -> list[dict[str, Any]]:
        """The options that the app last suggested to this person for an external select."""
        return self._offered.get((user, action_id), [])

    async def click_message(
        self, user: User, message: Message, element: dict[str, Any], block_id: str, given: Any, values: Any = None
    ) -> Answer:
        box = self.sandbox
        state = form_values.initial_values(message.blocks)
        _merge(state, values)
        offered = self.offered(user.id, element["action_id"])
        action = form_values.action_of(element, block_id, given, box.workspace.clock.next_ts(), offered)
        _record(state, block_id, action)
        payload = payloads.message_action(box, user, message, action, state, box.views.trigger(user.id))
        return await self._act(user, payload)

    async def click_view(
        self, user: User, view: View, element: dict[str, Any], block_id: str, given: Any, values: Any = None
    ) -> Answer:
        """A click in a modal or on Home; what was entered so far goes along and is remembered."""
        box = self.sandbox
        state = self._state(view, values)
        offered = self.offered(user.id, element["action_id"])
        action = form_values.action_of(element, block_id, given, box.workspace.clock.next_ts(), offered)
        _record(state, block_id, action)
        box.modals.entered[view["id"]] = state
        payload = payloads.view_action(box, user, view, action, state, box.views.trigger(user.id, view["id"]))
        return await self._act(user, payload)

    async def _act(self, user: User, payload: dict[str, Any]) -> Answer:
        since = self._now(user)
        if not self.sandbox.config.manifest.interactivity:
            return Answer(False, error="interactivity_disabled")
        answer = await self.sandbox.delivery.interaction(payload)
        if not answer.ok:
            self.sandbox.live.notice(user.id, self._trouble(answer))
        return self._shown(user, answer, since)

    def _trouble(self, answer: AppAnswer) -> str:
        name = self.sandbox.config.manifest.name
        if answer.error == "operation_timeout":
            return f"{name} did not respond within {self.sandbox.config.answer_seconds:g} s: operation timed out"
        return f"{name} could not be reached or failed ({answer.error}, HTTP {answer.status or 'none'})"

    async def submit(self, user: User, view: View, values: Any) -> Answer:
        """Send a modal's form. Slack's own checks come first and keep an incomplete form here."""
        box = self.sandbox
        state = self._state(view, values)
        box.modals.entered[view["id"]] = state
        errors = form_values.complaints(view["blocks"], state)
        if errors:
            return Answer(False, errors=errors, error="incomplete")
        since = self._now(user)
        trigger = box.views.trigger(user.id, view["id"])
        answer = await box.delivery.interaction(payloads.submission(box, user, view, state, trigger), accepts=True)
        if not answer.ok:
            box.live.notice(user.id, f"{TROUBLE} ({answer.error})")
            return self._shown(user, answer, since)
        return self._submitted(user, view, answer, since)

    def _submitted(self, user: User, view: View, answer: AppAnswer, since: tuple[str, str]) -> Answer:
        box, body = self.sandbox, answer.body
        action = body.get("response_action") if isinstance(body, dict) else None
        errors: dict[str, str] = {}
        problem: str | None = None
        if body in (None, "", {}):
            if view in box.views.stack(user.id):
                box.modals.close(user.id, view)
        elif action == "clear":
            box.modals.close(user.id, view, whole_stack=True)
        elif action == "errors":
            errors = body.get("errors") or {}
            known = {b.get("block_id") for b in view["blocks"] if b.get("type") == "input"}
            if not errors or not set(errors) <= known:
                problem = "invalid_errors"
        elif action in {"update", "push"}:
            problem = self._next_view(user, view, action, body.get("view"))
        else:
            problem = "invalid_response"
        if problem:
            box.live.notice(user.id, f"{TROUBLE} ({problem})")
        shown = self._shown(user, answer, since)
        shown.ok = shown.ok and not errors and problem is None
        shown.errors, shown.error = errors, shown.error or problem
        shown.closed = view["id"] not in {v["id"] for v in box.views.stack(user.id)}
        return shown

    def _next_view(self, user: User, view: View, action: str, given: Any) -> str | None:
        wrong = check_view(given, MODAL)
        if wrong:
            return "invalid_view: " + "; ".join(wrong)
        if action == "update":
            self.sandbox.modals.replace(user.id, view, given)
        elif len(self.sandbox.views.stack(user.id)) >= 3:
            return "push_limit_reached"
        else:
            self.sandbox.modals.push(user.id, given)
        return None

    async def close(self, user: User, view: View, whole_stack: bool = False) -> Answer:
        """Cancel; the app hears of it only when the view asked to be notified."""
        box, since = self.sandbox, self._now(user)
        state = self._state(view, None)
        clear = whole_stack or view["clear_on_close"]
        box.modals.close(user.id, view, clear)
        if not view["notify_on_close"]:
            return Answer(True, closed=True)
        shown = view | {"state": {"values": state}}
        answer = await box.delivery.interaction(payloads.closed(box, user, shown, clear))
        return self._shown(user, answer, since)

    async def suggest(
        self, user: User, block_id: str, action_id: str, typed: str, *, view: View | None, message: Message | None
    ) -> list[dict[str, Any]]:
        """The options of an external select for what was typed; remembered, so that one can be chosen."""
        box = self.sandbox
        asked = payloads.suggestion(box, user, block_id, action_id, typed, view=view, message=message)
        answer = await box.delivery.interaction(asked, accepts=True)
        body = answer.body if isinstance(answer.body, dict) else {}
        options = list(body.get("options") or [])
        for group in body.get("option_groups") or []:
            options.extend(group.get("options", []))
        if not answer.ok:
            box.live.notice(user.id, self._trouble(answer))
        self._offered[user.id, action_id] = options
        return options

    async def command(self, user: User, channel: Channel, line: str) -> Answer:
        box, since = self.sandbox, self._now(user)
        name, _, text = line.strip().partition(" ")
        known = next((c for c in box.config.manifest.commands if c.name == name), None)
        if known is None or user.team_id != box.workspace.team_id:
            box.live.notice(user.id, f"{name} is not a valid command.")
            return Answer(False, error="unknown_command")
        if channel.is_im and box.config.manifest.messages_tab_read_only:
            box.live.notice(user.id, "Sending messages to this app has been turned off.")
            return Answer(False, error="messages_tab_read_only")
        text = escape_command(text.strip(), box.workspace) if known.should_escape else text.strip()
        answer = await box.delivery.command(payloads.command_form(box, user, channel, name, text))
        problem = answer.error
        if answer.ok and answer.body not in (None, ""):
            given = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            try:
                if given:
                    respond(box, channel.id, user.id, given, None)
            except SlackError as error:
                problem = f"invalid_command_response: {error.error}"
        shown = self._shown(user, answer, since)
        if problem:
            box.live.notice(user.id, f"{name} failed with the error “{problem}”")
            shown.ok, shown.error = False, problem
        return shown

    async def open_home(self, user: User) -> Answer:
        """app_home_opened, then a short wait for the view to be published (again)."""
        box, started = self.sandbox, time.monotonic()
        before = box.views.home_versions.get(user.id, 0)
        dm, _ = box.workspace.open_dm(user.id, box.config.bot_user_id)
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": dm.id,
            "tab": "home",
            "event_ts": box.workspace.clock.next_ts(),
        }
        if user.id in box.views.homes:
            event["view"] = box.views.homes[user.id]
        answer = await box.delivery.event(event)
        deadline = time.monotonic() + box.config.home_wait_seconds
        while answer is not None and box.views.home_versions.get(user.id, 0) == before:
            if not await box.changes.next(deadline - time.monotonic()):
                break
        ok = answer is not None and answer.ok
        error = None if ok else answer.error if answer else "not_subscribed"
        return Answer(ok, 200 if ok else 0, time.monotonic() - started, error, view=box.views.homes.get(user.id))

    def _state(self, view: View, values: Any) -> dict[str, Any]:
        """Initial values, over them what was entered before, over them what is given now."""
        state = form_values.initial_values(view["blocks"])
        for given in (self.sandbox.modals.entered.get(view["id"]), values):
            _merge(state, given)
        return state

    def _now(self, user: User) -> tuple[str, str]:
        stack = self.sandbox.views.stack(user.id)
        return self.sandbox.workspace.clock.next_ts(), stack[-1]["hash"] if stack else ""

    def _shown(self, user: User, answer: AppAnswer, since: tuple[str, str]) -> Answer:
        stack = self.sandbox.views.stack(user.id)
        top = stack[-1] if stack else None
        return Answer(
            ok=answer.ok,
            status=answer.status,
            elapsed=answer.elapsed,
            error=answer.error,
            ephemerals=self.sandbox.ephemerals_since(user.id, since[0]),
            view=top if top and top["hash"] != since[1] else None,
        )


def _merge(state: dict[str, Any], given: Any) -> None:
    for block_id, actions in (given or {}).items():
        for action_id, value in actions.items():
            if action_id in state.get(block_id, {}):
                state[block_id][action_id] = value


def _record(state: dict[str, Any], block_id: str, action: dict[str, Any]) -> None:
    """A choice made in the element itself is part of the state it is sent with."""
    if action["action_id"] in state.get(block_id, {}):
        kept = {k: v for k, v in action.items() if k not in {"action_id", "block_id", "action_ts"}}
        state[block_id][action["action_id"]] = kept
