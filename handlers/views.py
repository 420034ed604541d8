"""Forms that were sent: one listener, one table. What comes too late stays as it was filled in, and is told why."""

from typing import Any

from blocks.assigning import grounds_wanted
from blocks.ids import ActionId, BlockId, CallbackId
from blocks.kept import kept_form
from blocks.modals import (
    ALREADY_CONTACTED,
    TIMELINE,
    WANTS_CARE,
    Modal,
    asked_of,
    confirm_form,
    notice_view,
    with_pages,
)
from blocks.replies import UNKNOWN_BUTTON, done
from referrals.accept import accept
from referrals.close import close
from referrals.coordinate import OutOfNetwork, assign
from referrals.decline import decline, release
from referrals.licences import NetworkGrounds
from referrals.outcomes import Asks, Decision, Done
from store.vocabulary import CloseReason, DeclineReason

from . import (
    acting,
    after,
    consent,
    coordinators,
    ideal,
    licence,
    pausing,
    privacy,
    profile,
    roster,
    settings,
    sources,
)
from .click import text
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, Incomplete, one_of
from .home import publish_home
from .settling import wording
from .timeline_again import after_form
from .who import Caller, act


async def handle(deps: SlackDeps, caller: Caller, form: Form) -> dict[str, Any]:
    """Answers the body of the acknowledgement: empty closes the form."""
    if form.callback_id not in set(CallbackId):
        return update(notice_view(UNKNOWN_BUTTON))
    callback = CallbackId(form.callback_id)
    if callback not in HANDLERS:
        return update(notice_view(UNKNOWN_BUTTON))
    outcome = await HANDLERS[callback](deps, caller, form)
    if isinstance(outcome, dict):
        return outcome
    if isinstance(outcome, Incomplete):
        return {"response_action": "errors", "errors": {str(outcome.block): outcome.words}}
    if isinstance(outcome, Done) and TIMELINE in form.notes:
        below = text(form.view.get("previous_view_id"))
        await after_form(deps, caller, below, outcome.referral_id, home=form.from_home)
    if form.from_home and isinstance(outcome, Done):
        await publish_home(deps, caller)
        return {}
    if isinstance(outcome, Done) and TIMELINE in form.notes:
        return {}  # its timeline is below, as it stands now
    if isinstance(outcome, Done) and form.view.get("previous_view_id"):
        return {"response_action": "clear"}  # below it are a client's details, as they were
    if isinstance(outcome, Done):
        return update(notice_view(done(outcome))) if callback in _CONFIRMED else {}
    words = await wording(deps, caller, outcome)
    return update(kept_form(form.view, words) or notice_view(words))


async def _decline(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    reason = one_of(DeclineReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    return await act(deps, caller, form.callback_id, decline, form.subject, reason)


async def _release(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    reason = one_of(DeclineReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    wants_care = form.chosen(BlockId.WANTS_CARE, ActionId.WANTS_CARE)
    if wants_care not in WANTS_CARE:
        return Incomplete(BlockId.WANTS_CARE)
    return await act(deps, caller, form.callback_id, release, form.subject, reason, wants_care=wants_care == "yes")


async def _close(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    reason = one_of(CloseReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    return await act(deps, caller, form.callback_id, close, form.subject, reason)


async def _confirm(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    """What the form did not ask is asked now: they may have been paused since it was opened."""
    asked, already = asked_of(form.notes), ALREADY_CONTACTED in form.notes
    offer_id = form.subject
    outcome = await act(deps, caller, form.callback_id, accept, offer_id, confirmed=asked, already_contacted=already)
    if isinstance(outcome, Asks):
        return update(with_pages(confirm_form(outcome, home=form.from_home), caller.home_pages))
    return outcome


async def _assign(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    provider_id = form.chosen(BlockId.PROVIDER, ActionId.PROVIDER)
    if not provider_id:
        return Incomplete(BlockId.PROVIDER)
    network = one_of(NetworkGrounds, form.chosen(BlockId.NETWORK, ActionId.REASON))
    outcome = await act(deps, caller, form.callback_id, assign, form.subject, provider_id, network)
    return Incomplete(BlockId.NETWORK, grounds_wanted(outcome)) if isinstance(outcome, OutOfNetwork) else outcome


HANDLERS: dict[CallbackId, FormHandler] = {
    CallbackId.DECLINE: _decline,
    CallbackId.RELEASE: _release,
    CallbackId.CLOSE: _close,
    CallbackId.CONFIRM: _confirm,
    CallbackId.ASSIGN: _assign,
    **after.FORMS,
    **acting.FORMS,
    **pausing.FORMS,
    **licence.FORMS,
    **privacy.FORMS,
    **coordinators.FORMS,
    **profile.FORMS,
    **settings.FORMS,
    **roster.FORMS,
    **sources.FORMS,
    **ideal.FORMS,
    **consent.FORMS,
}

#: Sent from a direct message, where no card in sight shows that it was done.
_CONFIRMED = frozenset({CallbackId.RELEASE, CallbackId.CLOSE, CallbackId.ASSIGN})


def update(view: Modal) -> dict[str, Any]:
    return {"response_action": "update", "view": view}
