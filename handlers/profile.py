"""The profile's form: opened from Home, and sent. What is wrong is said beside its field; nothing typed is lost."""

from functools import partial

from blocks.ids import ActionId, CallbackId, of_profile_block
from blocks.modals import with_pages
from blocks.profile import profile_form
from referrals.changes import Typed, Wrong
from referrals.outcomes import Decision, Missing, Refused
from referrals.profile import Overtaken, Profile, Saved, edit, meant, profile_of
from referrals.profile_fields import ProfileField

from .click import Click, own_id, table, text
from .deps import SlackDeps
from .form import Answered, Form, FormHandler
from .home import publish_home
from .opening import open_or_tell
from .own import on_own
from .settling import ClickHandler
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, on_own(profile_of))
    await open_or_tell(deps, caller, click, outcome, Profile, profile_form)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    blocks = _blocks(form)
    typed = {field: _typed(form, block_id) for field, block_id in blocks.items()}
    outcome = await act(deps, caller, form.callback_id, on_own(partial(edit, typed=typed)))
    match outcome:
        case Missing() | Refused():
            return outcome
        case Wrong(errors):
            beside = {blocks[ProfileField(one.field)]: one.message for one in errors}
            return {"response_action": "errors", "errors": beside}
        case Overtaken(now, fields):
            again = profile_form(now, home=form.from_home, typed=meant(typed), overtaken=fields)
            return {"response_action": "update", "view": with_pages(again, caller.home_pages)}
        case Saved():
            await publish_home(deps, caller)
            return {}


def _blocks(form: Form) -> dict[ProfileField, str]:
    """The block of each field; whatever else a forged form holds is left aside."""
    named = {of_profile_block(block_id)[0]: block_id for block_id in form.values}
    return {field: named[field] for field in ProfileField if field in named}


def _typed(form: Form, block_id: str) -> Typed:
    state = table(table(form.values.get(block_id)).get(ActionId.FIELD))
    ticked = state.get("selected_options")
    if isinstance(ticked, list):
        entered = ",".join(own_id(table(one).get("value")) for one in ticked)
    else:
        entered = text(state.get("value"))
    return Typed(entered, of_profile_block(block_id)[1])


HANDLERS: dict[ActionId, ClickHandler] = {ActionId.PROFILE: _ask}
FORMS: dict[CallbackId, FormHandler] = {CallbackId.PROFILE: _save}
