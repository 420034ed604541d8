"""The way from Slack to the coordinators' pages: a one-time link, for the eyes of who asked alone."""

from blocks.availability import answer
from blocks.desk_link import NOT_USED, desk_link
from blocks.ids import ActionId
from blocks.message import Message
from referrals.desk_page import ask
from referrals.details import Ticket
from referrals.outcomes import Refused

from .answers import tell
from .click import Click
from .deps import SlackDeps
from .home import turn_page
from .settling import ClickHandler, settle, wording
from .who import Caller, act


async def _open(deps: SlackDeps, caller: Caller, click: Click) -> None:
    """The button's value says which of the pages; one that is no page leads to the first."""
    outcome = await act(deps, caller, click.action_id, ask)
    if isinstance(outcome, Ticket):
        await tell(deps, click, desk_link(address(deps, outcome, click.value)))
    else:
        await settle(deps, caller, click, outcome)


async def new(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    """A link to the page that takes in a request. What stands after the command went through Slack: it is not used."""
    outcome = await act(deps, caller, "/referrals new", ask)
    if isinstance(outcome, Refused):
        return answer(await wording(deps, caller, outcome))
    return desk_link(address(deps, outcome, "new"), NOT_USED if rest else "")


def address(deps: SlackDeps, ticket: Ticket, page: str) -> str:
    """``page``: a path below the practice's, such as ``report``; the pages themselves check it."""
    return f"{deps.public_url}/desk/{ticket.slug}/open/{ticket.token}" + (f"?to={page}" if page else "")


_ROOMS = [action for action in ActionId if action.startswith("referral.room.")]

#: The filters of the queue: like a room's button, they say where Home stands.
_FILTERS = [action for action in ActionId if action.startswith("referral.queue.")]

HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.DESK_PAGE: _open,
    **dict.fromkeys([*_ROOMS, *_FILTERS], turn_page),
}
