"""Block Kit's interactive elements and composition objects: fields, lengths, counts.

Source: https://docs.slack.dev/reference/block-kit (block elements, composition objects).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.checking import ANY_TEXT, PLAIN, Check

Node = dict[str, Any]

_SINGLE = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_MULTI = {f"multi_{name}" for name in _SINGLE}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_CHOICES = {"radio_buttons", "checkboxes"}
_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"}
IN_ACTIONS = frozenset({"button", "overflow", "workflow_button"} | _SINGLE | _MULTI | _PICKERS | _CHOICES)
IN_SECTION = frozenset(IN_ACTIONS | {"image"})
IN_INPUT = frozenset(_SINGLE | _MULTI | _PICKERS | _CHOICES | _TYPED)
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})

_EXTRA: dict[str, set[str]] = {
    "button": {"url", "value", "style", "confirm", "accessibility_label"},
    "overflow": {"confirm"},
    "static_select": {"options", "option_groups", "initial_option"},
    "multi_static_select": {"options", "option_groups", "initial_options", "max_selected_items"},
    "external_select": {"initial_option", "min_query_length"},
    "multi_external_select": {"initial_options", "min_query_length", "max_selected_items"},
    "users_select": {"initial_user"},
    "multi_users_select": {"initial_users", "max_selected_items"},
    "conversations_select": {"initial_conversation", "default_to_current_conversation", "filter"},
    "multi_conversations_select": {
        "initial_conversations", "default_to_current_conversation", "filter", "max_selected_items",
    },
    "channels_select": {"initial_channel"},
    "multi_channels_select": {"initial_channels", "max_selected_items"},
    "datepicker": {"initial_date"},
    "timepicker": {"initial_time", "timezone"},
    "datetimepicker": {"initial_date_time"},
    "radio_buttons": {"initial_option"},
    "checkboxes": {"initial_options"},
    "plain_text_input": {"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"},
    "email_text_input": {"initial_value", "dispatch_action_config"},
    "url_text_input": {"initial_value", "dispatch_action_config"},
    "number_input": {"initial_value", "min_value", "max_value", "dispatch_action_config"},
    "rich_text_input": {"initial_value", "dispatch_action_config"},
    "file_input": {"filetypes", "max_files"},
    "feedback_buttons": set(),
    "icon_button": {"value", "confirm", "accessibility_label", "visible_to_user_ids"},
}  # fmt: skip
_REQUIRED: dict[str, set[str]] = {
    "button": {"text"},
    "overflow": {"options"},
    "radio_buttons": {"options"},
    "checkboxes": {"options"},
    "number_input": {"is_decimal_allowed"},
    "feedback_buttons": {"positive_button", "negative_button"},
    "icon_button": {"icon", "text"},
}
_FORMATS = {"initial_date": r"\d{4}-\d\d-\d\d", "initial_time": r"\d\d:\d\d"}


def check_element(check: Check, node: Any, at: str, allowed: frozenset[str]) -> None:
    """One element where only some types may stand."""
    if not check.obj(node, at):
        return
    kind = node.get("type")
    if kind not in allowed:
        check.fail(f"unsupported type: {kind}", f"{at}/type")
        return
    if kind == "image":
        check_image_element(check, node, at)
        return
    if kind not in _EXTRA:
        return
    optional = _EXTRA[kind] | {"action_id", "placeholder", "confirm", "focus_on_load"}
    if not check.fields(node, at, {"type"} | _REQUIRED.get(kind, set()), optional):
        return
    if "action_id" in node:
        check.string(node["action_id"], f"{at}/action_id", 255, least=1)
    if "placeholder" in node:
        check.text(node["placeholder"], f"{at}/placeholder", 150, PLAIN)
    if "confirm" in node:
        check_confirm(check, node["confirm"], f"{at}/confirm")
    for name, pattern in _FORMATS.items():
        if name in node and not re.fullmatch(pattern, str(node[name])):
            check.fail("must match the format of a date or time", f"{at}/{name}")
    special = _SPECIAL.get(kind)
    if special:
        special(check, node, at)


def check_image_element(check: Check, node: Node, at: str) -> None:
    check.fields(node, at, {"type", "alt_text"}, {"image_url", "slack_file"})
    if ("image_url" in node) == ("slack_file" in node):
        check.fail("must provide either image_url or slack_file", at)
    check.string(node.get("alt_text"), f"{at}/alt_text", 2000, least=1)


def check_confirm(check: Check, node: Any, at: str) -> None:
    if not check.obj(node, at) or not check.fields(node, at, {"title", "text"}, {"confirm", "deny", "style"}):
        return
    check.text(node["title"], f"{at}/title", 100, PLAIN)
    check.text(node["text"], f"{at}/text", 300)
    for name in ("confirm", "deny"):
        if name in node:
            check.text(node[name], f"{at}/{name}", 30, PLAIN)
    if "style" in node:
        check.one_of(node["style"], f"{at}/style", {"primary", "danger"})


def check_option(check: Check, node: Any, at: str, mrkdwn: bool = False, url: bool = False) -> None:
    """An option: text 75, value 150, description 75; mrkdwn only for radio buttons and checkboxes."""
    if not check.obj(node, at):
        return
    if not check.fields(node, at, {"text", "value"}, {"description", "url"} if url else {"description"}):
        return
    kinds = ANY_TEXT if mrkdwn else PLAIN
    check.text(node["text"], f"{at}/text", 75, kinds)
    check.string(node["value"], f"{at}/value", 150)
    if "description" in node:
        check.text(node["description"], f"{at}/description", 75, kinds)


def _button(check: Check, node: Node, at: str) -> None:
    check.text(node["text"], f"{at}/text", 75, PLAIN)
    if "value" in node:
        check.string(node["value"], f"{at}/value", 2000)
    if "url" in node:
        check.string(node["url"], f"{at}/url", 3000, least=1)
    if "style" in node:
        check.one_of(node["style"], f"{at}/style", {"primary", "danger"})
    if "accessibility_label" in node:
        check.string(node["accessibility_label"], f"{at}/accessibility_label", 75)


def _overflow(check: Check, node: Node, at: str) -> None:
    # Two at least: Slack's guidance for menus, and with one a button says more.
    for index, option in enumerate(check.items(node["options"], f"{at}/options", 5, least=2)):
        check_option(check, option, f"{at}/options/{index}", url=True)


def _choices(check: Check, node: Node, at: str) -> None:
    options = check.items(node["options"], f"{at}/options", 10)
    for index, option in enumerate(options):
        check_option(check, option, f"{at}/options/{index}", mrkdwn=True)
    _initial(check, node, at, options)


def _static(check: Check, node: Node, at: str) -> None:
    if ("options" in node) == ("option_groups" in node):
        check.fail("must provide either options or option_groups", at)
        return
    known: list[Any] = []
    if "options" in node:
        known = check.items(node["options"], f"{at}/options", 100)
        for index, option in enumerate(known):
            check_option(check, option, f"{at}/options/{index}")
    else:
        for number, group in enumerate(check.items(node["option_groups"], f"{at}/option_groups", 100)):
            place = f"{at}/option_groups/{number}"
            if check.obj(group, place) and check.fields(group, place, {"label", "options"}, ()):
                check.text(group["label"], f"{place}/label", 75, PLAIN)
                inner = check.items(group["options"], f"{place}/options", 100)
                known = known + inner
                for index, option in enumerate(inner):
                    check_option(check, option, f"{place}/options/{index}")
    values = [option.get("value") for option in known if isinstance(option, dict)]
    if len(values) != len(set(map(str, values))):
        check.fail("option values must be unique", at)
    _initial(check, node, at, known)


def _initial(check: Check, node: Node, at: str, known: list[Any]) -> None:
    if "initial_option" in node and node["initial_option"] not in known:
        check.fail("initial_option must match one of the options", f"{at}/initial_option")
    for index, option in enumerate(node.get("initial_options") or []):
        if option not in known:
            check.fail("initial_options must match the options", f"{at}/initial_options/{index}")


def _plain_input(check: Check, node: Node, at: str) -> None:
    least, most = node.get("min_length", 0), node.get("max_length", 3000)
    if not isinstance(least, int) or not 0 <= least <= 3000:
        check.fail("must be between 0 and 3000", f"{at}/min_length")
    if not isinstance(most, int) or not 1 <= most <= 3000:
        check.fail("must be between 1 and 3000", f"{at}/max_length")
    elif "initial_value" in node:
        check.string(node["initial_value"], f"{at}/initial_value", most)


def _feedback(check: Check, node: Node, at: str) -> None:
    for name in ("positive_button", "negative_button"):
        place = f"{at}/{name}"
        if check.obj(node[name], place) and check.fields(node[name], place, {"text", "value"}, {"accessibility_label"}):
            check.text(node[name]["text"], f"{place}/text", 75, PLAIN)
            check.string(node[name]["value"], f"{place}/value", 2000)


_SPECIAL: dict[str, Callable[[Check, Node, str], None]] = {
    "button": _button,
    "overflow": _overflow,
    "radio_buttons": _choices,
    "checkboxes": _choices,
    "static_select": _static,
    "multi_static_select": _static,
    "plain_text_input": _plain_input,
    "feedback_buttons": _feedback,
}
