"""Where somebody is on their Home: the room, the pages of its lists, its filters. Kept in the view, in no process.

As text: ``room:queue,insurer:aetna,queue:2``. A list that is not named shows its first page, counted from 0.
"""

import re
from collections.abc import Mapping

from slack_sdk.models.blocks import Option, StaticSelectElement

from referrals.views.mine import Page, last_number

from .ids import ActionId
from .layout import actions, button, plain_text
from .message import Block

#: The one list of Home that is no group of referrals: the switches of the states.
STATES = "states"
#: The one entry that is no list and no filter.
ROOM = "room"
_ENTRY = re.compile(r"([a-z_]{1,16}):([A-Za-z0-9_+-]{1,32})")
#: More than any room has of lists and filters.
_MOST_ENTRIES = 12
#: Slack's limit of options.
_MOST = 100
#: Characters of a place as text: what is longer is not ours.
LONGEST_PLACE = _MOST_ENTRIES * 50

#: Where somebody is: entries by name, as the text has them.
Place = Mapping[str, str]


def read_place(text: str) -> dict[str, str]:
    """Whatever cannot be read is left out; whether an entry means anything is for its room to say."""
    found = (_ENTRY.fullmatch(part) for part in text.split(",")[:_MOST_ENTRIES])
    return {one[1]: one[2] for one in found if one}


def page_of(place: Place, name: str) -> int:
    """The page of one list, from 0; it may be past the last."""
    number = place.get(name, "0")
    return int(number) if number.isdecimal() and number.isascii() and len(number) <= 4 else 0


def write_place(place: Mapping[str, str | int]) -> str:
    """Without what is as it is anyway: first pages, filters that are off."""
    return ",".join(f"{name}:{value}" for name, value in sorted(place.items()) if str(value) not in ("", "0"))


def turned(text: str, value: str) -> str:
    """``value``: what changes, as HOME_PAGE carries it: ``contact 3``, or several: ``insurer aetna,queue 0``.

    ``room queue`` leaves everything else behind, and a filter set to ``0`` is off.
    """
    changes = read_place(",".join(part.replace(" ", ":", 1) for part in value.split(",")))
    return write_place(changes if ROOM in changes else read_place(text) | changes)


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
