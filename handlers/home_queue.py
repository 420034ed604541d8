"""Home's room of the queue: its filters and its page, from where Home stands."""

from blocks.home_queue import QUEUE, SIZE, QueueHome, place_of, queue_blocks
from blocks.paging import Place, page_of
from referrals.actor import Actor
from referrals.tx import Tx
from referrals.views.queue import providers_to_choose, queue_page, read_filters

from .drawn import Drawn


def queue_room(tx: Tx, _actor: Actor, place: Place) -> Drawn:
    filters = read_filters(tx, place)
    page = queue_page(tx, filters, page_of(place, QUEUE), SIZE)
    shown = QueueHome(tx.now, page, providers_to_choose(tx, filters.provider))
    return Drawn(queue_blocks(shown), place_of(filters, page.number))
