"""Client details and the search: the way to their pages, or (where the practice has attested) the answer in Slack."""

from blocks.availability import answer
from blocks.details import WRITE_BOTH, details_view, found, page_link, search_link
from blocks.ids import ActionId
from blocks.message import Message
from referrals.actor import Actor
from referrals.details import Details, Ticket, for_slack
from referrals.find import Hit, Unnamed, ask_to_find
from referrals.find import find as search
from referrals.outcomes import Missing, Refused
from referrals.tx import Tx

from .answers import open_form, tell
from .click import Click
from .deps import SlackDeps
from .settling import ClickHandler, settle, wording
from .who import Caller, act

COMMAND = "/referrals find"
#: No name has more; what is longer was not meant as one.
_LONGEST_NAME = 200


async def find(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    """A link to the search. What stands after the command has gone through Slack: it is used only where the practice
    may keep client information there, and never repeated.
    """
    outcome = await act(deps, caller, COMMAND, _find, rest)
    match outcome:
        case Ticket():
            return search_link(_address(deps, outcome), typed=bool(rest))
        case Refused():
            return answer(await wording(deps, caller, outcome))
        case Unnamed():
            return answer(WRITE_BOTH)
    return found(outcome)


def _find(tx: Tx, actor: Actor, typed: str) -> Ticket | Unnamed | Refused | list[Hit]:
    if not typed or not tx.practice().phi_in_slack:
        return ask_to_find(tx, actor)
    first, _, last = " ".join(typed[:_LONGEST_NAME].split()).partition(" ")
    hits = search(tx, actor, first, last)
    return hits if isinstance(hits, (Unnamed, Refused)) else list(hits)


async def _details(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, for_slack, click.value)
    match outcome:
        case Ticket():
            await tell(deps, click, page_link(_address(deps, outcome), outcome.code or ""))
        case Details():
            await open_form(deps, click, details_view(outcome))
        case Refused() | Missing():
            await settle(deps, caller, click, outcome)


async def _opened(_deps: SlackDeps, _caller: Caller, _click: Click) -> None:
    """A link button: the browser does the rest."""


def _address(deps: SlackDeps, ticket: Ticket) -> str:
    return f"{deps.public_url}/client/{ticket.slug}/{ticket.token}"


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.DETAILS: _details,
    ActionId.OPEN_PAGE: _opened,
}
