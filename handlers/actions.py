"""Clicks on buttons: one listener, one table. Each handler runs one use case and answers privately where it must.

What a click changes shows on the card, which a job redraws; only what the card cannot say is answered here.
"""

from functools import partial

from blocks.assigning import assign_form
from blocks.availability import answer
from blocks.ids import ActionId
from blocks.modals import close_form, confirm_form, decline_form, release_form
from blocks.replies import UNKNOWN_BUTTON, passed, phoned
from referrals.accept import accept
from referrals.close import Closing, may_close
from referrals.coordinate import may_coordinate, reopen
from referrals.decline import declines_for, may_decline, may_release, pass_
from referrals.lifecycle import Event
from referrals.outcomes import Asks, Done, Person
from referrals.progress import contacted, scheduled
from referrals.progress import phoned as record_phoned
from referrals.views.coordinators import choices

from . import (
    acting,
    after,
    consent,
    coordinators,
    desk_pages,
    details,
    ideal,
    licence,
    pausing,
    privacy,
    profile,
    roster,
    seen,
    settings,
    sources,
    timeline,
)
from .answers import open_form, tell
from .click import Click
from .deps import SlackDeps
from .home import turn_page
from .opening import open_or_tell
from .settling import ClickHandler, settle
from .who import Caller, act


async def handle(deps: SlackDeps, caller: Caller, click: Click) -> None:
    """Runs what the button stands for; a button that this version does not know is answered, too."""
    if click.action_id not in set(ActionId) or ActionId(click.action_id) not in HANDLERS:
        await tell(deps, click, answer(UNKNOWN_BUTTON))
        return
    await HANDLERS[ActionId(click.action_id)](deps, caller, click)


async def _accept(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, accept, click.value)
    if isinstance(outcome, Asks):
        await open_form(deps, click, confirm_form(outcome, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome, silent=not click.in_modal)


async def _pass(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, pass_, click.value)
    words = passed(outcome.code) if isinstance(outcome, Done) else None
    await settle(deps, caller, click, outcome, words)


async def _contacted(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, contacted, click.value)
    await settle(deps, caller, click, outcome, silent=click.on_card)


async def _scheduled(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, scheduled, click.value)
    await settle(deps, caller, click, outcome, silent=click.on_card)


async def _reopen(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await settle(deps, caller, click, await act(deps, caller, click.action_id, reopen, click.value))


async def _phoned(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, record_phoned, click.value)
    words = phoned(outcome.code) if isinstance(outcome, Done) else None
    await settle(deps, caller, click, outcome, words)


async def _ask_decline(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_decline, click.value)
    if isinstance(outcome, Done):
        whose = await act(deps, caller, click.action_id, declines_for, click.value)
        whom = whose if isinstance(whose, Person) else None
        await open_form(deps, click, decline_form(click.value, outcome.code, whom, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome)


async def _ask_release(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_release, click.value)
    await open_or_tell(deps, caller, click, outcome, Done, release_form)


async def _ask_close(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_close, click.value)
    await open_or_tell(deps, caller, click, outcome, Closing, partial(close_form, click.value))


async def _ask_assign(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_coordinate, click.value, Event.ASSIGN)
    found = await deps.desk.ask(caller.practice_id, choices, click.value) if isinstance(outcome, Done) else None
    if isinstance(outcome, Done) and found is not None:
        await open_form(deps, click, assign_form(click.value, found, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome)


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.ACCEPT: _accept,
    ActionId.DECLINE: _ask_decline,
    ActionId.PASS: _pass,
    ActionId.CONTACTED: after.redrawing(_contacted),
    ActionId.SCHEDULED: after.redrawing(_scheduled),
    ActionId.RELEASE: _ask_release,
    ActionId.REOPEN: _reopen,
    ActionId.ASSIGN: _ask_assign,
    ActionId.CLOSE: _ask_close,
    ActionId.PHONED: _phoned,
    ActionId.HOME_PAGE: turn_page,
    **after.HANDLERS,
    **acting.HANDLERS,
    **timeline.HANDLERS,
    **desk_pages.HANDLERS,
    **pausing.HANDLERS,
    **licence.HANDLERS,
    **details.HANDLERS,
    **privacy.HANDLERS,
    **coordinators.HANDLERS,
    **seen.HANDLERS,
    **profile.HANDLERS,
    **settings.HANDLERS,
    **roster.HANDLERS,
    **sources.HANDLERS,
    **ideal.HANDLERS,
    **consent.HANDLERS,
}
