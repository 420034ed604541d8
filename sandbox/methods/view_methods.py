"""views.open, push, update, publish. None of them takes a scope."""

from __future__ import annotations

import time
from typing import Any

from sandbox.block_rules import HOME, MODAL
from sandbox.content import parse_json
from sandbox.methods.call import Call, Method
from sandbox.slack_error import SlackError, invalid
from sandbox.views import MOST_VIEWS, Trigger, View, check_view, too_large


def _view(call: Call, kind: str) -> View:
    given = call.args.get("view")
    if not given:
        raise invalid("invalid_arguments", ["missing required field: view"])
    view = parse_json(given, "invalid_arguments")
    if isinstance(view, dict) and too_large(view):
        raise SlackError("view_too_large")
    complaints = check_view(view, kind)
    if complaints:
        raise invalid("invalid_arguments", complaints)
    external = view.get("external_id")
    found = call.sandbox.views.find(external_id=external) if external else None
    if found and found[1]["id"] != call.text("view_id") and external != call.text("external_id"):
        raise SlackError("duplicate_external_id")
    result: View = view
    return result


def _exchange(call: Call) -> Trigger:
    """The trigger, marked as used; 3 s on the real clock, once."""
    given = call.text("trigger_id") or call.text("interactivity_pointer")
    if not given:
        raise invalid("invalid_arguments", ["missing required field: trigger_id"])
    trigger = call.sandbox.views.triggers.get(given)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.exchanged:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() - trigger.made > call.sandbox.config.trigger_seconds:
        raise SlackError("expired_trigger_id")
    trigger.exchanged = True
    return trigger


async def open_view(call: Call) -> dict[str, Any]:
    given = _view(call, MODAL)
    trigger = _exchange(call)
    return {"view": call.sandbox.modals.open(trigger.user, given)}


async def push(call: Call) -> dict[str, Any]:
    """Only an interaction inside an open modal can push; at most three views stand on a stack."""
    given = _view(call, MODAL)
    trigger = _exchange(call)
    stack = call.sandbox.views.stack(trigger.user)
    if trigger.view_id is None or not stack:
        raise SlackError("invalid_trigger_id")
    if len(stack) >= MOST_VIEWS:
        raise SlackError("push_limit_reached")
    return {"view": call.sandbox.modals.push(trigger.user, given)}


async def update(call: Call) -> dict[str, Any]:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise invalid("invalid_arguments", ["missing required field: view_id or external_id"])
    found = call.sandbox.views.find(view_id or None, external_id or None)
    if found is None:
        raise SlackError("not_found")
    user, old = found
    given = _view(call, MODAL if old["type"] == "modal" else HOME)
    _same_hash(call, old)
    return {"view": call.sandbox.modals.replace(user, old, given)}


async def publish(call: Call) -> dict[str, Any]:
    if not call.sandbox.config.manifest.home_tab:
        raise SlackError("not_enabled")
    user = call.required("user_id")
    given = _view(call, HOME)
    if user not in call.sandbox.workspace.users:
        raise invalid("invalid_arguments", ["invalid `user_id`"])
    old = call.sandbox.views.homes.get(user)
    if old is not None:
        _same_hash(call, old)
    return {"view": call.sandbox.modals.publish(user, given)}


def _same_hash(call: Call, old: View) -> None:
    given = call.text("hash")
    if given and given != old["hash"]:
        raise SlackError("hash_conflict")


METHODS = (
    Method("views.open", open_view, tier="tier4"),
    Method("views.push", push, tier="tier4"),
    Method("views.update", update, tier="tier4"),
    Method("views.publish", publish, tier="tier4"),
)
