"""Slack's own charts, which messages take and Home and modals do not; at most two a message.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block; the SDK has no model for them yet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .message import Block
from .text import label

#: Slack's limits, in characters and points.
_TITLE, _NAME, _AXIS, _MOST = 50, 20, 50, 20


def bars(title: str, categories: Sequence[str], series: Mapping[str, Sequence[float]], y_label: str) -> Block:
    return _chart("bar", title, categories, series, y_label)


def lines(title: str, categories: Sequence[str], series: Mapping[str, Sequence[float]], y_label: str) -> Block:
    return _chart("line", title, categories, series, y_label)


def _chart(
    kind: str, title: str, categories: Sequence[str], series: Mapping[str, Sequence[float]], y_label: str
) -> Block:
    """``series``: by name, a value for each category. Categories must differ from each other."""
    names = [label(one, _NAME) for one in categories[:_MOST]]
    drawn: list[dict[str, Any]] = [
        {
            "name": label(name, _NAME),
            "data": [{"label": one, "value": value} for one, value in zip(names, values, strict=False)],
        }
        for name, values in series.items()
    ]
    axis = {"categories": names, "y_label": label(y_label, _AXIS)}
    chart = {"type": kind, "series": drawn, "axis_config": axis}
    return {"type": "data_visualization", "title": label(title, _TITLE), "chart": chart}
