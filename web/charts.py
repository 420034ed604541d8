"""Charts as shapes for inline SVG, drawn without script and without a style attribute. Pure: numbers in, places out.

``_chart.html`` draws them; a page always shows the same numbers in a table beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: In the units of the view box: a phone's width shows them one to one, a wide screen larger.
WIDTH, HEIGHT = 400, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 8, 12, 32
_INNER_WIDTH, _INNER_HEIGHT = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
#: More labels than that run into each other below the axis.
_MOST_LABELS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    series: int
    spoken: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    series: int
    spoken: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``id`` is unique on the page; ``series``: the names, in the order of their numbers from 1."""

    id: str
    title: str
    summary: str
    series: Sequence[str]
    across: Sequence[Tick]
    up: Sequence[Tick]
    bars: Sequence[Bar] = ()
    dots: Sequence[Dot] = ()
    lines: Sequence[tuple[int, str]] = ()  # of a series, the points as SVG wants them

    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


def bar_chart(
    id: str, title: str, summary: str, categories: Sequence[str], series: Mapping[str, Sequence[int]]
) -> Chart:
    """Bars side by side in each category."""
    top = nice_top(max((value for values in series.values() for value in values), default=0))
    slot = _INNER_WIDTH / max(1, len(categories))
    wide = slot * 0.76 / max(1, len(series))
    bars = [
        Bar(
            x=round(_LEFT + slot * at + slot * 0.12 + wide * number, 1),
            y=round(_height_of(value, top), 1),
            width=round(wide * 0.92, 1),
            height=round(HEIGHT - _BOTTOM - _height_of(value, top), 1),
            series=number + 1,
            spoken=f"{categories[at]}: {value} {name.casefold()}",
        )
        for number, (name, values) in enumerate(series.items())
        for at, value in enumerate(values)
    ]
    return Chart(id, title, summary, list(series), _across(categories), _up(top), bars=bars)


def line_chart(
    id: str, title: str, summary: str, categories: Sequence[str], series: Mapping[str, Sequence[float | None]]
) -> Chart:
    """A line breaks off where there is no value."""
    top = nice_top(max((value for values in series.values() for value in values if value is not None), default=0))
    slot = _INNER_WIDTH / max(1, len(categories))
    dots, lines = [], []
    for number, (name, values) in enumerate(series.items(), 1):
        piece: list[str] = []
        for at, value in enumerate([*values, None]):
            if value is None:
                lines += [(number, " ".join(piece))] if len(piece) > 1 else []
                piece = []
                continue
            x, y = round(_LEFT + slot * (at + 0.5), 1), round(_height_of(value, top), 1)
            piece.append(f"{x},{y}")
            dots.append(Dot(x, y, number, f"{categories[at]}: {name.casefold()} {value:g}"))
    return Chart(id, title, summary, list(series), _across(categories), _up(top), dots=dots, lines=lines)


def nice_top(largest: float) -> float:
    """The end of the axis: the next of 1, 2, 4, 6, 8 times a power of ten, or 4, so that a half is a number, too."""
    step = 1.0
    while True:
        for factor in (1, 2, 4, 6, 8):
            if factor * step >= max(largest, 4):
                return factor * step
        step *= 10


def _height_of(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - _INNER_HEIGHT * value / top


def _up(top: float) -> list[Tick]:
    return [Tick(round(_height_of(value, top), 1), f"{value:g}") for value in (0, top / 2, top)]


def _across(categories: Sequence[str]) -> list[Tick]:
    every = -(-len(categories) // _MOST_LABELS) or 1
    slot = _INNER_WIDTH / max(1, len(categories))
    return [Tick(round(_LEFT + slot * (at + 0.5), 1), name) for at, name in enumerate(categories) if at % every == 0]
