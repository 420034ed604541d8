"""The settings' forms: opened from Home, and sent. What is wrong is said beside its field; nothing typed is lost."""

from collections.abc import Mapping

from blocks.ids import ActionId, CallbackId, of_setting_block
from blocks.modals import with_pages
from blocks.settings import settings_form
from referrals.changes import Typed, Wrong
from referrals.outcomes import Decision, Missing, Refused
from referrals.profile_fields import digest
from referrals.settings.change import Overtaken, Saved, Shown, change, settings
from referrals.settings.names import Group, Setting

from .channel_check import why_not
from .click import Click, own_id, table, text
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, one_of
from .home import show_on_home
from .opening import open_or_tell
from .settling import ClickHandler
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    group = one_of(Group, click.value) or Group.TIMES
    outcome = await act(deps, caller, click.action_id, settings, group)
    await open_or_tell(deps, caller, click, outcome, Shown, settings_form)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    group = one_of(Group, form.subject)
    if group is None:
        return Missing()
    blocks = _blocks(form)
    typed = {setting: _typed(form, block_id) for setting, block_id in blocks.items()}
    if channel := meant(typed).get(Setting.CHANNEL):
        allowed = await act(deps, caller, form.callback_id, settings, group)
        if isinstance(allowed, Refused):
            return allowed  # nobody else learns from us which channels there are
        if reason := await why_not(deps, channel):
            return {"response_action": "errors", "errors": {blocks[Setting.CHANNEL]: reason}}
    outcome = await act(deps, caller, form.callback_id, change, group, typed)
    match outcome:
        case Refused():
            return outcome
        case Wrong(errors):
            beside = {blocks[Setting(one.field)]: one.message for one in errors}
            return {"response_action": "errors", "errors": beside}
        case Overtaken():
            again = settings_form(outcome.now, home=form.from_home, typed=meant(typed), overtaken=outcome)
            return {"response_action": "update", "view": with_pages(again, caller.home_pages)}
        case Saved():
            await show_on_home(deps, caller)
            return {}


def meant(typed: Mapping[Setting, Typed]) -> dict[Setting, str]:
    """What was typed where it is not what the form showed: all that somebody wants changed."""
    return {one: field.text for one, field in typed.items() if digest(one, field.text) != field.shown}


def _blocks(form: Form) -> dict[Setting, str]:
    """The block of each field; whatever else a forged form holds is left aside."""
    named = {of_setting_block(block_id)[0]: block_id for block_id in form.values}
    return {setting: named[setting] for setting in Setting if setting in named}


def _typed(form: Form, block_id: str) -> Typed:
    state = table(table(form.values.get(block_id)).get(ActionId.FIELD))
    chosen = state.get("selected_conversation") or table(state.get("selected_option")).get("value")
    return Typed(own_id(chosen) or text(state.get("value")), of_setting_block(block_id)[1])


HANDLERS: dict[ActionId, ClickHandler] = {ActionId.SETTINGS: _ask}
FORMS: dict[CallbackId, FormHandler] = {CallbackId.SETTINGS: _save}
