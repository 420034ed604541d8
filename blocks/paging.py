"""Where the lists of a Home stand, and what turns their pages. Kept in the view itself, and in no process.

As text: ``contact:2,progress:1``, each list with its page from 0; a list that is not named shows its first.
"""

import re
from collections.abc import Mapping

from slack_sdk.models.blocks import Option, StaticSelectElement

from referrals.views.mine import Group, Page, last_number

from .ids import ActionId
from .layout import actions, button, plain_text
from .message import Block

#: The one list of Home that is no group of referrals: the switches of the states.
STATES = "states"
_LISTS = frozenset({*map(str, Group), STATES})
_ENTRY = re.compile(r"([a-z]{1,12}):([0-9]{1,4})")
#: Slack's limit of options.
_MOST = 100


def read_pages(text: str) -> dict[str, int]:
    """Whatever cannot be read shows its first page."""
    found = (_ENTRY.fullmatch(part) for part in text.split(","))
    return {one[1]: int(one[2]) for one in found if one and one[1] in _LISTS}


def write_pages(pages: Mapping[str, int]) -> str:
    return ",".join(f"{name}:{number}" for name, number in sorted(pages.items()) if number)


def turned(text: str, value: str) -> str:
    """``value``: as HOME_PAGE carries it, ``contact 3``. One that is not ours turns no page."""
    return write_pages(read_pages(text) | read_pages(value.replace(" ", ":", 1)))


def jump(name: str, number: int, size: int, total: int) -> StaticSelectElement | None:
    """A menu of all pages, beside a list's title; of a long list those around this one. None: there is but one."""
    last = last_number(total, size)
    if not last:
        return None
    first = max(0, min(number - _MOST // 2, last + 1 - _MOST))
    options = {one: _option(name, one, size, total) for one in range(first, min(last + 1, first + _MOST))}
    return StaticSelectElement(
        action_id=ActionId.HOME_PAGE, options=list(options.values()), initial_option=options[number]
    )


def next_button(page: Page, noun: str) -> list[Block]:
    """Below a list, where one gets to by reading it. After the last page it leads back to the first."""
    if not page.last_number:
        return []
    following = page.number + 1 if page.number < page.last_number else 0
    label = f"Show {_which(following, page.size, page.total)}" if following else "Back to the first"
    spoken = f"{label}: {noun}"
    return [actions(f"home.next.{page.group}", button(ActionId.HOME_PAGE, label, f"{page.group} {following}", spoken))]


def _option(name: str, number: int, size: int, total: int) -> Option:
    return Option(value=f"{name} {number}", text=plain_text(f"{_which(number, size, total)} of {total}", 75))


def _which(number: int, size: int, total: int) -> str:
    """Of a page, counted from 1: ``6–10``, or ``11`` alone."""
    first, last = number * size + 1, min(total, (number + 1) * size)
    return f"{first}–{last}" if last > first else str(first)
