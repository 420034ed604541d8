"""A form that was sent in vain or too late: it stays as it was filled in, and says what has happened. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from .layout import section
from .message import Block

_SAID = "form.said"
#: Where a field's state has what was entered, and where the field takes it from:
#: https://docs.slack.dev/reference/views/#state and /reference/block-kit/block-elements.
_FIELDS = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
}
_OF_VIEW = ("callback_id", "title", "submit", "close", "private_metadata")


def kept_form(view: Mapping[str, Any], words: str) -> dict[str, Any] | None:
    """The form as it was sent, with ``words`` (escaped) above it; None for one in which nothing can be entered.

    ``view``: as Slack sent it.
    """
    blocks = view.get("blocks")
    shown = [block for block in (blocks if isinstance(blocks, list) else ()) if isinstance(block, dict)]
    if not any(block.get("type") == "input" for block in shown):
        return None
    said = {**section(f":warning: {words}"), "block_id": _SAID}
    kept = [said, *_filled_in((block for block in shown if block.get("block_id") != _SAID), _values(view))]
    return {"type": "modal", "blocks": kept, **{name: view[name] for name in _OF_VIEW if view.get(name)}}


def _filled_in(blocks: Iterable[Block], values: Mapping[str, Any]) -> Iterable[Block]:
    for block in blocks:
        element = block.get("element")
        if block.get("type") != "input" or not isinstance(element, dict):
            yield block
            continue
        entered = _table(_table(values.get(str(block.get("block_id")))).get(str(element.get("action_id"))))
        initial = {name: entered[field] for field, name in _FIELDS.items() if entered.get(field)}
        fresh = {name: value for name, value in element.items() if name not in _FIELDS.values()}
        yield block | {"element": fresh | initial}


def _values(view: Mapping[str, Any]) -> Mapping[str, Any]:
    return _table(_table(view.get("state")).get("values"))


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
