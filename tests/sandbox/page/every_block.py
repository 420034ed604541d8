"""One of every block and element that a message can hold, small but real."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def plain(text: str) -> Node:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Node:
    return {"type": "mrkdwn", "text": text}


def option(text: str) -> Node:
    return {"text": plain(text), "value": text}


def raw(text: str) -> Node:
    return {"type": "raw_text", "text": text}


def button(action_id: str, **more: Any) -> Node:
    return {"type": "button", "action_id": action_id, "text": plain(action_id), **more}


def plot(kind: str) -> Node:
    weeks = ["May 4", "May 11"]
    series = [
        {"name": name, "data": [{"label": week, "value": value} for week, value in zip(weeks, values, strict=True)]}
        for name, values in (("Accepted", (8, 11)), ("Declined", (2, 3)))
    ]
    chart = {"type": kind, "series": series, "axis_config": {"categories": weeks, "y_label": "Referrals"}}
    return {"type": "data_visualization", "title": f"As {kind}", "chart": chart}


PIE: Node = {
    "type": "data_visualization",
    "title": "Sources",
    "chart": {"type": "pie", "segments": [{"label": "Form", "value": 21}, {"label": "Phone", "value": 12}]},
}
_SELECTS: list[Node] = [
    {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": [option("a"), option("b")]},
    {"type": "multi_static_select", "action_id": "several", "placeholder": plain("Several"), "options": [option("a")]},
    {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
    {"type": "datepicker", "action_id": "day", "initial_date": "2030-01-02"},
    {"type": "timepicker", "action_id": "hour", "initial_time": "14:30"},
    {"type": "external_select", "action_id": "outside", "placeholder": plain("Outside"), "min_query_length": 1},
]
_RICH: list[Node] = [
    {"type": "rich_text_section", "elements": [{"type": "text", "text": "Rich", "style": {"bold": True}}]},
    {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0TOMAS"}]}],
    },
    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "kept  as is"}]},
]

EVERY_BLOCK: list[Node] = [
    {"type": "header", "text": plain("A header")},
    {"type": "section", "text": mrkdwn("*Words*"), "fields": [mrkdwn("*Insurer*\nAetna"), plain("Plain")]},
    {
        "type": "section",
        "text": mrkdwn("More"),
        "accessory": {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]},
    },
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            button("plain"),
            button("go", style="primary"),
            button("danger", style="danger"),
            button("link", url="https://example.org"),
        ],
    },
    {"type": "actions", "elements": _SELECTS},
    {
        "type": "actions",
        "elements": [
            {"type": "radio_buttons", "action_id": "radio", "options": [option("x"), option("y")]},
            {"type": "checkboxes", "action_id": "boxes", "options": [option("z")], "initial_options": [option("z")]},
        ],
    },
    {"type": "context", "elements": [mrkdwn(":bell: context"), plain("plain")]},
    {"type": "rich_text", "elements": _RICH},
    {"type": "markdown", "text": "# Title\n**bold**\n\n- a\n- b\n\n| A | B |\n|---|---|\n| 1 | 2 |"},
    {"type": "table", "rows": [[raw("Provider"), raw("Open")], [raw("Maya"), raw("3")]]},
    {
        "type": "data_table",
        "caption": "By insurer",
        "page_size": 2,
        "rows": [
            [raw("Insurer"), raw("Referrals")],
            *(
                [raw(name), {"type": "raw_number", "value": n, "text": str(n)}]
                for name, n in (("Aetna", 9), ("Optum", 3), ("EAP", 4))
            ),
        ],
    },
]
#: Slack takes at most two charts a message.
CHARTS: list[Node] = [plot("bar"), plot("line"), plot("area"), PIE]
