"""Buttons and forms of a referral that somebody has: already contacted, no answer, and the plan."""

from datetime import date
from functools import partial

from blocks.after_forms import CHANNEL, TRIES, TS, no_answer_form, wrong_date
from blocks.ids import ActionId, BlockId, CallbackId, of_plan_block
from blocks.message import Message
from blocks.modals import confirm_form
from blocks.notices import notice
from referrals.accept import accept
from referrals.outcomes import Asks, Decision, Done, WrongDate
from referrals.progress import Trying, may_try, no_answer, plan
from referrals.sent import said_now
from store.vocabulary import PlanItem

from .answers import open_form, update_message
from .click import Click, own_id
from .deps import SlackDeps
from .form import Form, FormHandler, Incomplete
from .opening import open_or_tell
from .settling import ClickHandler, settle
from .who import Caller, act

#: How often a message is brought up to date for one click: others may change what it shows meanwhile.
_REDRAWS = 3


async def _already_contacted(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, accept, click.value, already_contacted=True)
    if isinstance(outcome, Asks):
        await open_form(deps, click, confirm_form(outcome, home=click.on_home))
    else:
        await settle(deps, caller, click, outcome, silent=not click.in_modal)


async def _ask_no_answer(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_try, click.value)
    message = None if click.on_card or not click.message_ts else (click.channel_id, click.message_ts)
    await open_or_tell(deps, caller, click, outcome, Trying, partial(no_answer_form, click.value, message=message))


async def _no_answer(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete:
    chosen, tries = form.date(BlockId.NEXT_TRY, ActionId.NEXT_TRY), form.notes.get(TRIES, "")
    try:
        next_try = date.fromisoformat(chosen) if chosen else None
        before = int(tries)
    except ValueError:  # a forged form: Slack sends a day, and back what it was given
        return Incomplete(BlockId.NEXT_TRY)
    outcome = await act(deps, caller, form.callback_id, no_answer, form.subject, next_try, before)
    if isinstance(outcome, WrongDate):
        return Incomplete(BlockId.NEXT_TRY, wrong_date(outcome, next_try or outcome.earliest))
    if isinstance(outcome, Done) and form.notes.get(TS):
        await redraw_message(deps, caller, form.subject, form.notes.get(CHANNEL, ""), form.notes[TS])
    return outcome


async def _plan(deps: SlackDeps, caller: Caller, click: Click) -> None:
    """Checkboxes say all that is ticked; what they showed before tells which of it was this click."""
    found, shown = of_plan_block(click.block_id)
    referral_id = own_id(found)
    ticked = frozenset(item for item in PlanItem if item in click.selected)
    outcome = await act(deps, caller, click.action_id, plan, referral_id, ticked, shown)
    if not isinstance(outcome, Done):
        await settle(deps, caller, click, outcome)
    elif click.message_ts:
        await redraw_message(deps, caller, referral_id, click.channel_id, click.message_ts)


async def redraw_message(deps: SlackDeps, caller: Caller, referral_id: str, channel: str, ts: str) -> None:
    """Brings a direct message to an acceptor up to date; any other message is left alone.

    What it says is read anew after each update: of two clicks, the one whose update arrives last shows what is.
    """
    shown: Message | None = None
    for _ in range(_REDRAWS):
        said = await deps.desk.ask(caller.practice_id, said_now, referral_id, ts)
        message = notice(said.letter, said.delivery_id) if said else None
        if message is None or message == shown or not await update_message(deps, channel, ts, message):
            return
        shown = message


def redrawing(handler: ClickHandler) -> ClickHandler:
    """The same, and brings up to date the direct message whose button it was. For buttons that hold a referral."""

    async def run(deps: SlackDeps, caller: Caller, click: Click) -> None:
        await handler(deps, caller, click)
        if click.message_ts and not click.on_card:
            await redraw_message(deps, caller, click.value, click.channel_id, click.message_ts)

    return run


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.ALREADY_CONTACTED: _already_contacted,
    ActionId.NO_ANSWER: _ask_no_answer,
    ActionId.PLAN: _plan,
}

FORMS: dict[CallbackId, FormHandler] = {CallbackId.NO_ANSWER: _no_answer}
