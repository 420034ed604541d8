"""The practice's setting for client information in Slack: the form that explains it, and what comes of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from blocks.ids import ActionId, BlockId, CallbackId
from blocks.modals import notice_view
from blocks.privacy import OFF, ON, privacy_form, settled
from referrals.outcomes import Decision
from referrals.privacy import Attestation, attest, attestation

from .answers import open_form
from .click import Click, first
from .deps import SlackDeps
from .form import Form, Incomplete
from .form import Handler as FormHandler
from .home import publish_home
from .settling import settle
from .who import Caller, act

_TICK = "Please tick this once the agreement is signed, or cancel."


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, attestation)
    if isinstance(outcome, Attestation):
        await open_form(deps, click, privacy_form(outcome, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome)


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


HANDLERS: dict[ActionId, Callable[[SlackDeps, Caller, Click], Awaitable[None]]] = {ActionId.ATTEST: _ask}

FORMS: dict[CallbackId, FormHandler] = {CallbackId.ATTEST: _attest}
