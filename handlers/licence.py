"""Buttons and the form about a licence that the roster does not show: a provider asks, a coordinator decides."""

from functools import partial

from blocks.availability import answer
from blocks.ids import ActionId, BlockId, CallbackId
from blocks.licence import allow_form, allowed, asked, denied
from blocks.modals import asked_of, notice_view, with_pages
from referrals.licences import Allowing, Asked, Grounds, allow, ask, deny, may_allow
from referrals.outcomes import Asks, Decision, Done

from .answers import tell
from .click import Click
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, Incomplete, one_of
from .opening import open_or_tell
from .settling import ClickHandler, settle
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, ask, click.value)
    if isinstance(outcome, Asked):
        await tell(deps, click, answer(asked(outcome)))
    else:
        await settle(deps, caller, click, outcome)


async def _ask_grounds(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_allow, click.value)
    await open_or_tell(deps, caller, click, outcome, Allowing, partial(allow_form, click.value))


async def _deny(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, deny, click.value)
    await settle(deps, caller, click, outcome, denied(outcome.code) if isinstance(outcome, Done) else None)


async def _allow(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    grounds = one_of(Grounds, form.chosen(BlockId.REASON, ActionId.REASON))
    if grounds is None:
        return Incomplete(BlockId.REASON)
    outcome = await act(deps, caller, form.callback_id, allow, form.subject, grounds, asked_of(form.notes))
    if isinstance(outcome, Asks):
        return await _ask_anew(deps, caller, form)
    if isinstance(outcome, Done) and not form.from_home:
        return {"response_action": "update", "view": notice_view(allowed(outcome.code))}
    return outcome


async def _ask_anew(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    """The form with what has changed since it was opened."""
    outcome = await act(deps, caller, form.callback_id, may_allow, form.subject)
    if not isinstance(outcome, Allowing):
        return outcome
    again = allow_form(form.subject, outcome, home=form.from_home)
    return {"response_action": "update", "view": with_pages(again, caller.home_pages)}


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.ASK_LICENCE: _ask,
    ActionId.ALLOW_LICENCE: _ask_grounds,
    ActionId.DENY_LICENCE: _deny,
}

FORMS: dict[CallbackId, FormHandler] = {CallbackId.ALLOW_LICENCE: _allow}
