"""The colours of a mail that follow the practice's own; without one they are ours. Everything else is in style.css."""

from dataclasses import dataclass

from referrals.brand import is_colour, mix, palette, readable


@dataclass(frozen=True, slots=True)
class Colours:
    """``#rrggbb`` each; ``night``, ``night_edge`` and ``night_ink`` are for a screen that is dark."""

    accent: str = "#1f5f5b"
    link: str = "#16605a"
    wash: str = "#f4f8f6"
    edge: str = "#dbe6e2"
    mark: str = "#b9d3cc"
    night: str = "#93d8cd"
    night_edge: str = "#4fa89c"
    night_ink: str = "#0d2b28"


def colours(brand: str) -> Colours:
    """``brand``: the practice's colour, or "". One that could not be read by is as good as none."""
    if not (is_colour(brand) and readable(brand)):
        return Colours()
    shades = palette(brand)
    return Colours(
        accent=brand,
        link=brand,
        wash=mix(brand, "#ffffff", 0.95),
        edge=mix(brand, "#ffffff", 0.82),
        mark=shades.edge,
        night=shades.night,
        night_edge=mix(shades.night, "#000000", 0.25),
        night_ink=shades.night_ink,
    )
