"""A click as the handlers see it, read from Slack's payload without trusting its shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blocks.ids import ActionId, BlockId, of_menu
from blocks.modals import PAGES, notes_of, subject_of
from blocks.paging import LONGEST_PLACE, read_place, write_place
from blocks.timeline import OF_TIMELINE
from referrals.actor import Surface

#: No id of ours is longer; anything else in a button's value is not ours.
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Click:
    """``value`` is the button's opaque id, or "" when it cannot be one of ours."""

    action_id: str
    value: str
    block_id: str
    user: str
    team_id: str | None
    trigger_id: str
    response_url: str
    view_id: str | None
    in_modal: bool
    ephemeral: bool
    home_pages: str = ""  # on Home: where its lists stand, as blocks/paging.py writes it
    selected: tuple[str, ...] = ()  # of checkboxes, all that are ticked now
    channel_id: str = ""  # where the message is that was clicked
    message_ts: str = ""
    from_home: bool = False  # in a modal: it was opened from there

    @property
    def on_timeline(self) -> bool:
        return self.block_id.startswith(OF_TIMELINE)

    @property
    def on_card(self) -> bool:
        return self.block_id == BlockId.CARD_ACTIONS

    @property
    def on_home(self) -> bool:
        return self.view_id is not None and not self.in_modal

    @property
    def surface(self) -> Surface:
        return Surface.HOME if self.on_home else Surface.BUTTON


def read_click(body: Mapping[str, Any]) -> Click:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    action = first(body.get("actions"))
    user, view, container = table(body.get("user")), table(body.get("view")), table(body.get("container"))
    action_id, value = text(action.get("action_id")), action.get("value")
    if "selected_option" in action:
        value = table(action["selected_option"]).get("value")
    if action_id == ActionId.MORE:
        action_id, value = of_menu(text(value))
    return Click(
        action_id=action_id,
        value=own_id(value),
        block_id=text(action.get("block_id")),
        user=text(user.get("id")),
        team_id=text(user.get("team_id")) or text(table(body.get("team")).get("id")) or None,
        trigger_id=text(body.get("trigger_id")),
        response_url=text(body.get("response_url")),
        view_id=text(view.get("id")) or None,
        in_modal=view.get("type") == "modal",
        ephemeral=container.get("is_ephemeral") is True,
        home_pages=own_place(_pages(view)),
        selected=_selected(action),
        channel_id=own_id(container.get("channel_id")),
        message_ts=own_id(container.get("message_ts")),
        from_home=view.get("type") == "modal" and subject_of(text(view.get("private_metadata")))[1],
    )


def _selected(action: Mapping[str, Any]) -> tuple[str, ...]:
    options = action.get("selected_options")
    found = (own_id(table(one).get("value")) for one in (options if isinstance(options, list) else ()))
    return tuple(value for value in found if value)


def _pages(view: Mapping[str, Any]) -> str:
    """Home itself holds nothing else; a modal that was opened from there holds them among its notes."""
    metadata = text(view.get("private_metadata"))
    return metadata if view.get("type") == "home" else notes_of(metadata).get(PAGES, "")


def own_id(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST_ID and _plain(value) else ""


def own_place(value: object) -> str:
    """Where Home stands, as blocks/paging.py writes it; whatever else somebody sends as such does not come back."""
    return write_place(read_place(value)) if isinstance(value, str) and len(value) <= LONGEST_PLACE else ""


def _plain(value: str) -> bool:
    return value.isascii() and value.isprintable()


def text(value: object) -> str:
    """Also "" for what no database takes: half a character, or a NUL."""
    if not isinstance(value, str) or "\x00" in value:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        return ""
    return value


def table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def first(value: object) -> Mapping[str, Any]:
    return table(value[0]) if isinstance(value, list) and value else {}
