"""The form about the clients that the practice is best for: opened from Home, and sent."""

from blocks.ideal import FORM, ideal_form
from blocks.ids import ActionId, CallbackId, of_shown_block
from blocks.modals import with_pages
from referrals.changes import Typed
from referrals.outcomes import Decision, Refused
from referrals.profile_fields import digest
from referrals.sources.ideal import Fact
from referrals.sources.ideal_form import Defined, IdealForm, Redefined, define
from referrals.sources.ideal_form import ideal_form as form_of

from .click import Click, own_id, table
from .deps import SlackDeps
from .form import Answered, Form, FormHandler
from .home import publish_home
from .opening import open_or_tell
from .settling import ClickHandler
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, form_of)
    await open_or_tell(deps, caller, click, outcome, IdealForm, ideal_form)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    typed = dict(filter(None, (_typed(form, block_id) for block_id in form.values)))
    outcome = await act(deps, caller, form.callback_id, define, typed)
    match outcome:
        case Refused():
            return outcome
        case Redefined(now):
            meant = {fact: one.text for fact, one in typed.items() if digest(fact, one.text) != one.shown}
            again = ideal_form(now, home=form.from_home, typed=meant, overtaken=outcome)
            return {"response_action": "update", "view": with_pages(again, caller.home_pages)}
        case Defined():
            await publish_home(deps, caller)
            return {}


def _typed(form: Form, block_id: str) -> tuple[Fact, Typed] | None:
    """None for a block that is no fact of ours, as a forged form may hold."""
    name, shown = of_shown_block(FORM, block_id)
    if name not in set(Fact):
        return None
    chosen = table(table(form.values.get(block_id)).get(ActionId.FIELD)).get("selected_options")
    slugs = [own_id(table(one).get("value")) for one in chosen] if isinstance(chosen, list) else []
    return Fact(name), Typed(",".join(slugs), shown)


HANDLERS: dict[ActionId, ClickHandler] = {ActionId.IDEAL: _ask}
FORMS: dict[CallbackId, FormHandler] = {CallbackId.IDEAL: _save}
