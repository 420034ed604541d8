"""Home's first room for coordinators: what needs a person, and the numbers of the last weeks."""

from blocks.home_needs import NEEDS, SIZE, NeedsHome, needs_blocks
from blocks.paging import Place, page_of
from referrals.actor import Actor
from referrals.tx import Tx
from referrals.views.coordinators import opted_out
from referrals.views.figures import figures, received, right_now, since_weeks, weeks
from referrals.views.needs import needs_page
from referrals.zones import zone_of

from .drawn import Drawn


def needs_room(tx: Tx, _actor: Actor, place: Place) -> Drawn:
    page = needs_page(tx, page_of(place, NEEDS), SIZE)
    zone = zone_of(None, tx.practice())
    rows = received(tx, since_weeks(tx.now, zone), tx.now)
    shown = NeedsHome(page, right_now(tx), figures(rows, tx.now), weeks(rows, tx.now, zone), opted_out(tx))
    return Drawn(needs_blocks(shown), {NEEDS: page.number})
