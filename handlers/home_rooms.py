"""What each room of Home shows, as one table: a room gathers its values and has them drawn.

A new room is a function here and a drawing of its own in blocks/; who may enter it is decided in ``handlers/home.py``.
"""

from blocks.home_provider import ProviderHome, provider_blocks
from blocks.paging import STATES, Place, page_of
from blocks.rooms import Room
from referrals.actor import Actor
from referrals.profile import own_profile
from referrals.tx import Tx
from referrals.views.lists import standing
from referrals.views.mine import Group, pages
from referrals.views.performance import LATELY, performance

from . import home_roster, home_settings, home_sources
from .drawn import Drawn, DrawRoom
from .home_needs import needs_room
from .home_queue import queue_room

#: How many of each group a page shows.
_PAGE = 5


def _mine(tx: Tx, actor: Actor, place: Place) -> Drawn:
    own, profile = standing(tx, actor.provider_id or ""), own_profile(tx, actor.provider_id or "")
    if own is None or profile is None or actor.provider_id is None:
        return Drawn([], {})
    shown = ProviderHome(
        now=tx.now,
        standing=own,
        pages=pages(tx, actor.provider_id, {group: page_of(place, group) for group in Group}, _PAGE),
        states_page=page_of(place, STATES),
        profile=profile,
        performance=performance(tx, actor.provider_id, tx.now - LATELY, tx.now),
    )
    now = {str(group): page.number for group, page in shown.pages.items()}
    return Drawn(provider_blocks(shown), now | {STATES: shown.states_page})


ROOMS: dict[Room, DrawRoom] = {
    Room.MINE: _mine,
    Room.NEEDS: needs_room,
    Room.QUEUE: queue_room,
    Room.ROSTER: home_roster.draw,
    Room.SOURCES: home_sources.draw,
    Room.SETTINGS: home_settings.draw,
}
