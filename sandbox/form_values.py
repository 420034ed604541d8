"""What a person may enter in each kind of element, and how Slack writes it down. Pure."""

from __future__ import annotations

import re
from typing import Any

from sandbox.workspace import interactive

Element = dict[str, Any]
Values = dict[str, dict[str, dict[str, Any]]]

#: element type -> (field of the value, field of the initial value, what empty looks like)
_FIELDS: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "checkboxes": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def initial_values(blocks: list[dict[str, Any]]) -> Values:
    """`state.values` before anybody touched anything: every stateful element, filled or empty."""
    values: Values = {}
    for block_id, element in interactive(blocks):
        if element.get("type") in _FIELDS:
            field, initial, empty = _FIELDS[element["type"]]
            entered = {"type": element["type"], field: element.get(initial, empty)}
            values.setdefault(block_id, {})[element["action_id"]] = entered
    return values


def enter(element: Element, given: Any, offered: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The value object for what a person enters: text, an option's value, a list of them, or Slack's own shape.

    Raises LookupError for an option that is not offered, as nobody could choose it.
    """
    kind = element["type"]
    field, _, empty = _FIELDS[kind]
    if isinstance(given, dict) and field in given:
        given = given[field]
    if given is None or given == "":
        return {"type": kind, field: empty}
    if field == "selected_option":
        return {"type": kind, field: choose(element, given, offered)}
    if field == "selected_options":
        wanted = given if isinstance(given, list) else [given]
        return {"type": kind, field: [choose(element, item, offered) for item in wanted]}
    if isinstance(empty, list):
        return {"type": kind, field: list(given) if isinstance(given, list | tuple) else [given]}
    return {"type": kind, field: given if isinstance(given, dict | int) and field != "value" else str(given)}


def choose(element: Element, given: Any, offered: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The option with this value (or this option itself)."""
    options = options_of(element) + (offered or [])
    value = given.get("value") if isinstance(given, dict) else given
    for option in options:
        if option.get("value") == value:
            return option
    if isinstance(given, dict) and element["type"].endswith("external_select"):
        return given
    raise LookupError(f"{element.get('action_id')}: no option {value!r} among {[o.get('value') for o in options]}")


def options_of(element: Element) -> list[dict[str, Any]]:
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(option for group in groups for option in group["options"])]


def complaints(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """What Slack's own form refuses to send: block_id -> text beside the field."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element, block_id = block["element"], block["block_id"]
        entered = values.get(block_id, {}).get(element["action_id"], {})
        field = _FIELDS[element["type"]][0] if element["type"] in _FIELDS else "value"
        value = entered.get(field)
        if not value:
            if not block.get("optional"):
                errors[block_id] = "Please complete this required field."
            continue
        text = _complaint(element, value)
        if text:
            errors[block_id] = text
    return errors


def _complaint(element: Element, value: Any) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if len(value) < least:
            return f"Please enter at least {least} characters."
        return f"Please enter at most {most} characters." if len(value) > most else None
    if kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"https?://\S+$", value):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number_complaint(element, value)
    return None


def _number_complaint(element: Element, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a valid number."
    if not element.get("is_decimal_allowed") and number != int(number):
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number not below {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number not above {element['max_value']}."
    return None


def action_of(element: Element, block_id: str, given: Any, at: str, offered: Any = None) -> dict[str, Any]:
    """One entry of a block_actions payload's `actions`; `at` is Slack's action_ts."""
    kind = element["type"]
    action: dict[str, Any] = {"action_id": element["action_id"], "block_id": block_id, "type": kind, "action_ts": at}
    if kind in {"button", "icon_button"}:
        action["text"] = element["text"]
        action |= {key: element[key] for key in ("value", "style", "url") if key in element}
    elif kind == "overflow":
        action["selected_option"] = choose(element, given)
    elif kind in _FIELDS:
        action |= enter(element, given, offered)
    return action
