"""The Home tab as a view: what a room has drawn, and where it stands."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.views import View

from .layout import header, section
from .message import Block


def home(blocks: Sequence[Block], place: str = "") -> dict[str, Any]:
    """A Home view. ``place``: where it stands, as blocks/paging.py writes it."""
    return dict(View(type="home", blocks=list(blocks), private_metadata=place).to_dict())


def nobodys_home(told: str) -> list[Block]:
    """For somebody to whom no room is open. ``told``: escaped."""
    return [header("Referral desk"), section(told)]
