"""What is asked before a pause takes effect: what was understood, read back; the forms; and what was not understood."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    DatePickerElement,
    InputBlock,
    InputInteractiveElement,
    NumberInputElement,
    Option,
    StaticSelectElement,
)

from referrals.pausing.spans import NotUnderstood, Span
from referrals.pausing.subjects import ALL, About, Subject, subject_of
from referrals.pausing.unclear import Problem
from referrals.pausing.weekly import MOST_PER_WEEK
from referrals.views.lists import Standing

from .availability import STILL_LISTED, answer, referrals_of
from .ids import ActionId, BlockId, CallbackId
from .layout import actions, button, context, plain_text, section
from .message import Block, Message
from .modals import OPTION_LENGTH, OPTIONS, Modal, form, subject
from .text import listed, plain


def pause_value(about: Subject | str, until: datetime | None = None) -> str:
    """Of PAUSE_NOW: ``insurer=aetna`` or, with an end, ``insurer=aetna@1772341200`` (epoch seconds)."""
    return f"{about}@{int(until.timestamp())}" if until else str(about)


def of_pause_value(value: str) -> Span | None:
    """None for what is no such value. Whether it is still to come, the handler looks."""
    about, at, seconds = value.partition("@")
    known = subject_of(about)
    if known is None or (at and not (seconds.isdecimal() and len(seconds) <= 10)):
        return None
    return Span(known, datetime.fromtimestamp(int(seconds), UTC) if at else None)


def read_back(span: Span, zone: ZoneInfo) -> Message:
    """Nothing has changed yet. DOMAIN.md P21: what a pause does not do."""
    asks = f"*Pause {referrals_of(span.subject)} {_until(span.until, zone)}?*"
    yes = button(ActionId.PAUSE_NOW, "Pause them", pause_value(span.subject, span.until), "Pause them now", "primary")
    never_mind = button(ActionId.NEVER_MIND, "Never mind", "no", "Never mind, change nothing")
    blocks = [
        section(f"{asks}\nNothing has changed yet."),
        actions(BlockId.ANSWER_ACTIONS, yes, never_mind),
        context(STILL_LISTED[span.subject == ALL]),
    ]
    return Message(asks.replace("*", ""), blocks)


def not_understood(found: NotUnderstood, command: str = "pause") -> Message:
    """Never repeats what was typed: it may be anything, a client's name too."""
    words = _PROBLEMS[found.problem]
    if found.nearest:
        words += f" Did you mean {listed([plain(one) for one in found.nearest], 'or')}?"
    elif found.problem in (Problem.UNKNOWN, Problem.NOT_YOURS):
        own = listed([plain(one) for one in found.own])
        words += f" Yours are: {own}." if own else " The roster has none of yours yet."
    example = f"/referrals {command} {found.example}".strip()
    return answer(f"{words} For example: `{plain(example, 120)}`. Nothing has changed.")


def too_late() -> Message:
    """The end that was read back is past by the time of the click."""
    return answer("That day has begun meanwhile, so there is nothing to pause any more. Nothing has changed.")


def nothing_paused() -> Message:
    return answer("All right. Nothing has changed.")


def pause_form(standing: Standing, *, home: bool = False) -> Modal:
    """What and until when. What it means is read back before it takes effect."""
    choices = [("All my referrals", str(ALL))] + [
        (f"{'Insurer' if one.subject.startswith(About.INSURER) else 'State'}: {one.label}", one.subject)
        for one in standing.switches
    ]
    options = [Option(value=value, text=plain_text(label, OPTION_LENGTH)) for label, value in choices[:OPTIONS]]
    what = StaticSelectElement(action_id=ActionId.FIELD, options=options, initial_option=options[0])
    until = DatePickerElement(action_id=ActionId.FIELD, placeholder=plain_text("Choose a day", 150))
    blocks = [
        _field(BlockId.PAUSE_WHAT, "What to pause", what),
        _field(
            BlockId.PAUSE_UNTIL,
            "Until",
            until,
            hint="Referrals come again at the beginning of this day. Without one, they come once you resume them.",
        ),
    ]
    return form(CallbackId.PAUSE, "Pause referrals", "Next", subject("", home), blocks)


def limit_form(standing: Standing, *, home: bool = False) -> Modal:
    """DOMAIN.md P22: optional, off by default, and set by nobody else."""
    number = NumberInputElement(
        action_id=ActionId.FIELD,
        is_decimal_allowed=False,
        initial_value=str(standing.weekly_limit) if standing.weekly_limit else None,
        min_value="1",
        max_value=str(MOST_PER_WEEK),
    )
    blocks = [
        _field(BlockId.LIMIT, "New referrals a week", number, hint="Leave it empty for no limit."),
        context(
            "Once you have accepted as many since Monday, nobody can ask for you until the next one. Referrals for"
            " everyone stay visible, and you may still accept one."
        ),
    ]
    return form(CallbackId.LIMIT, "Weekly limit", "Save", subject("", home), blocks)


DAY_IS_PAST = "This day has begun or is past. Please choose a later one, or leave it empty."
DAY_IS_TOO_FAR = "This is more than two years ahead. Please choose an earlier day, or leave it empty."
NOT_A_LIMIT = f"Please enter a whole number from 1 to {MOST_PER_WEEK}, for example 3; or leave it empty for no limit."


def _field(block: BlockId, label: str, element: InputInteractiveElement, hint: str = "") -> Block:
    optional = block is not BlockId.PAUSE_WHAT
    shown = InputBlock(
        block_id=block,
        label=plain_text(label, 200),
        element=element,
        optional=optional,
        hint=plain_text(hint, 2000) if hint else None,
    )
    return dict(shown.to_dict())


def _until(until: datetime | None, zone: ZoneInfo) -> str:
    """In the provider's own zone and naming it: this is what they check."""
    if until is None:
        return "until you resume them"
    there = until.astimezone(zone)
    clock, name, offset = f"{there:%I:%M %p}".lstrip("0"), f"{there:%Z}", f"{there:%z}"
    if not name.isalpha():  # many zones have only an offset for a name, such as "-03"
        name = f"UTC{offset[:3]}:{offset[3:5]}"
    return f"until {there:%A, %B} {there.day}, {there.year}, {clock} {name}"


_PROBLEMS: dict[Problem, str] = {
    Problem.NOT_A_DATE: "I could not tell until when. I know days such as March 1, 3/1, next Monday or two weeks.",
    Problem.NO_SUCH_DAY: "There is no such day in the calendar.",
    Problem.DAY_FIRST: "In a date such as 4/13 the month comes first, so that day does not exist.",
    Problem.OTHER_WEEKDAY: "That date falls on another day of the week.",
    Problem.TIME_OF_DAY: "Pauses end at the beginning of a day, so please leave out the time.",
    Problem.PAST: "That day has begun or is past.",
    Problem.TOO_FAR: "That is more than two years ahead.",
    Problem.NO_DATE: "The day is missing.",
    Problem.NEEDS_UNTIL: "A pause begins at once; say until when.",
    Problem.UNKNOWN: "I do not know that insurer or state.",
    Problem.NOT_YOURS: "That insurer or state is not on your record.",
    Problem.ONE_AT_A_TIME: "Please pause one insurer or state at a time.",
}
