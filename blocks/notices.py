"""Every notice that goes to Slack: thread replies, and direct messages to acceptors and coordinators.

Each is written from a Letter when it is sent. A Letter for Slack carries no contact details of a client, and no text
here has a place for them.
"""

from collections.abc import Callable

from referrals.digest import DigestLetter
from referrals.letters import AnyLetter, Letter, PracticeLetter
from referrals.notices import Template
from referrals.provider_letters import ProviderLetter
from store.vocabulary import Kind, Status

from .acceptor_notices import ACCEPTOR_WORDS
from .availability import came_on_again
from .coordinator_notices import COORDINATOR_WORDS, trouble_words
from .digest import digest_words
from .facts import facts_line
from .ids import NOTICE_EVENT, ActionId, BlockId
from .layout import actions, button, context, section
from .licence_ends import licence_words
from .message import Message
from .text import link, mention, plain, slack_date
from .words import Words

_HOUR = 3600


def notice(letter: AnyLetter, delivery_id: str) -> Message:
    """The message for a delivery over Slack. ``delivery_id`` goes into the metadata, to find the message again.

    KeyError for a template that is not Slack's.
    """
    match letter:
        case PracticeLetter():
            words = trouble_words(letter)
        case DigestLetter():
            words = digest_words(letter)
        case ProviderLetter():
            words = licence_words(letter) if letter.licence else came_on_again(letter)
        case Letter():
            words = _WORDS[letter.template](letter)
    blocks = [section("\n".join([words.lead, *words.rest]))]
    blocks += words.below
    if words.small:
        blocks.append(context(*words.small))
    if words.buttons:
        blocks.append(actions(BlockId.NOTICE_ACTIONS, *words.buttons))
    return Message(words.lead.replace("*", ""), blocks, _metadata(delivery_id))


def over(code: str, status: Status, delivery_id: str, *, theirs: bool) -> Message:
    """What becomes of a message to an acceptor that is no longer true: one line, and nothing to press."""
    if theirs:
        line = f"*{plain(code)}* is with you. Its next steps are on its card."
    elif status is Status.CLOSED:
        line = f"*{plain(code)}* is closed."
    else:
        line = f"*{plain(code)}* is not with you any more."
    return Message(line.replace("*", ""), [section(line)], _metadata(delivery_id))


def _metadata(delivery_id: str) -> dict[str, object]:
    return {"event_type": NOTICE_EVENT, "event_payload": {"delivery_id": delivery_id}}


def _reminder(letter: Letter) -> Words:
    """A thread reply: the one thing that alerts, because an edit of the card does not (DOMAIN.md P3)."""
    code, left = plain(letter.code), _time_left(letter)
    until = f" ({slack_date(letter.expires_at)})" if letter.expires_at else ""
    facts = facts_line(letter.facts)
    card = _card_link(letter)
    if letter.kind is Kind.PREFERRED and letter.whose:
        return Words(
            lead=f"{mention(letter.whose)} {code} still waits for your answer: {left} left{until}.",
            rest=[
                "Declining carries no penalty, and lets somebody else help sooner.",
                "If you have reached the client already, choose that in the card's menu (⋯).",
            ],
            small=[facts, *card],
        )
    return Words(lead=f"*{code} is still open to everyone*: {left} left{until}.", small=[facts, *card])


def _denied(letter: Letter) -> Words:
    """To whoever would have taken it without a licence there."""
    code = plain(letter.code)
    if letter.kind is Kind.PREFERRED and letter.offer_id:
        rest = "Please decline it, so that it can go to somebody else. That carries no penalty."
        buttons = [button(ActionId.DECLINE, "Decline", letter.offer_id, f"Decline referral {code}")]
    else:
        rest, buttons = "Thank you for offering. It stays open to the others.", []
    return Words(
        lead=f"*A coordinator did not allow {code} without a licence.*",
        rest=[rest],
        small=[facts_line(letter.facts), *_card_link(letter)],
        buttons=buttons,
    )


def _accepted(letter: Letter) -> Words:
    who = mention(letter.holder) if letter.holder else "Somebody"
    and_then = "will contact the client" if letter.status is Status.ACCEPTED else "has contacted the client"
    return Words(
        lead=f"{who} has accepted *{plain(letter.code)}* and {and_then}.",
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
    **ACCEPTOR_WORDS,
    Template.LICENCE_DENIED: _denied,
    Template.THREAD_REMINDER: _reminder,
    Template.THREAD_ACCEPTED: _accepted,
    **COORDINATOR_WORDS,
}
