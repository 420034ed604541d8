"""Home's room of sources, gathered: one page of them with their latest funnels."""

from blocks.home_sources import KIND, PAGE, WHICH, SourcesHome, sources_blocks
from blocks.paging import Place, page_of
from referrals.actor import Actor
from referrals.tx import Tx
from referrals.views.sources import Which, sources_page
from store.vocabulary import SourceKind

from .drawn import Drawn
from .form import one_of

_PAGE = 10


def draw(tx: Tx, _actor: Actor, place: Place) -> Drawn:
    kind = one_of(SourceKind, place.get(KIND, ""))
    which = one_of(Which, place.get(WHICH, "")) or Which.ALL
    page = sources_page(tx, page_of(place, PAGE), _PAGE, kind, which)
    now: dict[str, str | int] = {PAGE: page.number, KIND: kind or "", WHICH: "" if which is Which.ALL else which}
    return Drawn(sources_blocks(SourcesHome(page, kind, which)), now)
