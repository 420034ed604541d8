"""Forms that were sent: one listener, one table. An answer that nobody expected takes the form's place."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from blocks.ids import ActionId, BlockId, CallbackId
from blocks.modals import Modal, notice_view, subject_of
from blocks.replies import UNKNOWN_BUTTON, done
from referrals.accept import accept
from referrals.close import close
from referrals.coordinate import assign
from referrals.decline import decline, release
from referrals.outcomes import Decision, Done
from store.vocabulary import CloseReason, DeclineReason

from .click import own_id, table, text
from .deps import SlackDeps
from .home import publish_home
from .settling import wording
from .who import Caller, act

E = TypeVar("E", bound=StrEnum)
CHOOSE = "Please choose one."


@dataclass(frozen=True, slots=True)
class Form:
    callback_id: str
    subject: str  # an opaque id of ours, or ""
    from_home: bool
    values: Mapping[str, Any]

    def chosen(self, block: BlockId, action: ActionId) -> str:
        return own_id(table(table(table(self.values.get(block)).get(action)).get("selected_option")).get("value"))


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A field that has to be filled in again. Slack checks this itself; a forged form gets here."""

    block: BlockId


Handler = Callable[[SlackDeps, Caller, Form], Awaitable[Decision | Incomplete]]


def read_form(body: Mapping[str, Any]) -> Form:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    view = table(body.get("view"))
    subject, from_home = subject_of(text(view.get("private_metadata")))
    values = table(table(view.get("state")).get("values"))
    return Form(text(view.get("callback_id")), own_id(subject), from_home, values)


async def handle(deps: SlackDeps, caller: Caller, form: Form) -> dict[str, Any]:
    """Answers the body of the acknowledgement: empty closes the form."""
    if form.callback_id not in set(CallbackId):
        return update(notice_view(UNKNOWN_BUTTON))
    callback = CallbackId(form.callback_id)
    outcome = await HANDLERS[callback](deps, caller, form)
    if isinstance(outcome, Incomplete):
        return {"response_action": "errors", "errors": {str(outcome.block): CHOOSE}}
    if form.from_home and isinstance(outcome, Done):
        await publish_home(deps, caller)
        return {}
    if isinstance(outcome, Done):
        return update(notice_view(done(outcome))) if callback in _CONFIRMED else {}
    return update(notice_view(await wording(deps, caller, outcome)))


async def _decline(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    reason = _one_of(DeclineReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    return await act(deps, caller, form.callback_id, decline, form.subject, reason)


async def _release(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    reason = _one_of(DeclineReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    return await act(deps, caller, form.callback_id, release, form.subject, reason)


async def _close(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    reason = _one_of(CloseReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    return await act(deps, caller, form.callback_id, close, form.subject, reason)


async def _confirm(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    return await act(deps, caller, form.callback_id, accept, form.subject, confirmed=True)


async def _assign(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    provider_id = form.chosen(BlockId.PROVIDER, ActionId.PROVIDER)
    if not provider_id:
        return Incomplete(BlockId.PROVIDER)
    return await act(deps, caller, form.callback_id, assign, form.subject, provider_id)


HANDLERS: dict[CallbackId, Handler] = {
    CallbackId.DECLINE: _decline,
    CallbackId.RELEASE: _release,
    CallbackId.CLOSE: _close,
    CallbackId.CONFIRM: _confirm,
    CallbackId.ASSIGN: _assign,
}

#: Sent from a direct message, where no card in sight shows that it was done.
_CONFIRMED = frozenset({CallbackId.RELEASE, CallbackId.CLOSE, CallbackId.ASSIGN})


def update(view: Modal) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


def _one_of(choices: type[E], value: str) -> E | None:
    return choices(value) if value in set(choices) else None
