"""A click as the handlers see it, read from Slack's payload without trusting its shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blocks.ids import ActionId, BlockId, of_menu
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
    if action_id == ActionId.MORE:
        action_id, value = of_menu(text(table(action.get("selected_option")).get("value")))
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
    )


def own_id(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST_ID and _plain(value) else ""


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
