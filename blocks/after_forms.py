"""The form that records a try in vain. See ``modals`` for what a form may hold."""

from datetime import date

from slack_sdk.models.blocks import DatePickerElement, InputBlock

from referrals.outcomes import WrongDate
from referrals.progress import Trying

from .ids import ActionId, BlockId, CallbackId
from .layout import context, plain_text, section
from .modals import Modal, form, subject
from .progress import day, tried
from .text import plain

#: Notes of the form: how many tries were known when it was opened, and the message that it was opened from.
TRIES, CHANNEL, TS = "tries", "channel", "ts"


def no_answer_form(
    referral_id: str, trying: Trying, *, home: bool = False, message: tuple[str, str] | None = None
) -> Modal:
    """``message``: channel and ts of the direct message whose button was pressed, to be brought up to date."""
    so_far = tried(trying.tries, trying.next_try)
    picker = DatePickerElement(action_id=ActionId.NEXT_TRY, placeholder=plain_text("Choose a day", 150))
    blocks = [
        section(f"This records that you tried to reach the client of *{plain(trying.code)}* and nobody answered."),
        *([context(f"So far: {so_far}.")] if so_far else []),
        dict(
            InputBlock(
                block_id=BlockId.NEXT_TRY,
                label=plain_text("When will you try again?", 200),
                hint=plain_text("The card shows the day, so that everybody sees that somebody is at it.", 200),
                element=picker,
                optional=True,
            ).to_dict()
        ),
        context(
            "Nobody answers after several tries? *Close* the referral as unreachable: the client gets an email that"
            " says how to come back."
        ),
    ]
    notes = {TRIES: str(trying.tries)}
    if message:
        notes |= {CHANNEL: message[0], TS: message[1]}
    return form(CallbackId.NO_ANSWER, "No answer", "Record the try", subject(referral_id, home, **notes), blocks)


def wrong_date(wrong: WrongDate, chosen: date) -> str:
    """Beside the field, as plain text: what is wrong with the day, and what works."""
    if chosen < wrong.earliest:
        return f"That day is over. Choose {day(wrong.earliest)} (today) or a later day, or leave it empty."
    return f"That is too far off. Choose a day until {day(wrong.latest)}, or leave it empty."
