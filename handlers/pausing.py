"""What comes to a provider: pausing and resuming by button and form, and the weekly limit.

Switches work at once. What a form says is read back first, and takes effect with the click that confirms it.
"""

from collections.abc import Callable
from datetime import date
from functools import partial

from blocks import pausing as words
from blocks.availability import answer, kept, limited, paused, released, resumed
from blocks.ids import ActionId, BlockId, CallbackId
from blocks.message import Message
from blocks.modals import Modal, tell_view
from blocks.replies import UNKNOWN_BUTTON
from referrals.outcomes import Decision, Missing, Refused
from referrals.pausing.availability import (
    Availability,
    pause,
    release_waiting,
    resume,
    set_weekly_limit,
)
from referrals.pausing.days import FURTHEST
from referrals.pausing.spans import Span
from referrals.pausing.subjects import ALL, Subject, subject_of
from referrals.pausing.weekly import MOST_PER_WEEK

from .answers import open_form, tell
from .click import Click
from .deps import SlackDeps
from .form import Answered, Form, FormHandler, Incomplete
from .home import publish_home
from .own import my_switches, on_own, paused_still
from .settling import ClickHandler, settle
from .who import Caller, act

_Changed = Availability | Refused | Missing


# Buttons


async def _pause(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await _now_paused(deps, caller, click, await act(deps, caller, click.action_id, on_own(pause)))


async def _pause_now(deps: SlackDeps, caller: Caller, click: Click) -> None:
    """What was read back. A click may come much later: whether it still makes sense is looked at again."""
    span, now = words.of_pause_value(click.value), deps.desk.clock.now()
    if span is None or (span.until and span.until > now + FURTHEST):
        await tell(deps, click, answer(UNKNOWN_BUTTON))
    elif span.until and span.until <= now:
        await tell(deps, click, words.too_late())
    else:
        use_case = partial(pause, subject=span.subject, until=span.until)
        await _now_paused(deps, caller, click, await act(deps, caller, click.action_id, on_own(use_case)))


async def _now_paused(deps: SlackDeps, caller: Caller, click: Click, outcome: _Changed) -> None:
    """Home shows it by itself; only what waits has to be asked about."""
    if not isinstance(outcome, Availability):
        await settle(deps, caller, click, outcome)
        return
    if outcome.waiting or not click.on_home:
        await tell(deps, click, paused(outcome))
    await _show_home(deps, caller, click)


async def _resume(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await _now_resumed(deps, caller, click, await act(deps, caller, click.action_id, on_own(resume)))


async def _resume_one(deps: SlackDeps, caller: Caller, click: Click) -> None:
    subject = subject_of(click.value)
    if subject is None:
        await tell(deps, click, answer(UNKNOWN_BUTTON))
        return
    use_case = partial(resume, subject=subject)
    await _now_resumed(deps, caller, click, await act(deps, caller, click.action_id, on_own(use_case)))


async def _now_resumed(deps: SlackDeps, caller: Caller, click: Click, outcome: _Changed) -> None:
    if not isinstance(outcome, Availability):
        await settle(deps, caller, click, outcome)
        return
    if not click.on_home:
        await tell(deps, click, resumed(outcome))
    await _show_home(deps, caller, click)


async def _release_waiting(deps: SlackDeps, caller: Caller, click: Click) -> None:
    """A button of before there were subjects is about all of them."""
    subject = subject_of(click.value) or ALL
    use_case = partial(release_waiting, subject=subject)
    outcome = await act(deps, caller, click.action_id, on_own(use_case))
    if isinstance(outcome, Refused):
        await settle(deps, caller, click, outcome)
        return
    await tell(deps, click, released(outcome, await _still(deps, caller, click, subject)))
    await _show_home(deps, caller, click)


async def _keep_waiting(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await tell(deps, click, kept(await _still(deps, caller, click, subject_of(click.value) or ALL)))


async def _still(deps: SlackDeps, caller: Caller, click: Click, subject: Subject) -> Subject | None:
    found = await act(deps, caller, click.action_id, on_own(partial(paused_still, subject=subject)))
    return found if isinstance(found, Subject) else None


async def _never_mind(deps: SlackDeps, _caller: Caller, click: Click) -> None:
    await tell(deps, click, words.nothing_paused())


async def _show_home(deps: SlackDeps, caller: Caller, click: Click) -> None:
    """Also behind a modal, which was opened from there."""
    if click.view_id is not None:
        await publish_home(deps, caller)


async def _ask_pause(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await _open(deps, caller, click, words.pause_form)


async def _ask_limit(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await _open(deps, caller, click, words.limit_form)


async def _open(deps: SlackDeps, caller: Caller, click: Click, form: Callable[..., Modal]) -> None:
    own = await act(deps, caller, click.action_id, on_own(my_switches))
    if isinstance(own, Refused):
        await settle(deps, caller, click, own)
    else:
        await open_form(deps, click, form(own.standing, home=click.on_home))


# Forms


async def _pause_form(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    subject = subject_of(form.chosen(BlockId.PAUSE_WHAT, ActionId.FIELD))
    if subject is None:
        return Incomplete(BlockId.PAUSE_WHAT)
    own = await act(deps, caller, form.callback_id, on_own(my_switches))
    if isinstance(own, Refused):
        return own
    try:
        chosen = form.date(BlockId.PAUSE_UNTIL, ActionId.FIELD)
        day = date.fromisoformat(chosen) if chosen else None
    except ValueError:  # a forged form: Slack sends a day
        return Incomplete(BlockId.PAUSE_UNTIL, words.DAY_IS_PAST)
    if day is not None and day <= own.here.today:
        return Incomplete(BlockId.PAUSE_UNTIL, words.DAY_IS_PAST)
    if day is not None and day > own.here.today + FURTHEST:
        return Incomplete(BlockId.PAUSE_UNTIL, words.DAY_IS_TOO_FAR)
    span = Span(subject, own.here.start_of(day) if day else None)
    return _instead(words.read_back(span, own.here.zone))


async def _limit_form(deps: SlackDeps, caller: Caller, form: Form) -> Decision | Incomplete | Answered:
    typed = form.field(BlockId.LIMIT, ActionId.FIELD).get("value") or ""
    limit = int(typed) if isinstance(typed, str) and typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0
    if typed and not 1 <= limit <= MOST_PER_WEEK:
        return Incomplete(BlockId.LIMIT, words.NOT_A_LIMIT)
    use_case = partial(set_weekly_limit, limit=limit or None)
    outcome = await act(deps, caller, form.callback_id, on_own(use_case))
    if not isinstance(outcome, Availability):
        return outcome
    if not form.from_home:
        return _instead(limited(limit or None))
    await publish_home(deps, caller)
    return {}


def _instead(message: Message) -> Answered:
    return {"response_action": "update", "view": tell_view(message)}


HANDLERS: dict[ActionId, ClickHandler] = {
    ActionId.PAUSE: _pause,
    ActionId.PAUSE_NOW: _pause_now,
    ActionId.PAUSE_FOR: _ask_pause,
    ActionId.RESUME: _resume,
    ActionId.RESUME_ONE: _resume_one,
    ActionId.RELEASE_WAITING: _release_waiting,
    ActionId.KEEP_WAITING: _keep_waiting,
    ActionId.NEVER_MIND: _never_mind,
    ActionId.LIMIT: _ask_limit,
}

FORMS: dict[CallbackId, FormHandler] = {
    CallbackId.PAUSE: _pause_form,
    CallbackId.LIMIT: _limit_form,
}
