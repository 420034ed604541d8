"""The form in which a coordinator notes whether a client's source may hear how it went (DOMAIN.md B3)."""

from slack_sdk.models.blocks import InputBlock, Option, RadioButtonsElement

from referrals.sources.consent import Consent

from .ids import ActionId, BlockId, CallbackId
from .layout import OPTION_LENGTH, context, plain_text, section
from .message import Block
from .modals import Modal, form, notice_view, subject
from .text import plain, slack_date

#: The form's answers.
GIVEN, NOT_GIVEN = "given", "not_given"
_ANSWERS = {GIVEN: "Yes, the client has agreed", NOT_GIVEN: "No, or no longer: tell them nothing"}


def consent_form(shown: Consent, *, home: bool) -> Modal:
    """Where nobody is known to have referred the client, it says so and has no button."""
    code = plain(shown.code)
    if shown.source is None:
        return notice_view(f"*{code}* was referred by nobody we know, so there is nobody to tell how it goes.")
    since = f" Noted {slack_date(shown.since)}." if shown.since else ""
    blocks = [
        section(f"*{code}* was referred by *{plain(shown.source)}*. May they hear how it goes?{since}"),
        _question(given=shown.since is not None),
        context(
            "With consent they are told by mail when a first appointment is arranged and how the referral ended, with"
            " its reference and never a name. Without it they hear neither, ever."
        ),
    ]
    if not shown.mailable:
        blocks.append(context("They have no email address here, or are not to be written to: nothing will be sent."))
    if shown.part_2:
        blocks.append(
            context("42 CFR Part 2 applies: ask for consent in writing. The mail carries the redisclosure notice.")
        )
    return form(CallbackId.CONSENT, "Telling the source", "Save", subject(shown.referral_id, home), blocks)


def _question(*, given: bool) -> Block:
    options = {value: Option(value=value, text=plain_text(label, OPTION_LENGTH)) for value, label in _ANSWERS.items()}
    element = RadioButtonsElement(
        action_id=ActionId.FIELD,
        options=list(options.values()),
        initial_option=options[GIVEN if given else NOT_GIVEN],
    )
    label = plain_text("Has the client agreed?", 200)
    return dict(InputBlock(block_id=BlockId.CONSENT, label=label, element=element).to_dict())
