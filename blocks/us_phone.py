"""Telephone numbers as people in the practice write them. Pure."""

import re

_US_NUMBER = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


def written(number: str) -> str:
    """``+12025550142`` as ``(202) 555-0142``; other countries' numbers as they are."""
    found = _US_NUMBER.fullmatch(number)
    return f"({found[1]}) {found[2]}-{found[3]}" if found else number
