"""A practice's own colour: whether it can be read by, and the shades that mails and pages take of it. Pure.

Contrast is WCAG 2.2's ratio (1.4.3): text needs 4.5 to 1, on a screen that is light and on one that is dark.
"""

import re
from dataclasses import dataclass
from functools import cache

_WRITTEN = re.compile(r"#[0-9a-f]{6}")
_ENOUGH = 4.5
_WHITE, _BLACK = "#ffffff", "#000000"
#: The darkest light ground that coloured text stands on, and the lightest dark one.
_PAPER, _NIGHT = "#f3f1ec", "#263034"
#: On a dark ground a colour may as well be read with ease.
_AT_NIGHT = 7.0
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Palette:
    """``#rrggbb`` each. Those of the night are for a screen that is dark; ``night_ink`` is read on ``night``."""

    accent: str
    deep: str
    wash: str
    edge: str
    night: str
    night_deep: str
    night_wash: str
    night_ink: str


def is_colour(text: str) -> bool:
    return bool(_WRITTEN.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """From 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str) -> bool:
    """Whether white can be read on it, and it on our paper."""
    return min(contrast(colour, _WHITE), contrast(colour, _PAPER)) >= _ENOUGH


def darker(colour: str) -> str:
    """The nearest shade of it that is readable; the colour itself where it is."""
    return next(shade for step in range(_STEPS + 1) if readable(shade := mix(colour, _BLACK, step / _STEPS)))


@cache
def palette(colour: str) -> Palette:
    """Of a readable colour."""
    tints = (mix(colour, _WHITE, step / _STEPS) for step in range(_STEPS + 1))
    night = next(tint for tint in tints if contrast(tint, _NIGHT) >= _AT_NIGHT)
    return Palette(
        accent=colour,
        deep=mix(colour, _BLACK, 0.25),
        wash=mix(colour, _WHITE, 0.94),
        edge=mix(colour, _WHITE, 0.7),
        night=night,
        night_deep=mix(night, _WHITE, 0.35),
        night_wash=mix(colour, _NIGHT, 0.8),
        night_ink=mix(colour, _BLACK, 0.8),
    )


def mix(colour: str, other: str, share: float) -> str:
    """``share`` of the other, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
