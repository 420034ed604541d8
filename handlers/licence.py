"""Buttons and the form about a licence that the roster does not show: a provider asks, a coordinator allows."""

from collections.abc import Awaitable, Callable

from blocks.availability import answer
from blocks.ids import ActionId, BlockId, CallbackId
from blocks.licence import allow_form, allowed, asked
from blocks.modals import notice_view
from referrals.licences import Allowing, Asked, Grounds, allow, ask, may_allow
from referrals.outcomes import Decision, Done

from .answers import open_form, tell
from .click import Click
from .deps import SlackDeps
from .form import Answered, Form, Incomplete, one_of
from .form import Handler as FormHandler
from .settling import settle
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, ask, click.value)
    if isinstance(outcome, Asked):
        await tell(deps, click, answer(asked(outcome)))
    else:
        await settle(deps, caller, click, outcome)


async def _ask_grounds(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_allow, click.value)
    if isinstance(outcome, Allowing):
        await open_form(deps, click, allow_form(click.value, outcome, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome)


async def _allow(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    grounds = one_of(Grounds, form.chosen(BlockId.REASON, ActionId.REASON))
    if grounds is None:
        return Incomplete(BlockId.REASON)
    outcome = await act(deps, caller, form.callback_id, allow, form.subject, grounds)
    if isinstance(outcome, Done) and not form.from_home:
        return {"response_action": "update", "view": notice_view(allowed(outcome.code))}
    return outcome


HANDLERS: dict[ActionId, Callable[[SlackDeps, Caller, Click], Awaitable[None]]] = {
    ActionId.ASK_LICENCE: _ask,
    ActionId.ALLOW_LICENCE: _ask_grounds,
}

FORMS: dict[CallbackId, FormHandler] = {CallbackId.ALLOW_LICENCE: _allow}
