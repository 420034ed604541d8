"""Draws an open timeline anew, with what came of the click or the form above it."""

from blocks.modals import with_pages
from blocks.timeline import timeline_answer, timeline_view
from referrals.outcomes import Missing, Refused
from referrals.views.timeline import TIMELINE, Timeline, timeline

from .answers import tell, update_modal
from .click import Click
from .deps import SlackDeps
from .who import Caller, act


async def after_click(
    deps: SlackDeps, caller: Caller, click: Click, referral_id: str, said: str = "", page: int = 0
) -> Refused | Missing | None:
    """In its modal, or in the private answer to a command. Answers why it is not shown, where it is not."""
    shown = await act(deps, caller, TIMELINE, timeline, referral_id, page)
    if not isinstance(shown, Timeline):
        return shown
    if click.in_modal:
        view = with_pages(timeline_view(shown, home=click.from_home, said=said), click.home_pages)
        await update_modal(deps, click.view_id or "", view)
    else:
        await tell(deps, click, timeline_answer(shown, said))
    return None


async def after_form(deps: SlackDeps, caller: Caller, view_id: str, referral_id: str, *, home: bool) -> None:
    """``view_id``: of the timeline, which stood below the form."""
    shown = await act(deps, caller, TIMELINE, timeline, referral_id)
    if isinstance(shown, Timeline):
        await update_modal(deps, view_id, with_pages(timeline_view(shown, home=home), caller.home_pages))
