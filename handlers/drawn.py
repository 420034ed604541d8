"""What drawing a room of Home takes and gives; the rooms are modules of their own, and one table has them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from blocks.message import Block
from blocks.paging import Place
from referrals.actor import Actor
from referrals.tx import Tx


@dataclass(frozen=True, slots=True)
class Drawn:
    """A room as it is shown. ``place``: its lists and filters as they now stand, for blocks/paging.py to write."""

    blocks: list[Block]
    place: Mapping[str, str | int]


DrawRoom = Callable[[Tx, Actor, Place], Drawn]
