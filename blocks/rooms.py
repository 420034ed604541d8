"""The rooms of Home, and the row of buttons that leads from one to another. Each has a view's 100 blocks."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from slack_sdk.models.blocks import ButtonElement

from .ids import ActionId
from .layout import actions, button
from .message import Block


class Room(StrEnum):
    """The first is a provider's own; the others are the coordinators'."""

    MINE = "mine"
    NEEDS = "needs"
    QUEUE = "queue"
    ROSTER = "roster"
    SOURCES = "sources"
    SETTINGS = "settings"


TITLES: dict[Room, str] = {
    Room.MINE: "My referrals",
    Room.NEEDS: "Needs a person",
    Room.QUEUE: "Queue",
    Room.ROSTER: "Roster",
    Room.SOURCES: "Sources",
    Room.SETTINGS: "Settings",
}


def doors(here: Room, rooms: Sequence[Room], counts: Mapping[Room, int]) -> list[Block]:
    """One button a room, the one somebody is in marked; nothing where there is but one."""
    if len(rooms) < 2:
        return []
    return [actions("home.rooms", *(_door(one, counts.get(one, 0), one is here) for one in rooms))]


def _door(room: Room, count: int, here: bool) -> ButtonElement:
    title = TITLES[room] + (f" ({count})" if count else "")
    spoken = f"{title}, shown now" if here else f"Show {title}"
    action = ActionId(f"referral.room.{room}")
    return button(action, title, f"room {room}", spoken, "primary" if here else None)
