"""Buttons and forms of what only coordinators do to a referral under way. Each runs one use case."""

from datetime import date, timedelta

from blocks.acting import (
    ALREADY,
    PASSES,
    PROVIDER,
    REACHED,
    SHOWN,
    TAKES,
    UNTIL_DAY,
    act_for_form,
    did,
    extend_form,
    grounds_form,
    hold_form,
    lift_form,
    withdraw_form,
    wrong_end,
)
from blocks.ids import ActionId, BlockId, CallbackId
from blocks.modals import TIMELINE, asked_of, notice_view, with_pages
from blocks.modals import above_timeline as keep_timeline
from referrals.acting.extend import STEPS, Extending, WrongEnd, extend, may_extend
from referrals.acting.hold import HoldReason, lift_hold, may_hold, put_on_hold
from referrals.acting.on_behalf import ActingFor, Given, Needs, accept_for, may_act_for, pass_for
from referrals.acting.urgency import mark_urgent, not_urgent
from referrals.close import close
from referrals.coordinate import may_coordinate
from referrals.licences import Grounds, NetworkGrounds
from referrals.lifecycle import Event
from referrals.outcomes import Decision, Done
from store.vocabulary import CloseReason

from .click import Click, own_id
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, Incomplete, one_of
from .opening import open_or_tell
from .settling import ClickHandler, settle
from .who import Caller, act


async def _ask_extend(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_extend, click.value)
    await open_or_tell(deps, caller, click, outcome, Extending, extend_form)


async def _ask_act_for(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_act_for, click.value)
    await open_or_tell(deps, caller, click, outcome, ActingFor, act_for_form)


async def _ask_withdraw(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_coordinate, click.value, Event.CLOSE)
    await open_or_tell(deps, caller, click, outcome, Done, withdraw_form)


async def _ask_hold(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_hold, click.value, True)
    await open_or_tell(deps, caller, click, outcome, Done, hold_form)


async def _ask_lift(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, may_hold, click.value, False)
    await open_or_tell(deps, caller, click, outcome, Done, lift_form)


async def _urgent(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, mark_urgent, click.value)
    words = did("urgent", outcome.code) if isinstance(outcome, Done) else None
    await settle(deps, caller, click, outcome, words)


async def _not_urgent(deps: SlackDeps, caller: Caller, click: Click) -> None:
    outcome = await act(deps, caller, click.action_id, not_urgent, click.value)
    words = did("not_urgent", outcome.code) if isinstance(outcome, Done) else None
    await settle(deps, caller, click, outcome, words)


# The forms


async def _extend(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    chosen, day = form.chosen(BlockId.EXTEND_BY, ActionId.REASON), form.date(BlockId.EXTEND_DAY, ActionId.FIELD)
    to: timedelta | date
    if chosen == UNTIL_DAY:
        try:
            to = date.fromisoformat(day)
        except ValueError:
            return Incomplete(BlockId.EXTEND_DAY)
    elif chosen in map(str, STEPS):
        to = timedelta(hours=int(chosen))
    else:
        return Incomplete(BlockId.EXTEND_BY)
    outcome = await act(deps, caller, form.callback_id, extend, form.subject, to, form.notes.get(SHOWN, ""))
    if isinstance(outcome, WrongEnd):
        return Incomplete(BlockId.EXTEND_DAY if isinstance(to, date) else BlockId.EXTEND_BY, wrong_end(outcome))
    return _told(form, outcome, "extend")


async def _act_for(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    said = form.chosen(BlockId.ACT_WHAT, ActionId.REASON)
    provider_id = form.chosen(BlockId.PROVIDER, ActionId.PROVIDER)
    if said == PASSES:
        outcome = await act(deps, caller, form.callback_id, pass_for, form.subject, provider_id)
        return _told(form, outcome, "pass")
    if said not in (TAKES, REACHED):
        return Incomplete(BlockId.ACT_WHAT)
    return await _accept(deps, caller, form, provider_id, Given(), already=said == REACHED)


async def _grounds(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    licence = one_of(Grounds, form.chosen(BlockId.GROUNDS, ActionId.REASON))
    network = one_of(NetworkGrounds, form.chosen(BlockId.NETWORK, ActionId.REASON))
    given = Given(asked_of(form.notes), licence, network)
    return await _accept(deps, caller, form, own_id(form.notes.get(PROVIDER)), given, already=ALREADY in form.notes)


async def _accept(
    deps: SlackDeps, caller: Caller, form: Form, provider_id: str, given: Given, *, already: bool
) -> Decision | Answered:
    """Asks what has to be said first, also what has arisen since the form was opened."""
    outcome = await act(deps, caller, form.callback_id, accept_for, form.subject, provider_id, given, already)
    if isinstance(outcome, Needs):
        view = grounds_form(outcome, already=already, home=form.from_home)
        if TIMELINE in form.notes:
            view = keep_timeline(view, home=form.from_home)
        return {"response_action": "update", "view": with_pages(view, caller.home_pages)}
    return _told(form, outcome, "accept")


async def _withdraw(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    outcome = await act(deps, caller, form.callback_id, close, form.subject, CloseReason.WITHDRAWN)
    return _told(form, outcome, "withdraw")


async def _hold(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    reason = one_of(HoldReason, form.chosen(BlockId.REASON, ActionId.REASON))
    if reason is None:
        return Incomplete(BlockId.REASON)
    return _told(form, await act(deps, caller, form.callback_id, put_on_hold, form.subject, reason), "hold")


async def _lift(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Answered:
    return _told(form, await act(deps, caller, form.callback_id, lift_hold, form.subject), "lift_hold")


def _told(form: Form, outcome: Decision, what: str) -> Decision | Answered:
    """Where neither Home nor a timeline shows that it was done, it is said."""
    if isinstance(outcome, Done) and not form.from_home and TIMELINE not in form.notes:
        return {"response_action": "update", "view": notice_view(did(what, outcome.code))}
    return outcome


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.EXTEND: _ask_extend,
    ActionId.ACT_FOR: _ask_act_for,
    ActionId.WITHDRAW: _ask_withdraw,
    ActionId.HOLD: _ask_hold,
    ActionId.LIFT_HOLD: _ask_lift,
    ActionId.URGENT: _urgent,
    ActionId.NOT_URGENT: _not_urgent,
}

FORMS: dict[CallbackId, FormHandler] = {
    CallbackId.EXTEND: _extend,
    CallbackId.ACT_FOR: _act_for,
    CallbackId.GROUNDS: _grounds,
    CallbackId.WITHDRAW: _withdraw,
    CallbackId.HOLD: _hold,
    CallbackId.LIFT_HOLD: _lift,
}
