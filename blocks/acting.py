"""The forms of what only coordinators do to a referral under way. See ``modals`` for what a form may hold."""

from slack_sdk.models.blocks import DatePickerElement, InputBlock, StaticSelectElement

from referrals.acting.extend import STEPS, Extending, WrongEnd
from referrals.acting.on_behalf import ActingFor, Needs
from referrals.outcomes import Done
from store.vocabulary import Kind

from .grounds import GROUNDS, HOLD_REASONS, NETWORK_GROUNDS
from .ids import ActionId, BlockId, CallbackId
from .labels import QUESTIONS
from .layout import context, plain_text, section
from .message import Block
from .modals import Modal, asked_note, choice_options, form, notice_view, radio, subject
from .progress import day
from .text import mention, plain, slack_date

#: Notes of forms: the deadline that was shown; for whom is acted; that the client was reached already.
SHOWN, PROVIDER, ALREADY = "shown", "provider", "already"
#: Of the form that extends: the choice that stands for a day.
UNTIL_DAY = "day"
#: What a coordinator can say for a provider, as the form holds it.
TAKES, REACHED, PASSES = "takes", "reached", "passes"


def extend_form(extending: Extending, *, home: bool = False) -> Modal:
    code, until = plain(extending.code), slack_date(extending.expires_at)
    lead = f"*{code}* {'was to be answered by' if extending.overdue else 'has to be answered by'} {until}."
    steps = {str(hours): f"{hours} hours {'from now' if extending.overdue else 'more'}" for hours in STEPS}
    told = "The client was told this deadline and gets an email with the new one. "
    picker = DatePickerElement(action_id=ActionId.FIELD, placeholder=plain_text("Choose a day", 150))
    hint = f"From {day(extending.earliest)} to {day(extending.latest)}, only with “until the end of a day”."
    blocks = [
        section(lead),
        radio("How much longer?", steps | {UNTIL_DAY: "Until the end of a day"}, BlockId.EXTEND_BY),
        dict(
            InputBlock(
                block_id=BlockId.EXTEND_DAY,
                label=plain_text("Which day?", 200),
                hint=plain_text(hint, 200),
                element=picker,
                optional=True,
            ).to_dict()
        ),
        context(
            f"{told if extending.kind is Kind.PREFERRED else ''}A reminder still to come moves along. Links in emails"
            " that are out end when they say."
        ),
    ]
    about = subject(extending.referral_id, home, **{SHOWN: extending.shown})
    return form(CallbackId.EXTEND, "Extend the deadline", "Extend", about, blocks)


def wrong_end(wrong: WrongEnd) -> str:
    """Beside the field, as plain text."""
    return f"Choose a day from {day(wrong.earliest)} to {day(wrong.latest)}: later than now, and within 30 days."


def act_for_form(acting: ActingFor, *, home: bool = False) -> Modal:
    """For whom, and what they have said. A reserved round is its provider's."""
    code = plain(acting.code)
    said = {TAKES: "They take it", REACHED: "They take it, and have reached the client already"}
    if acting.whose:
        lead = f"*{code}* is reserved for {mention(acting.whose)}. You act for them."
        whom: list[Block] = []
    elif acting.choices:
        lead = f"*{code}* is open to everyone. Choose for whom you act."
        said[PASSES] = "It is not for them"
        select = StaticSelectElement(
            action_id=ActionId.PROVIDER,
            placeholder=plain_text("Choose a provider", 150),
            **choice_options(acting.choices),
        )
        label = plain_text("For whom?", 200)
        whom = [dict(InputBlock(block_id=BlockId.PROVIDER, label=label, element=select).to_dict())]
    else:
        return notice_view(f"Nobody on the roster could take {code}: all are inactive, or have given it back.")
    blocks = [
        section(lead),
        *whom,
        radio("What have they said?", said, BlockId.ACT_WHAT),
        context("It is recorded as yours, on their behalf, and they are told."),
    ]
    about = subject(acting.offer_id, home)
    return form(CallbackId.ACT_FOR, "Act for a provider", "Go on", about, blocks)


def grounds_form(needs: Needs, *, already: bool, home: bool = False) -> Modal:
    """What has to be said before somebody is accepted for, whom something keeps from it."""
    code, whose = plain(needs.code), mention(needs.whose)
    lines = [f"•  {QUESTIONS[one].format(whose=whose, their='the provider’s')}" for one in needs.questions]
    blocks = [section("\n".join([f"*Before you accept {code} for {whose}:*", *lines]))]
    if needs.licence:
        lead = f"The roster shows no licence of theirs for {plain(needs.state)}, where the client is."
        reasons = {str(one): text for one, text in GROUNDS.items()}
        blocks += [section(lead), radio("Why may they see this client?", reasons, BlockId.GROUNDS)]
    if needs.network:
        reasons = {str(one): text for one, text in NETWORK_GROUNDS.items()}
        blocks += [
            section("The client's insurer is not among their networks, so the client may have to pay."),
            radio("Why out of network?", reasons, BlockId.NETWORK),
        ]
    blocks.append(context("What you choose is kept in the referral's history, with your name."))
    notes = {PROVIDER: needs.provider_id, **asked_note(needs.questions), **({ALREADY: "yes"} if already else {})}
    return form(
        CallbackId.GROUNDS, "Act for a provider", "Accept for them", subject(needs.offer_id, home, **notes), blocks
    )


def withdraw_form(done: Done, *, home: bool = False) -> Modal:
    blocks = [
        section(
            f"*{plain(done.code)}* is closed because the client withdrew. That is final. The client gets an email that"
            " confirms it, and a provider who has accepted is told not to contact them."
        )
    ]
    return form(CallbackId.WITHDRAW, "Withdraw referral", "Withdraw", subject(done.referral_id, home), blocks)


def hold_form(done: Done, *, home: bool = False) -> Modal:
    blocks = [
        section(
            f"While *{plain(done.code)}* is on legal hold, its client's details are not erased. Nothing else changes."
        ),
        radio("Why is it kept?", {str(one): text for one, text in HOLD_REASONS.items()}),
        context("The reason is kept in the referral's history, with your name."),
    ]
    return form(CallbackId.HOLD, "Legal hold", "Put on hold", subject(done.referral_id, home), blocks)


def lift_form(done: Done, *, home: bool = False) -> Modal:
    blocks = [
        section(
            f"*{plain(done.code)}* is then on no legal hold any more. Its client's details are erased when the"
            " practice's rules say so, which may be soon."
        )
    ]
    return form(CallbackId.LIFT_HOLD, "Lift legal hold", "Lift", subject(done.referral_id, home), blocks)


def did(what: str, code: str) -> str:
    """After a form or a button where nothing in sight shows that it was done. ``what``: of ``DONE``."""
    return DONE[what].format(code=plain(code))


DONE = {
    "extend": "Done. {code} has a later deadline.",
    "accept": "Done. {code} is with the provider, and they have been told.",
    "pass": "Noted: {code} is not for them. It stays open for the others.",
    "urgent": "Done. {code} is marked as urgent, and the coordinators have been told.",
    "not_urgent": "Done. {code} is no longer marked as urgent.",
    "withdraw": "Done. {code} is closed, and the client is told.",
    "hold": "Done. {code} is on legal hold.",
    "lift_hold": "Done. {code} is on no legal hold any more.",
}
