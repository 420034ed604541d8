"""Who coordinates, from Home: the form, whom Slack says it may be, and what comes of it."""

import asyncio

from blocks import coordinators as words
from blocks.coordinators import SHOWN, YOURSELF, coordinators_form, overtaken_form, yourself_form
from blocks.ids import ActionId, BlockId, CallbackId
from blocks.modals import Modal, with_pages
from referrals.coordinators import (
    MOST,
    Changed,
    Coordinators,
    Overtaken,
    TooFew,
    TooMany,
    coordinators,
    set_coordinators,
)
from referrals.outcomes import Decision
from referrals.tx import Tx
from store.tables import Practice

from .click import Click, own_id, table
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, Incomplete
from .home import publish_home
from .opening import open_or_tell
from .people import SlackPerson, SlackSilent
from .settling import ClickHandler
from .who import Caller, act


async def _ask(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, coordinators)
    await open_or_tell(deps, caller, click, outcome, Coordinators, coordinators_form)


async def _save(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    """Slack is asked about those who are new before anything is written; a user's id in a form proves nothing."""
    stands = await act(deps, caller, form.callback_id, coordinators)
    if not isinstance(stands, Coordinators):
        return stands
    block, wanted = _chosen(form)
    if not wanted:
        return _beside(block, words.nobody_left())
    if len(wanted) > MOST:
        return _beside(block, words.too_many(MOST))
    if trouble := await _who_cannot(deps, caller, [one for one in wanted if one not in stands.users]):
        return _beside(block, trouble)
    shown = form.notes.get(SHOWN, "")
    if _leaves(caller, stands, wanted) and form.notes.get(YOURSELF) != "asked" and stands.digest == shown:
        return _update(yourself_form(stands, wanted, home=form.from_home), caller)
    outcome = await act(deps, caller, form.callback_id, set_coordinators, wanted, shown)
    match outcome:
        case Changed():
            if form.from_home:
                await publish_home(deps, caller)
            return {}
        case Overtaken(now):
            return _update(overtaken_form(now, home=form.from_home), caller)
        case TooFew() | TooMany():
            return _beside(block, words.nobody_left())
    return outcome


def _chosen(form: Form) -> tuple[str, list[str]]:
    """The field's block, whose id says what it showed, and the users in it."""
    for block, fields in form.values.items():
        if str(block).startswith(f"{BlockId.COORDINATORS}."):
            users = table(table(fields).get(ActionId.COORDINATORS)).get("selected_users")
            found = [own_id(one) for one in users] if isinstance(users, list) else []
            return str(block), [one for one in dict.fromkeys(found) if one]
    return str(BlockId.COORDINATORS), []


async def _who_cannot(deps: SlackDeps, caller: Caller, users: list[str]) -> str:
    """Words to stand beside the field; "" when all of them can."""
    practice = await deps.desk.ask(caller.practice_id, Tx.practice)
    try:
        people = await asyncio.gather(*(deps.people.find(user) for user in users))
    except SlackSilent:
        return words.SILENT
    found = [
        (person.name if person else user, why)
        for user, person in zip(users, people, strict=True)
        if (why := _why_not(person, practice))
    ]
    return words.cannot_coordinate(found) if found else ""


def _why_not(person: SlackPerson | None, practice: Practice) -> str:
    if person is None:
        return words.UNKNOWN
    if person.is_bot or person.id == "USLACKBOT":
        return words.BOT
    if person.deleted:
        return words.GONE
    if practice.team_id not in person.teams:
        return words.ELSEWHERE
    return words.GUEST if person.guest else ""


def _leaves(caller: Caller, stands: Coordinators, wanted: list[str]) -> bool:
    return caller.slack_user in stands.users and caller.slack_user not in wanted


def _beside(block: str, words: str) -> Answered:
    return {"response_action": "errors", "errors": {block: words}}


def _update(view: Modal, caller: Caller) -> Answered:
    return {"response_action": "update", "view": with_pages(view, caller.home_pages)}


HANDLERS: dict[ActionId, ClickHandler] = {ActionId.COORDINATORS: _ask}

FORMS: dict[CallbackId, FormHandler] = {CallbackId.COORDINATORS: _save}
