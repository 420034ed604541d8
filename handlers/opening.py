"""A button that shows a form: its use case says whether this person may, and what the form is drawn from."""

from typing import Protocol, TypeVar, cast

from blocks.modals import Modal
from referrals.outcomes import Decision

from .answers import open_form
from .click import Click
from .deps import SlackDeps
from .settling import settle
from .who import Caller

Shown = TypeVar("Shown")
Drawn = TypeVar("Drawn", contravariant=True)


class Draws(Protocol[Drawn]):
    """``home``: whether the button stood there, where what the form does is shown afterwards."""

    def __call__(self, shown: Drawn, /, *, home: bool) -> Modal: ...


async def open_or_tell(
    deps: SlackDeps,
    caller: Caller,
    click: Click,
    outcome: Shown | Decision,
    shown: type[Shown],
    form: Draws[Shown],
) -> None:
    """Where the outcome is what the form shows, the form; otherwise why not."""
    if isinstance(outcome, shown):
        await open_form(deps, click, form(outcome, home=click.on_home))
    else:
        await settle(deps, caller, click, cast(Decision, outcome))
