"""The form about what a client's source may hear: opened from a referral's menu, and sent."""

from blocks.consent import GIVEN, NOT_GIVEN, consent_form
from blocks.ids import ActionId, BlockId, CallbackId
from referrals.outcomes import Decision
from referrals.sources.consent import Consent, consent_of, record_consent

from .click import Click
from .deps import SlackDeps
from .form import Form, FormHandler, Incomplete
from .opening import open_or_tell
from .settling import ClickHandler
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, consent_of, click.value)
    await open_or_tell(deps, caller, click, outcome, Consent, consent_form)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    chosen = form.chosen(BlockId.CONSENT, ActionId.FIELD)
    if chosen not in (GIVEN, NOT_GIVEN):
        return Incomplete(BlockId.CONSENT)
    return await act(deps, caller, form.callback_id, record_consent, form.subject, chosen == GIVEN)


HANDLERS: dict[ActionId, ClickHandler] = {ActionId.CONSENT: _ask}
FORMS: dict[CallbackId, FormHandler] = {CallbackId.CONSENT: _save}
