"""Block Kit's limits as a table: what Slack takes, and where it points when it does not."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.block_rules import HOME, MESSAGE, MODAL, check_blocks
from sandbox.checking import Check
from sandbox.views import check_view
from tests.sandbox.conftest import actions, button, modal, section, text_input


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str = "An option", **more: Any) -> dict[str, Any]:
    return {"text": plain(text), "value": value, **more}


def select(count: int = 2, **more: Any) -> dict[str, Any]:
    options = [option(str(n)) for n in range(count)]
    return {"type": "static_select", "action_id": "choice", "options": options, **more}


def overflow(count: int) -> dict[str, Any]:
    return {"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(count)]}


def confirm(**more: Any) -> dict[str, Any]:
    return {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No"), **more}


def field(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": "f", "label": plain("Label"), "element": element, **more}


CHART = {
    "type": "data_visualization",
    "title": "By month",
    "chart": {
        "type": "bar",
        "series": [{"name": "Accepted", "data": [{"label": "May", "value": 3}, {"label": "June", "value": 5}]}],
        "axis_config": {"categories": ["May", "June"]},
    },
}
TABLE = {
    "type": "data_table",
    "caption": "Open referrals",
    "rows": [
        [{"type": "raw_text", "text": "Code"}, {"type": "raw_text", "text": "Age"}],
        [{"type": "raw_text", "text": "R-1"}, {"type": "raw_number", "value": 3, "text": "3"}],
    ],
}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hello"}]}],
}
ALERT = {"type": "alert", "text": {"type": "mrkdwn", "text": "Careful"}, "level": "warning"}
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "useful",
            "positive_button": {"text": plain("Yes"), "value": "y"},
            "negative_button": {"text": plain("No"), "value": "n"},
        }
    ],
}
PICKERS = actions(
    {"type": "datepicker", "action_id": "day", "initial_date": "2026-05-01"},
    {"type": "timepicker", "action_id": "time", "initial_time": "09:30"},
    {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
    {"type": "external_select", "action_id": "ext", "min_query_length": 2},
)

ACCEPTED = [
    (MESSAGE, section("x" * 3000)),
    (MESSAGE, {"type": "section", "fields": [{"type": "mrkdwn", "text": "y" * 2000}] * 10}),
    (MESSAGE, {"type": "header", "text": plain("h" * 150)}),
    (MESSAGE, {"type": "divider"}),
    (MESSAGE, {"type": "context", "elements": [{"type": "mrkdwn", "text": "c"}, plain("d")]}),
    (MESSAGE, {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A tree"}),
    (MESSAGE, {"type": "markdown", "text": "# Heading"}),
    (MESSAGE, RICH),
    (MESSAGE, CHART),
    (MESSAGE, TABLE),
    (MESSAGE, FEEDBACK),
    (MESSAGE, actions(*[button(f"b{n}", "t" * 75, value="v" * 2000) for n in range(25)])),
    (MESSAGE, actions(button("b", style="danger", confirm=confirm(style="danger")))),
    (MESSAGE, actions(overflow(5), select(100))),
    (MESSAGE, section("s", accessory=overflow(2))),
    (HOME, PICKERS),
    (HOME, RICH),
    (MODAL, ALERT),
    (MODAL, field(select(2, initial_option=option("1")), optional=True, hint=plain("why"))),
    (MODAL, field({"type": "radio_buttons", "action_id": "r", "options": [option("a")]})),
    (MODAL, field({"type": "checkboxes", "action_id": "c", "options": [option("a", description=plain("d"))]})),
    (MODAL, field({"type": "plain_text_input", "action_id": "t", "multiline": True, "max_length": 500})),
    (MODAL, field({"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "0"})),
    (MODAL, field({"type": "email_text_input", "action_id": "e"}, dispatch_action=True)),
    (MODAL, field({"type": "url_text_input", "action_id": "u"})),
    (MODAL, field({"type": "multi_static_select", "action_id": "m", "options": [option("a")]})),
]


@pytest.mark.parametrize(("surface", "block"), ACCEPTED)
def test_taken(surface: str, block: dict[str, Any]) -> None:
    check = Check()
    check_blocks(check, [block], "/blocks", surface)
    assert check.errors == []


REFUSED = [
    (MESSAGE, section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (MESSAGE, section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (MESSAGE, {"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
    (MESSAGE, {"type": "section", "fields": [plain("a")] * 11}, "[json-pointer:/blocks/0/fields]"),
    (MESSAGE, {"type": "section", "fields": [plain("a" * 2001)]}, "[json-pointer:/blocks/0/fields/0/text]"),
    (MESSAGE, {"type": "section", "text": "bare"}, "must provide an object [json-pointer:/blocks/0/text]"),
    (MESSAGE, {"type": "header", "text": {"type": "mrkdwn", "text": "h"}}, "[json-pointer:/blocks/0/text/type]"),
    (MESSAGE, {"type": "header", "text": plain("h" * 151)}, "[json-pointer:/blocks/0/text/text]"),
    (MESSAGE, {"type": "carousel"}, "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    (MESSAGE, {"type": "divider", "colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
    (MESSAGE, {"type": "divider", "block_id": "b" * 256}, "[json-pointer:/blocks/0/block_id]"),
    (MESSAGE, {"type": "context", "elements": [plain("a")] * 11}, "no more than 10 items allowed"),
    (MESSAGE, {"type": "context", "elements": []}, "no fewer than 1 items allowed"),
    (MESSAGE, {"type": "context", "elements": [button("b")]}, "[json-pointer:/blocks/0/elements/0/type]"),
    (MESSAGE, actions(), "no fewer than 1 items allowed"),
    (MESSAGE, actions(*[button(f"b{n}") for n in range(26)]), "no more than 25 items allowed"),
    (MESSAGE, actions(button("b"), button("b")), "`action_id` b already exists"),
    (MESSAGE, actions(button("b" * 256)), "[json-pointer:/blocks/0/elements/0/action_id]"),
    (MESSAGE, actions(button("b", "t" * 76)), "[json-pointer:/blocks/0/elements/0/text/text]"),
    (MESSAGE, actions(button("b", value="v" * 2001)), "[json-pointer:/blocks/0/elements/0/value]"),
    (MESSAGE, actions(button("b", style="green")), "must be a valid enum value: danger, primary"),
    (MESSAGE, actions(button("b", confirm=confirm(deny=plain("n" * 31)))), "/confirm/deny/text]"),
    (MESSAGE, actions(button("b", confirm={"title": plain("t")})), "missing required field: text"),
    (MESSAGE, actions(overflow(1)), "no fewer than 2 items allowed"),
    (MESSAGE, actions(overflow(6)), "no more than 5 items allowed"),
    (MESSAGE, actions(select(101)), "no more than 100 items allowed"),
    (MESSAGE, actions(select(2, initial_option=option("9"))), "initial_option must match one of the options"),
    (MESSAGE, actions({"type": "static_select", "action_id": "s"}), "either options or option_groups"),
    (MESSAGE, actions({"type": "plain_text_input", "action_id": "t"}), "unsupported type: plain_text_input"),
    (MESSAGE, actions({"type": "datepicker", "action_id": "d", "initial_date": "May 1"}), "initial_date]"),
    (MESSAGE, section("s", accessory=select(1, placeholder={"type": "mrkdwn", "text": "p"})), "placeholder/type]"),
    (MESSAGE, {"type": "markdown", "text": "m" * 12_001}, "[json-pointer:/blocks/0/text]"),
    (MESSAGE, {"type": "image", "image_url": "https://example.org/a.png"}, "missing required field: alt_text"),
    (MESSAGE, {**CHART, "title": "t" * 51}, "[json-pointer:/blocks/0/title]"),
    (MESSAGE, {**TABLE, "rows": TABLE["rows"][:1]}, "no fewer than 2 items allowed"),
    (MESSAGE, {**TABLE, "rows": [[{"type": "rich_text"}], [{"type": "raw_text"}]]}, "header cells"),
    (MESSAGE, ALERT, "unsupported type: alert"),
    (HOME, ALERT, "unsupported type: alert"),
    (HOME, CHART, "unsupported type: data_visualization"),
    (MODAL, TABLE, "unsupported type: data_table"),
    (MODAL, {"type": "markdown", "text": "m"}, "unsupported type: markdown"),
    (HOME, FEEDBACK, "unsupported type: context_actions"),
    (MODAL, field(button("b")), "unsupported type: button [json-pointer:/blocks/0/element/type]"),
    (MODAL, field(select(2), label={"type": "mrkdwn", "text": "l"}), "[json-pointer:/blocks/0/label/type]"),
    (MODAL, field({"type": "number_input", "action_id": "n"}), "missing required field: is_decimal_allowed"),
    (MODAL, field({"type": "plain_text_input", "action_id": "t", "max_length": 3001}), "/element/max_length]"),
    (MODAL, field(select(1), optional="yes"), "must be a boolean"),
    (
        MODAL,
        field({"type": "radio_buttons", "action_id": "r", "options": [option(str(n)) for n in range(11)]}),
        "no more than 10 items allowed",
    ),
    (MODAL, field({"type": "static_select", "action_id": "s", "options": [option("v" * 151)]}), "/options/0/value]"),
    (MODAL, field({"type": "static_select", "action_id": "s", "options": [option("v", "t" * 76)]}), "/text/text]"),
]


@pytest.mark.parametrize(("surface", "block", "complaint"), REFUSED)
def test_refused(surface: str, block: dict[str, Any], complaint: str) -> None:
    check = Check()
    check_blocks(check, [block], "/blocks", surface)
    assert any(complaint in error for error in check.errors), check.errors


@pytest.mark.parametrize(("surface", "most"), [(MESSAGE, 50), (MODAL, 100), (HOME, 100)])
def test_how_many_blocks(surface: str, most: int) -> None:
    check = Check()
    check_blocks(check, [{"type": "divider"}] * most, "/blocks", surface)
    assert check.errors == []
    check_blocks(check, [{"type": "divider"}] * (most + 1), "/blocks", surface)
    assert check.errors == [f"no more than {most} items allowed [json-pointer:/blocks]"]


def test_what_must_be_rare_or_unique() -> None:
    check = Check()
    check_blocks(check, [CHART, CHART, CHART], "/blocks", MESSAGE)
    check_blocks(check, [{"type": "divider", "block_id": "a"}] * 2, "/blocks", MESSAGE)
    assert check.errors == [
        "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]",
        "`block_id` a already exists [json-pointer:/blocks/1/block_id]",
    ]


VIEWS = [
    (modal(text_input("a")), MODAL, None),
    ({"type": "home", "blocks": []}, HOME, None),
    (modal(title=plain("t" * 25)), MODAL, "[json-pointer:/view/title/text]"),
    (modal(submit=plain("s" * 25)), MODAL, "[json-pointer:/view/submit/text]"),
    (modal(private_metadata="p" * 3001), MODAL, "[json-pointer:/view/private_metadata]"),
    (modal(callback_id="c" * 256), MODAL, "[json-pointer:/view/callback_id]"),
    (modal(text_input("a"), submit=None), MODAL, "must define `submit` to use an `input` block in modals"),
    (modal(colour="red"), MODAL, "invalid additional property: colour [json-pointer:/view]"),
    ({"type": "home", "blocks": []}, MODAL, "must be a valid enum value: modal [json-pointer:/view/type]"),
    ({"type": "modal", "blocks": []}, MODAL, "missing required field: title [json-pointer:/view]"),
    (modal(section("")), MODAL, "[json-pointer:/view/blocks/0/text/text]"),
    ("text", MODAL, "must provide an object [json-pointer:/view]"),
]


@pytest.mark.parametrize(("view", "kind", "complaint"), VIEWS)
def test_views(view: Any, kind: str, complaint: str | None) -> None:
    errors = check_view(view, kind)
    assert any(complaint in error for error in errors) if complaint else errors == []
