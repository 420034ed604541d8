"""A source's form, its link, retiring it: from Home. What is wrong is said beside its field; nothing typed is lost."""

from blocks.ids import ActionId, CallbackId, of_shown_block
from blocks.modals import with_pages
from blocks.sources import FORM, source_form, source_link
from referrals.changes import Typed, Wrong
from referrals.outcomes import Decision, Missing, Refused
from referrals.sources.edit import Overtaken, Saved, SourceForm, add, edit, meant, retire
from referrals.sources.edit import source_form as form_of
from referrals.sources.fields import SourceField
from referrals.sources.links import SourceLink, link_of, replace_link
from referrals.tx import Tx

from .answers import tell
from .click import Click, own_id, table, text
from .deps import SlackDeps
from .form import Answered, Form, FormHandler
from .home import publish_home
from .opening import open_or_tell
from .settling import ClickHandler, settle
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    source_id = click.value if click.action_id == ActionId.EDIT_SOURCE else ""
    outcome = await act(deps, caller, click.action_id, form_of, source_id)
    await open_or_tell(deps, caller, click, outcome, SourceForm, source_form)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    blocks = _blocks(form)
    typed = {field: _typed(form, block_id) for field, block_id in blocks.items()}
    if form.subject:
        outcome = await act(deps, caller, form.callback_id, edit, form.subject, typed)
    else:
        texts = {field: one.text for field, one in typed.items()}
        outcome = await act(deps, caller, form.callback_id, add, texts)
    match outcome:
        case Missing() | Refused():
            return outcome
        case Wrong(errors):
            beside = {blocks[SourceField(one.field)]: one.message for one in errors if one.field in blocks}
            return {"response_action": "errors", "errors": beside}
        case Overtaken(now):
            again = source_form(now, home=form.from_home, typed=meant(typed), overtaken=outcome)
            return {"response_action": "update", "view": with_pages(again, caller.home_pages)}
        case Saved():
            await publish_home(deps, caller)
            return {}


async def _link(deps: SlackDeps, caller: Caller, click: Click) -> None:
    use_case = replace_link if click.action_id == ActionId.NEW_SOURCE_LINK else link_of
    outcome = await act(deps, caller, click.action_id, use_case, click.value)
    if isinstance(outcome, SourceLink):
        practice = await deps.desk.ask(caller.practice_id, Tx.practice)
        await tell(deps, click, source_link(outcome, deps.public_url, practice.slug))
    else:
        await settle(deps, caller, click, outcome)


async def _retire(deps: SlackDeps, caller: Caller, click: Click) -> None:
    retired = click.action_id == ActionId.RETIRE_SOURCE
    outcome = await act(deps, caller, click.action_id, retire, click.value, retired=retired)
    if isinstance(outcome, Saved):
        await publish_home(deps, caller)
    else:
        await settle(deps, caller, click, outcome)


def _blocks(form: Form) -> dict[SourceField, str]:
    """The block of each field; whatever else a forged form holds is left aside."""
    named = {of_shown_block(FORM, block_id)[0]: block_id for block_id in form.values}
    return {field: named[field] for field in SourceField if field in named}


def _typed(form: Form, block_id: str) -> Typed:
    state = table(table(form.values.get(block_id)).get(ActionId.FIELD))
    ticked = state.get("selected_options")
    if isinstance(ticked, list):
        entered = "yes" if ticked else ""
    else:
        entered = own_id(table(state.get("selected_option")).get("value")) or text(state.get("value"))
    return Typed(entered, of_shown_block(FORM, block_id)[1])


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.ADD_SOURCE: _ask,
    ActionId.EDIT_SOURCE: _ask,
    ActionId.SOURCE_LINK: _link,
    ActionId.NEW_SOURCE_LINK: _link,
    ActionId.RETIRE_SOURCE: _retire,
    ActionId.REVIVE_SOURCE: _retire,
}
FORMS: dict[CallbackId, FormHandler] = {CallbackId.SOURCE: _save}
