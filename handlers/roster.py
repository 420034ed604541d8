"""Coordinators keep the roster: the form of a provider, pausing, making inactive and back, linking to Slack."""

import asyncio
from datetime import date, datetime
from functools import partial

from blocks.availability import answer
from blocks.ids import ActionId, BlockId, CallbackId, of_shown_block
from blocks.modals import notice_view, with_pages
from blocks.pausing import DAY_IS_PAST, DAY_IS_TOO_FAR
from blocks.roster import FORM, RELEASE, inactive_form, pause_form, roster_form
from blocks.roster_replies import SLACK_SILENT, changed, linked, saved
from referrals.changes import Typed, Wrong
from referrals.outcomes import Decision, Missing, Refused
from referrals.pausing.days import FURTHEST, Here
from referrals.roster.edit import Entry, Overtaken, Saved, entry, meant, save
from referrals.roster.fields import FIELDS, AnyField
from referrals.roster.lookup import Account, Linked, NotLinked, ToLookUp, link_account, whom_to_look_up
from referrals.roster.standing import Changed, Whom, deactivate, pause_for, reactivate, resume_for, whom
from referrals.tx import Tx
from referrals.zones import zone_of
from store.tables import Provider

from .answers import tell
from .click import Click, own_id, table, text
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, Incomplete
from .home import show_on_home
from .opening import open_or_tell
from .people import SlackSilent
from .settling import ClickHandler, settle
from .who import Caller, act

# Buttons


async def _open(deps: SlackDeps, caller: Caller, click: Click) -> None:
    provider_id = None if click.action_id == ActionId.ROSTER_ADD else click.value
    outcome = await act(deps, caller, click.action_id, entry, provider_id)
    await open_or_tell(deps, caller, click, outcome, Entry, roster_form)


async def _ask_pause(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, whom, click.value, "pause")
    await open_or_tell(deps, caller, click, outcome, Whom, pause_form)


async def _ask_inactive(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, whom, click.value, "make_inactive")
    await open_or_tell(deps, caller, click, outcome, Whom, inactive_form)


