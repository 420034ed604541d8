"""Home's room of the roster: reads a page of it, where the list and its filter stand."""

from blocks.home_roster import FILTER, LIST, roster_blocks
from blocks.paging import Place, page_of
from referrals.actor import Actor
from referrals.tx import Tx
from referrals.views.roster import Which, roster_page

from .drawn import Drawn

#: A block each; a room has 90.
_PAGE = 15


def draw(tx: Tx, _actor: Actor, place: Place) -> Drawn:
    asked = place.get(FILTER, "")
    which = Which(asked) if asked in set(Which) else Which.ALL
    page = roster_page(tx, which, page_of(place, LIST), _PAGE)
    return Drawn(roster_blocks(page), {LIST: page.number, FILTER: "" if which is Which.ALL else str(which)})
