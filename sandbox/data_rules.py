"""Block Kit's charts and tables: shapes and counts.

Sources: docs.slack.dev/reference/block-kit/blocks/data-visualization-block, data-table-block, table-block.
"""

from __future__ import annotations

from typing import Any

from sandbox.checking import Check

_CELLS = frozenset({"rich_text", "raw_text", "raw_number"})


def check_chart(check: Check, block: dict[str, Any], at: str) -> None:
    check.string(block["title"], f"{at}/title", 50, least=1)
    chart, place = block["chart"], f"{at}/chart"
    if not check.obj(chart, place):
        return
    if chart.get("type") == "pie":
        check.fields(chart, place, {"type", "segments"}, ())
        for index, segment in enumerate(check.items(chart.get("segments"), f"{place}/segments", 6)):
            _point(check, segment, f"{place}/segments/{index}", positive=True)
        return
    check.one_of(chart.get("type"), f"{place}/type", {"pie", "bar", "area", "line"})
    if not check.fields(chart, place, {"type", "series", "axis_config"}, ()):
        return
    axis = chart["axis_config"] if check.obj(chart["axis_config"], f"{place}/axis_config") else {}
    categories = check.items(axis.get("categories"), f"{place}/axis_config/categories", 20)
    for name in ("x_label", "y_label"):
        if name in axis:
            check.string(axis[name], f"{place}/axis_config/{name}", 50)
    names = []
    for index, series in enumerate(check.items(chart["series"], f"{place}/series", 6)):
        spot = f"{place}/series/{index}"
        if not check.obj(series, spot) or not check.fields(series, spot, {"name", "data"}, ()):
            continue
        names.append(series["name"])
        check.string(series["name"], f"{spot}/name", 20, least=1)
        points = check.items(series["data"], f"{spot}/data", 20)
        for number, point in enumerate(points):
            _point(check, point, f"{spot}/data/{number}")
        if [point.get("label") for point in points if isinstance(point, dict)] != categories:
            check.fail("labels must match the axis categories", f"{spot}/data")
    if len(names) != len(set(names)):
        check.fail("series names must be unique", f"{place}/series")


def _point(check: Check, point: Any, at: str, positive: bool = False) -> None:
    if not check.obj(point, at) or not check.fields(point, at, {"label", "value"}, ()):
        return
    check.string(point["label"], f"{at}/label", 20, least=1)
    value = point["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or (positive and value <= 0):
        check.fail("must be a positive number" if positive else "must be a number", f"{at}/value")


def check_data_table(check: Check, block: dict[str, Any], at: str) -> None:
    """2 to 101 rows with the header, at most 20 columns, all rows alike, no rich text in the header."""
    check.string(block["caption"], f"{at}/caption", 2000, least=1)
    size = block.get("page_size", 5)
    if not isinstance(size, int) or not 1 <= size <= 100:
        check.fail("must be between 1 and 100", f"{at}/page_size")
    rows = check.items(block["rows"], f"{at}/rows", 101, least=2)
    check_rows(check, rows, f"{at}/rows", _CELLS)
    if rows and isinstance(rows[0], list) and any(_kind(cell) == "rich_text" for cell in rows[0]):
        check.fail("rich_text cannot be used for header cells", f"{at}/rows/0")


def check_rows(check: Check, rows: list[Any], at: str, kinds: frozenset[str]) -> None:
    widths = set()
    for number, row in enumerate(rows):
        cells = check.items(row, f"{at}/{number}", 20)
        widths.add(len(cells))
        for index, cell in enumerate(cells):
            if _kind(cell) not in kinds:
                check.fail(f"unsupported type: {_kind(cell)}", f"{at}/{number}/{index}/type")
    if len(widths) > 1:
        check.fail("all rows must have the same number of cells", at)


def _kind(cell: Any) -> str:
    return str(cell.get("type")) if isinstance(cell, dict) else "none"
