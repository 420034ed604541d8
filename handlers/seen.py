"""Taking an item off the list of what needs a person, by hand."""

from blocks.availability import answer
from blocks.ids import ActionId
from referrals.seen import Seen, seen

from .answers import tell
from .click import Click
from .deps import SlackDeps
from .home import publish_home
from .settling import ClickHandler, settle
from .who import Caller, act

_OFF = "It is off the list."


async def _seen(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, seen, click.value)
    if not isinstance(outcome, Seen):
        await settle(deps, caller, click, outcome)
    elif click.on_home:
        await publish_home(deps, caller)
    else:
        await tell(deps, click, answer(_OFF))


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.SEEN: _seen,
}
