"""The timeline of a referral: opened by a button, turned page by page, and asked for by its code."""

from blocks.availability import answer
from blocks.ids import ActionId
from blocks.message import Message
from blocks.modals import with_pages
from blocks.replies import GONE
from blocks.timeline import no_such_code, pages_of, timeline_answer, timeline_view
from referrals.actor import Actor
from referrals.outcomes import Missing, Refused
from referrals.tx import Tx
from referrals.views.by_code import Known, Unknown, by_code
from referrals.views.timeline import Timeline, timeline

from .answers import open_modal
from .click import Click, own_id
from .deps import SlackDeps
from .settling import ClickHandler, settle, wording
from .timeline_again import after_click
from .who import Caller, act

COMMAND = "/referrals show"


async def show(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    """The private answer to ``/referrals show R-7K3QM``. What was typed and is no code is not repeated."""
    outcome = await act(deps, caller, COMMAND, _show, rest)
    match outcome:
        case Timeline():
            return timeline_answer(outcome)
        case Unknown():
            return answer(no_such_code(outcome))
        case Refused():
            return answer(await wording(deps, caller, outcome))
    return answer(GONE)


def _show(tx: Tx, actor: Actor, typed: str) -> Timeline | Unknown | Refused | Missing:
    found = by_code(tx, actor, typed)
    return timeline(tx, actor, found.referral_id) if isinstance(found, Known) else found


async def _open(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, timeline, click.value)
    if not isinstance(outcome, Timeline):
        await settle(deps, caller, click, outcome)
        return
    view = timeline_view(outcome, home=click.on_home or click.from_home)
    await open_modal(deps, click, with_pages(view, click.home_pages))


async def _turn(deps: SlackDeps, caller: Caller, click: Click) -> None:
    referral_id, page = pages_of(click.value)
    not_shown = await after_click(deps, caller, click, own_id(referral_id), page=page)
    if not_shown is not None:
        await settle(deps, caller, click, not_shown)


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.TIMELINE: _open,
    ActionId.TIMELINE_PAGE: _turn,
}
