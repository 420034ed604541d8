"""The form about what a client's source may hear: opened from a referral's menu, and sent."""

from collections.abc import Awaitable, Callable

from blocks.consent import GIVEN, NOT_GIVEN, consent_form
from blocks.ids import ActionId, BlockId, CallbackId
from referrals.outcomes import Decision
from referrals.sources.consent import Consent, consent_of, record_consent

from .answers import open_form
from .click import Click
from .deps import SlackDeps
from .form import Form, Handler, Incomplete
from .settling import settle
from .who import Caller, act

Action = Callable[[SlackDeps, Caller, Click], Awaitable[None]]


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, consent_of, click.value)
    if isinstance(outcome, Consent):
        await open_form(deps, click, consent_form(outcome, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    chosen = form.chosen(BlockId.CONSENT, ActionId.FIELD)
    if chosen not in (GIVEN, NOT_GIVEN):
        return Incomplete(BlockId.CONSENT)
    return await act(deps, caller, form.callback_id, record_consent, form.subject, chosen == GIVEN)


HANDLERS: dict[ActionId, Action] = {ActionId.CONSENT: _ask}
FORMS: dict[CallbackId, Handler] = {CallbackId.CONSENT: _save}
