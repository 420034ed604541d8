"""The practice's setting for client information in Slack: the form that explains it, and what comes of it."""

from typing import Any

from blocks.ids import ActionId, BlockId, CallbackId
from blocks.modals import notice_view
from blocks.privacy import OFF, ON, privacy_form, settled
from referrals.outcomes import Decision
from referrals.privacy import Attestation, attest, attestation

from .click import Click, first
from .deps import SlackDeps
from .form import Form, FormHandler, Incomplete
from .home import publish_home
from .opening import open_or_tell
from .settling import ClickHandler
from .who import Caller, act

_TICK = "Please tick this once the agreement is signed, or cancel."


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, attestation)
    await open_or_tell(deps, caller, click, outcome, Attestation, privacy_form)


async def _attest(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | dict[str, Any]:
    """Sent with what the form was opened for; to turn it on, the attestation has to be ticked."""
    if form.subject not in (ON, OFF) or (form.subject == ON and not _ticked(form)):
        return Incomplete(BlockId.ATTEST, _TICK)
    outcome = await act(deps, caller, form.callback_id, attest, form.subject == ON)
    if not isinstance(outcome, Attestation):
        return outcome
    if form.from_home:
        await publish_home(deps, caller)
    return {"response_action": "update", "view": notice_view(settled(outcome))}


def _ticked(form: Form) -> bool:
    return first(form.field(BlockId.ATTEST, ActionId.ATTEST).get("selected_options")).get("value") == ON


HANDLERS: dict[ActionId, ClickHandler] = {ActionId.ATTEST: _ask}

FORMS: dict[CallbackId, FormHandler] = {CallbackId.ATTEST: _attest}
