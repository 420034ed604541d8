"""The forms. Their private_metadata holds opaque ids only, and none asks for free text, which might name a client.

``home``: the form was opened from Home, which has to be drawn anew once the form is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from slack_sdk.models.blocks import InputBlock, Option, OptionGroup, RadioButtonsElement
from slack_sdk.models.views import View

from referrals.close import Closing
from referrals.outcomes import Asks, Done, Person, Question
from referrals.views.coordinators import Choice
from store.vocabulary import CloseReason, DeclineReason

from .availability import answer
from .ids import ActionId, BlockId, CallbackId
from .labels import BEFORE_CONTACT, CLOSE_REASONS, DECLINE_REASONS
from .layout import context, plain_text, section
from .message import Block, Message
from .replies import questions
from .text import clean, mention, plain, sentence

Modal = dict[str, Any]
K = TypeVar("K", bound=str)

#: Slack's limits: https://docs.slack.dev/reference/views and /block-kit/block-elements.
TITLE_LENGTH, OPTION_LENGTH, OPTIONS = 24, 75, 100

_HOME = "home"
#: A note of a form opened from Home: where its lists stood.
PAGES = "pages"
#: A note of a form that stands above a referral's timeline.
TIMELINE = "timeline"
#: Answers of the form that releases.
WANTS_CARE = {"yes": "Yes, or I do not know", "no": "No: close the referral"}
#: A note of the form that asks before accepting.
ALREADY_CONTACTED = "already_contacted"
#: A note of a form that asks before something is accepted: what it asks.
_ASKED = "asked"


def decline_form(offer_id: str, code: str, whose: Person | None = None, *, home: bool = False) -> Modal:
    """``whose``: for whom a coordinator declines."""
    reasons = {reason: DECLINE_REASONS[reason] for reason in BEFORE_CONTACT}
    lead = f"You decline *{plain(code)}* for {mention(whose)}. It" if whose else f"*{plain(code)}*"
    who = "the provider is" if whose else "you are"
    more = "It is recorded as yours, on their behalf." if whose else "Declining carries no penalty."
    blocks = [
        section(f"{lead} will be offered to everyone, with a new deadline."),
        radio("Why does it not fit?", reasons),
        context(f"The client hears that {who} unavailable, never why. {more}"),
    ]
    title, press = ("Decline for a provider", "Decline for them") if whose else ("Decline referral", "Decline")
    return form(CallbackId.DECLINE, title, press, subject(offer_id, home), blocks)


def release_form(done: Done, *, home: bool = False) -> Modal:
    """Whether the client still wants care decides what becomes of it, so it is asked by itself (DOMAIN.md P11)."""
    reasons = {one: text for one, text in DECLINE_REASONS.items() if one is not DeclineReason.NO_LONGER_WANTS}
    blocks = [
        section(f"You are giving *{plain(done.code)}* back. That carries no penalty."),
        radio("Why are you giving it back?", reasons),
        radio("Does the client still want care?", WANTS_CARE, BlockId.WANTS_CARE, ActionId.WANTS_CARE),
        context(
            "With “yes” everyone else is offered it, and the client is told that somebody else will contact them. With"
            " “no” it is closed, and they are told how to come back. Your reason stays in the practice."
        ),
    ]
    return form(CallbackId.RELEASE, "Release referral", "Release", subject(done.referral_id, home), blocks)


def close_form(referral_id: str, closing: Closing, *, home: bool = False) -> Modal:
    """With the reasons this person may give: a coordinator any, the provider who has it that nobody answers."""
    labels = {**CLOSE_REASONS, CloseReason.OTHER: "another reason"}
    reasons = {reason: sentence(labels[reason]) for reason in closing.reasons}
    code = closing.code
    blocks = [
        section(
            f"Closing *{plain(code)}* is final. The client is told, and a provider who has accepted"
            " is told not to contact them."
        ),
        radio("Why is it closed?", reasons),
    ]
    return form(CallbackId.CLOSE, "Close referral", "Close referral", subject(referral_id, home), blocks)


def confirm_form(asks: Asks, *, home: bool = False) -> Modal:
    """Before an accept that has to be meant (DESIGN.md's table)."""
    lines = "\n".join(f"•  {question}" for question in questions(asks))
    blocks = [section(f"*Before you accept {plain(asks.code)}:*\n{lines}")]
    notes = {ALREADY_CONTACTED: "yes"} if asks.already_contacted else {}
    about = subject(asks.offer_id, home, **notes, **asked_note(asks.questions))
    return form(CallbackId.CONFIRM, "Accept referral", "Accept anyway", about, blocks)


def notice_view(text: str) -> Modal:
    """A modal that only tells: what has happened since, a refusal, an error. Escaped mrkdwn."""
    return tell_view(answer(text))


def tell_view(message: Message) -> Modal:
    """The same for a message with blocks of its own."""
    view = View(
        type="modal",
        title=plain_text("Referral desk", TITLE_LENGTH),
        close=plain_text("Close", TITLE_LENGTH),
        blocks=message.blocks,
    )
    return dict(view.to_dict())


def subject_of(private_metadata: str) -> tuple[str, bool]:
    """The id that a form is about, and whether it was opened from Home."""
    subject, *more = private_metadata.split(" ")
    return subject, _HOME in more


def with_pages(form: Modal, pages: str) -> Modal:
    """For a form opened from Home: remembers where its lists stood, so that it is drawn anew on the same pages."""
    about = form.get("private_metadata", "")
    return form | {"private_metadata": f"{about} {PAGES}={pages}"} if pages and subject_of(about)[1] else form


def above_timeline(form: Modal, *, home: bool) -> Modal:
    """For a form opened from a timeline: remembers that it stands below, and whether that was opened from Home."""
    about, was = form.get("private_metadata", ""), subject_of(form.get("private_metadata", ""))[1]
    return form | {"private_metadata": f"{about}{f' {_HOME}' if home and not was else ''} {TIMELINE}=yes"}


def notes_of(private_metadata: str) -> dict[str, str]:
    """What else ``subject`` was given."""
    notes = (word.partition("=") for word in private_metadata.split(" ")[1:])
    return {name: value for name, found, value in notes if found}


def subject(id: str, home: bool = False, **notes: str) -> str:
    """A form's private_metadata: what it is about, and ``notes`` by name. Opaque ids and codes only, without spaces."""
    return " ".join([id, *([_HOME] if home else []), *(f"{name}={value}" for name, value in notes.items())])


def asked_note(asked: Iterable[Question]) -> dict[str, str]:
    """The note of what a form asks: whoever sends it has answered these with yes, and no other."""
    words = "+".join(asked)
    return {_ASKED: words} if words else {}


def asked_of(notes: Mapping[str, str]) -> frozenset[Question]:
    """What ``asked_note`` was given."""
    words = notes.get(_ASKED, "").split("+")
    return frozenset(one for one in Question if one in words)


def form(callback: CallbackId, title: str, submit: str, subject_id: str, blocks: Sequence[Block]) -> Modal:
    view = View(
        type="modal",
        callback_id=callback,
        title=plain_text(title, TITLE_LENGTH),
        submit=plain_text(submit, TITLE_LENGTH),
        close=plain_text("Cancel", TITLE_LENGTH),
        private_metadata=subject_id,
        blocks=list(blocks),
    )
    return dict(view.to_dict())


def radio(
    label: str,
    choices: Mapping[K, str],
    block: BlockId = BlockId.REASON,
    action: ActionId = ActionId.REASON,
) -> Block:
    """Nothing is chosen beforehand: a reason picked by default would say nothing."""
    options = [Option(value=value, text=plain_text(text, OPTION_LENGTH)) for value, text in choices.items()]
    element = RadioButtonsElement(action_id=action, options=options)
    return dict(InputBlock(block_id=block, label=plain_text(label, 200), element=element).to_dict())


def choice_options(choices: Sequence[Choice]) -> dict[str, Any]:
    """A flat list while Slack allows it; beyond that, groups by alphabet of at most as many."""
    options = [Option(value=one.provider_id, text=plain_text(_choice_text(one), OPTION_LENGTH)) for one in choices]
    if len(options) <= OPTIONS:
        return {"options": options}
    return {"option_groups": list(_groups(options))}


def _groups(options: Sequence[Option]) -> Iterable[OptionGroup]:
    for start in range(0, min(len(options), OPTIONS * OPTIONS), OPTIONS):
        part = options[start : start + OPTIONS]
        yield OptionGroup(label=plain_text(f"{start + 1} to {start + len(part)}", OPTION_LENGTH), options=part)


def choice_notes(choice: Choice) -> list[str]:
    """What to know of somebody before choosing them."""
    notes = (
        ("has it now", choice.theirs),
        ("passed", choice.passed),
        ("no licence there", choice.unlicensed),
        ("paused", choice.paused),
        ("out of network", choice.out_of_network),
    )
    return [note for note, holds in notes if holds]


def _choice_text(choice: Choice) -> str:
    notes = ", ".join(choice_notes(choice))
    name = clean(choice.name, OPTION_LENGTH - len(notes) - 3)
    return f"{name} ({notes})" if notes else name
