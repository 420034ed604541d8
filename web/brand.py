"""A practice's own colour on its pages: a small style sheet, named by the colour, on top of pages.css.

Whoever asks for a colour gets that colour: no practice is looked up, and the sheet may be kept for good.
"""

import re

from referrals.brand import is_colour, palette, readable

_NAME = re.compile(r"brand-([0-9a-f]{6})\.css")
_SHEET = """\
:root {{
  --accent: {accent};
  --accent-deep: {deep};
  --wash: {wash};
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --accent: {night};
    --accent-ink: {night_ink};
    --accent-deep: {night_deep};
    --wash: {night_wash};
  }}
}}
"""


def sheet_name(colour: str) -> str:
    """ "" for no colour of one's own, and for one that could not be read by."""
    return f"brand-{colour[1:]}.css" if is_colour(colour) and readable(colour) else ""


def sheet(name: str) -> bytes | None:
    found = _NAME.fullmatch(name)
    colour = f"#{found[1]}" if found else ""
    if not sheet_name(colour):
        return None
    shades = palette(colour)
    return _SHEET.format(
        accent=shades.accent,
        deep=shades.deep,
        wash=shades.wash,
        night=shades.night,
        night_ink=shades.night_ink,
        night_deep=shades.night_deep,
        night_wash=shades.night_wash,
    ).encode()