async def _resume(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await _changed(deps, caller, click, await act(deps, caller, click.action_id, resume_for, click.value))


async def _reactivate(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await _changed(deps, caller, click, await act(deps, caller, click.action_id, reactivate, click.value))


async def _changed(deps: SlackDeps, caller: Caller, click: Click, outcome: Changed | Refused | Missing) -> None:
    """Home shows it by itself; only what it cannot say is told."""
    if not isinstance(outcome, Changed):
        await settle(deps, caller, click, outcome)
        return
    if words := changed(outcome):
        await tell(deps, click, answer(words))
    await show_on_home(deps, caller)


async def _link(deps: SlackDeps, caller: Caller, click: Click) -> None:
    words = await _looked_up(deps, caller, click.action_id, click.value)
    if isinstance(words, str):
        await tell(deps, click, answer(words))
        await show_on_home(deps, caller)
    else:
        await settle(deps, caller, click, words)


async def _looked_up(deps: SlackDeps, caller: Caller, what: str, provider_id: str) -> str | Refused | Missing:
    """Asks Slack whose the provider's email is, links them if it may be, and says what came of it."""
    wanted = await act(deps, caller, what, whom_to_look_up, provider_id)
    if not isinstance(wanted, ToLookUp):
        return linked(wanted) if isinstance(wanted, NotLinked) else wanted
    try:
        person = await deps.people.by_email(wanted.email)
    except SlackSilent:
        return SLACK_SILENT
    account = None
    if person is not None:
        practice = await deps.desk.ask(caller.practice_id, Tx.practice)
        ours = practice.team_id in person.teams and not person.is_bot
        account = Account(person.id, person.standing, person.time_zone, ours)
    outcome = await act(deps, caller, what, link_account, provider_id, wanted.email, account)
    return linked(outcome) if isinstance(outcome, Linked | NotLinked) else outcome


# Forms


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    blocks = {of_shown_block(FORM, block_id)[0]: block_id for block_id in form.values}
    named = {field: blocks[field] for field in FIELDS if field in blocks}
    typed = {field: _typed(form, block_id) for field, block_id in named.items()}
    outcome = await act(deps, caller, form.callback_id, save, form.subject or None, typed)
    match outcome:
        case Wrong(errors):
            first = next(iter(named.values()), "")
            beside = {named.get(_named(one.field, named), first): one.message for one in errors}
            return {"response_action": "errors", "errors": beside}
        case Overtaken(now, fields, by):
            again = roster_form(now, home=form.from_home, typed=meant(typed), overtaken=fields, by=by)
            return {"response_action": "update", "view": with_pages(again, caller.home_pages)}
        case Saved():
            return await _after_saving(deps, caller, form, outcome)
    return outcome


async def _after_saving(deps: SlackDeps, caller: Caller, form: Form, outcome: Saved) -> Answered:
    """Somebody new is looked up in Slack at once: a wrong address is mended while it is at hand."""
    words: str | Refused | Missing | None = None
    if outcome.look_up:
        try:
            async with asyncio.timeout_at(caller.last_moment):
                words = await _looked_up(deps, caller, form.callback_id, outcome.provider_id)
        except TimeoutError:  # they are saved, and the roster's menu looks them up again
            words = SLACK_SILENT
    await show_on_home(deps, caller)
    if isinstance(words, str) or outcome.new:
        told = saved(outcome, words if isinstance(words, str) else "")
        return {"response_action": "update", "view": notice_view(told)}
    return {}


def _named(name: str, fields: dict[AnyField, str]) -> AnyField:
    return next((field for field in fields if field == name), next(iter(fields)))


def _typed(form: Form, block_id: str) -> Typed:
    state = table(table(form.values.get(block_id)).get(ActionId.FIELD))
    ticked = state.get("selected_options")
    if isinstance(ticked, list):
        entered = ",".join(own_id(table(one).get("value")) for one in ticked)
    else:
        entered = text(state.get("value"))
    return Typed(entered, of_shown_block(FORM, block_id)[1])


async def _pause(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    chosen = form.date(BlockId.PAUSE_UNTIL, ActionId.FIELD)
    until: datetime | None = None
    if chosen:
        here = await deps.desk.ask(caller.practice_id, _where, form.subject)
        try:
            day = date.fromisoformat(chosen)
        except ValueError:  # a forged form: Slack sends a day
            return Incomplete(BlockId.PAUSE_UNTIL, DAY_IS_PAST)
        if day <= here.today:
            return Incomplete(BlockId.PAUSE_UNTIL, DAY_IS_PAST)
        if day > here.today + FURTHEST:
            return Incomplete(BlockId.PAUSE_UNTIL, DAY_IS_TOO_FAR)
        until = here.start_of(day)
    release = form.chosen(BlockId.WAITING, ActionId.FIELD) == RELEASE
    use_case = partial(pause_for, until=until, release=release)
    return await _standing(deps, caller, await act(deps, caller, form.callback_id, use_case, form.subject))


def _where(tx: Tx, provider_id: str) -> Here:
    return Here(tx.now, zone_of(tx.get(Provider, provider_id), tx.practice()))


async def _inactive(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    return await _standing(deps, caller, await act(deps, caller, form.callback_id, deactivate, form.subject))


async def _standing(deps: SlackDeps, caller: Caller, outcome: Changed | Refused | Missing) -> Decision | Answered:
    if not isinstance(outcome, Changed):
        return outcome
    await show_on_home(deps, caller)
    if words := changed(outcome):
        return {"response_action": "update", "view": notice_view(words)}
    return {}


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.ROSTER_ADD: _open,
    ActionId.ROSTER_EDIT: _open,
    ActionId.ROSTER_PAUSE: _ask_pause,
    ActionId.ROSTER_RESUME: _resume,
    ActionId.ROSTER_INACTIVE: _ask_inactive,
    ActionId.ROSTER_REACTIVATE: _reactivate,
    ActionId.ROSTER_LINK: _link,
}
FORMS: dict[CallbackId, FormHandler] = {
    CallbackId.ROSTER: _save,
    CallbackId.ROSTER_PAUSE: _pause,
    CallbackId.ROSTER_INACTIVE: _inactive,
}
