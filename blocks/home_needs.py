"""Home's first room for coordinators: what needs a person, then how the practice is doing."""

from collections.abc import Sequence
from dataclasses import dataclass

from referrals.views.figures import Figures, Now, Week
from referrals.views.needs import NeedsPage

from .home_numbers import numbers_blocks
from .ids import ActionId
from .layout import actions, button, context, header, section
from .message import Block
from .needs_item import item_blocks
from .paging import jump
from .text import plain

#: The name of the list in Home's place.
NEEDS = "needs"
#: Items of a page: two blocks each, of the 90 that a room has.
SIZE = 10
#: Names in one line.
_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class NeedsHome:
    """``opted_out``: names of those who have answered STOP."""

    page: NeedsPage
    now: Now
    figures: Figures
    weeks: Sequence[Week]
    opted_out: Sequence[str] = ()


def needs_blocks(shown: NeedsHome) -> list[Block]:
    return [
        header("Needs a person"),
        *_items(shown.page),
        *numbers_blocks(shown.now, shown.figures, shown.weeks),
        *_opted_out(shown.opted_out),
    ]


def _items(page: NeedsPage) -> list[Block]:
    if not page.total:
        return [section("Nothing needs you at the moment.")]
    count = "1 item" if page.total == 1 else f"{page.total} items"
    menu = jump(NEEDS, page.number, page.size, page.total)
    blocks = [section(f"*{count}*  ·  urgent first, then the oldest", menu)]
    for item in page.lines:
        blocks += item_blocks(item)
    return blocks + _next(page)


def _next(page: NeedsPage) -> list[Block]:
    """Below the list, where one gets to by reading it. After the last page it leads back to the first."""
    if not page.last_number:
        return []
    following = page.number + 1 if page.number < page.last_number else 0
    label = f"Show the next {page.size}" if following else "Back to the first"
    if following == page.last_number:
        label = f"Show the last {page.total - following * page.size}"
    return [actions("home.next.needs", button(ActionId.HOME_PAGE, label, f"{NEEDS} {following}", label))]


def _opted_out(names: Sequence[str]) -> list[Block]:
    """Their own wish, so there is nothing to do about it; offers come to them by Slack and mail."""
    if not names:
        return []
    shown = [plain(name) for name in names[:_MOST_NAMES]]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return [context(f"No text messages, because they answered STOP: {', '.join(shown)}{more}.")]
