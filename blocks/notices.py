"""Every notice that goes to Slack: thread replies, and direct messages to acceptors and coordinators.

Each is written from a Letter when it is sent. A Letter for Slack carries no contact details of a client, and no text
here has a place for them.
"""

from collections.abc import Callable
from datetime import timedelta

from referrals.letters import Letter, PracticeLetter
from referrals.notices import Template
from store.vocabulary import Kind, Status

from .buttons import progress_buttons
from .coordinator_notices import COORDINATOR_WORDS, trouble_words
from .facts import facts_line
from .ids import NOTICE_EVENT, BlockId
from .labels import CLOSE_REASONS
from .layout import actions, context, section
from .message import Message
from .text import link, mention, plain, slack_date
from .whom import whom_to_ask
from .words import Words

_HOUR = 3600


def notice(letter: Letter | PracticeLetter, delivery_id: str) -> Message:
    """The message for a delivery over Slack. ``delivery_id`` goes into the metadata, to find the message again.

    KeyError for a template that is not Slack's.
    """
    words = trouble_words(letter) if isinstance(letter, PracticeLetter) else _WORDS[letter.template](letter)
    blocks = [section("\n".join([words.lead, *words.rest]))]
    if words.small:
        blocks.append(context(*words.small))
    if words.buttons:
        blocks.append(actions(BlockId.NOTICE_ACTIONS, *words.buttons))
    metadata = {"event_type": NOTICE_EVENT, "event_payload": {"delivery_id": delivery_id}}
    return Message(words.lead.replace("*", ""), blocks, metadata)


def _acceptor(letter: Letter) -> Words:
    """P9, P15, R1: agreeing to contact the client, within 12 hours, with a plan for the first contact."""
    code, practice = plain(letter.code), letter.practice
    hours = practice.nudge_after // _HOUR
    by = slack_date((letter.accepted_at or letter.now) + timedelta(seconds=practice.nudge_after))
    if letter.contact_mailed:
        where = "The client's contact details are in the email sent to your work address."
    else:
        where = (
            "The roster has no work address of yours to mail the client's contact details to:"
            f" ask {whom_to_ask(practice)}."
        )
    return Words(
        lead=f"*{code} is yours.* Please reach the client within {hours} hours, by {by}.",
        rest=[where],
        small=[
            facts_line(letter.facts, concerns=True),
            "First contact: a short consultation · scheduling · cost and insurance, with superbill and self-pay"
            " estimate · payment",
            *_card_link(letter),
        ],
        buttons=progress_buttons(letter.referral_id, letter.code, letter.status),
    )


def _stop(letter: Letter) -> Words:
    code = plain(letter.code)
    if letter.status is Status.CLOSED:
        reason = f": {CLOSE_REASONS[letter.close_reason]}" if letter.close_reason else ""
        why = f"The referral was closed{reason}."
    else:
        why = "A coordinator has given the referral to somebody else."
    return Words(
        lead=f"*Please do not contact the client of {code}.* {why}",
        rest=[f"If you are already in touch with them, tell {whom_to_ask(letter.practice)}."],
    )


def _reminder(letter: Letter) -> Words:
    """A thread reply: the one thing that alerts, because an edit of the card does not (DOMAIN.md P3)."""
    code, left = plain(letter.code), _time_left(letter)
    until = f" ({slack_date(letter.expires_at)})" if letter.expires_at else ""
    facts = facts_line(letter.facts)
    card = _card_link(letter)
    if letter.kind is Kind.PREFERRED and letter.whose:
        return Words(
            lead=f"{mention(letter.whose)} {code} still waits for your answer: {left} left{until}.",
            rest=["Declining carries no penalty, and lets somebody else help sooner."],
            small=[facts, *card],
        )
    return Words(lead=f"*{code} is still open to everyone*: {left} left{until}.", small=[facts, *card])


def _accepted(letter: Letter) -> Words:
    who = mention(letter.holder) if letter.holder else "Somebody"
    return Words(
        lead=f"{who} has accepted *{plain(letter.code)}* and will contact the client.",
        small=[facts_line(letter.facts), *_card_link(letter)],
    )


def _time_left(letter: Letter) -> str:
    if letter.expires_at is None:
        return "some time"
    left = (letter.expires_at - letter.now).total_seconds()
    hours = round(left / _HOUR)  # as in the mail
    return "less than an hour" if left < _HOUR else "1 hour" if hours == 1 else f"{hours} hours"


def _card_link(letter: Letter) -> list[str]:
    return [link(letter.card_link, "Open the card")] if letter.card_link else []


_WORDS: dict[Template, Callable[[Letter], Words]] = {
    Template.ACCEPTOR_DM: _acceptor,
    Template.ACCEPTOR_STOP_DM: _stop,
    Template.THREAD_REMINDER: _reminder,
    Template.THREAD_ACCEPTED: _accepted,
    **COORDINATOR_WORDS,
}
