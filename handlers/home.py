"""The Home tab: finds out which room somebody is in, has it drawn and publishes it, where its lists stood."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from blocks.home import home, nobodys_home
from blocks.message import Block
from blocks.paging import ROOM, Place, read_place, turned, write_place
from blocks.replies import refused
from blocks.rooms import Room, doors
from blocks.whom import whom_to_ask
from referrals.actor import Actor
from referrals.outcomes import Refused
from referrals.tx import Tx
from referrals.views.mine import how_many_wait_for
from referrals.views.needs import how_many_need_a_person

from .answers import publish
from .click import Click
from .deps import SlackDeps
from .home_rooms import ROOMS
from .own import myself
from .who import Caller, act

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """``place``: as blocks/paging.py writes it."""

    blocks: list[Block]
    place: str = ""


async def publish_home(deps: SlackDeps, caller: Caller) -> bool:
    """In the room and on the pages of ``caller.home_pages``: after an action everything stands where it stood."""
    actor = await act(deps, caller, "home", myself)
    shown = await deps.desk.ask(caller.practice_id, gather, actor, read_place(caller.home_pages))
    return await publish(deps, caller.slack_user, home(shown.blocks, shown.place))


async def show_on_home(deps: SlackDeps, caller: Caller) -> None:
    """After something was saved, with the time that is left: a Home drawn too late must not read as a failure."""
    try:
        async with asyncio.timeout_at(caller.last_moment):
            await publish_home(deps, caller)
    except TimeoutError:
        log.warning("home was not drawn in time")


async def turn_page(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await publish_home(deps, replace(caller, home_pages=turned(click.home_pages, click.value)))


def gather(tx: Tx, actor: Actor | Refused, wanted: Place) -> Shown:
    if isinstance(actor, Refused):
        return Shown(nobodys_home(refused(actor, whom_to_ask(tx.practice()))))
    rooms = _open_to(actor)
    if not rooms:
        return Shown(nobodys_home("There is nothing here for you at the moment."))
    asked = wanted.get(ROOM, "")
    usual = Room.NEEDS if actor.coordinator else Room.MINE
    here = next((room for room in rooms if room == asked), usual)
    drawn = ROOMS[here](tx, actor, wanted)
    place: dict[str, str | int] = dict(drawn.place) | ({ROOM: str(here)} if here is not usual else {})
    return Shown([*doors(here, rooms, _counts(tx, actor, rooms)), *drawn.blocks], write_place(place))


def _open_to(actor: Actor) -> list[Room]:
    return [one for one in ROOMS if (actor.provider_id is not None if one is Room.MINE else actor.coordinator)]


def _counts(tx: Tx, actor: Actor, rooms: list[Room]) -> Mapping[Room, int]:
    """What waits behind a door, so that nobody has to open it to know; only for who has several."""
    if len(rooms) < 2:
        return {}
    mine = how_many_wait_for(tx, actor.provider_id) if actor.provider_id else 0
    return {Room.MINE: mine, Room.NEEDS: how_many_need_a_person(tx)}
