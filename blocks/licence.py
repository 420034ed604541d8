"""Words and forms about a licence that the roster does not show. See ``modals`` for what a form may hold."""

from referrals.licences import Allowing, Asked

from .grounds import GROUNDS
from .ids import ActionId, BlockId, CallbackId
from .labels import QUESTIONS
from .layout import actions, button, context, section
from .message import Message
from .modals import Modal, asked_note, form, radio, subject
from .text import mention, plain


def no_licence(words: str, offer_id: str) -> Message:
    """The refusal and its way out. ``words``: escaped."""
    ask = button(ActionId.ASK_LICENCE, "Ask a coordinator", offer_id, "Ask a coordinator to allow it")
    small = "If a compact or a registration covers you there, a coordinator can allow it."
    return Message(f"{words} {small}", [section(words), context(small), actions(BlockId.ANSWER_ACTIONS, ask)])


def asked(outcome: Asked) -> str:
    code = plain(outcome.code)
    if outcome.needless:
        return f"The roster shows a licence of yours there by now: please press Accept on {code} again."
    if outcome.denied:
        return f"A coordinator has not allowed it for {code}. If something has changed since, please ask them yourself."
    if outcome.again:
        return f"The coordinators know already that you would take {code}. They have not decided yet."
    return (
        f"The coordinators have been asked whether you may take {code}. It stays open to the others meanwhile; if they"
        " allow it, it is yours and you get a message."
    )


def allow_form(attention_id: str, allowing: Allowing, *, home: bool = False) -> Modal:
    code, who = plain(allowing.code), mention(allowing.whose)
    asked = [QUESTIONS[question].format(whose=who, their="the provider's") for question in allowing.questions]
    also = "\n".join(f"•  {question}" for question in asked)
    blocks = [
        section(
            f"{who} would take *{code}*. The roster shows no licence of theirs for {plain(allowing.state)}, where the"
            " client is. If you allow it, the referral is theirs and they are asked to contact the client."
        ),
        *([section(f"*Please note:*\n{also}")] if also else []),
        radio("Why may they see this client?", {str(one): text for one, text in GROUNDS.items()}),
        context("The reason is kept in the referral's history, with your name."),
    ]
    about = subject(attention_id, home, **asked_note(allowing.questions))
    return form(CallbackId.ALLOW_LICENCE, "Allow without licence", "Allow", about, blocks)


def denied(code: str) -> str:
    return f"Done. Whoever asked for {plain(code)} is told that it is not allowed; the referral stays as it is."


def allowed(code: str) -> str:
    return f"Done. {plain(code)} is with the provider who asked for it, and they have been told."
