"""The way to a client's details and the search, and the details themselves where the practice keeps them in Slack.

Only ``details_view`` holds who a client is: a modal, for practices that have attested it (DOMAIN.md section 3, rule 1).
Nothing here goes to a channel or into a notification.
"""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from referrals.details import Details
from referrals.find import Hit
from referrals.letters import Contact
from referrals.lifecycle import HELD
from store.vocabulary import Status

from .availability import answer
from .buttons import details_button, progress_buttons
from .ids import ActionId, BlockId
from .labels import STATUSES
from .layout import BUTTON_LENGTH, actions, context, fields, plain_text, section
from .message import Block, Message
from .modals import Modal, tell_view
from .progress import tried
from .text import clean, escape, plain, sentence, slack_date
from .us_phone import written

#: Also on the secure page. The first goes on where the card is.
ACCEPT_FIRST = "Please accept it before you contact the client"
GUARDIAN_FIRST = "The client is a minor: please speak with the parent or guardian first."
NO_GUARDIAN = "The client is a minor and no guardian is given: please ask a coordinator before you call."

_MINUTES = "It opens once, within 5 minutes. Please do not pass it on."
#: Slack's limit of a section is 3,000 characters; escaping lengthens what somebody typed.
_SECTION_LENGTH = 2900
#: More than the form takes (referrals/intake/checks.py).
_NOTES_LENGTH = 5000
_WORD_LENGTH = 500
#: What is shown of a search. An answer may have 50 blocks, and each hit takes two.
MOST_HITS = 10


def page_link(url: str, code: str) -> Message:
    """``url`` opens the page once: this is for one person's eyes."""
    return _link(f"*Client details of {plain(code)}.* They are on a page of their own.", "Open client details", url)


def search_link(url: str, *, typed: bool) -> Message:
    """``typed``: something stood after the command. It is not repeated."""
    lead = "*Search for a client.* You type the name on a page of its own."
    if typed:
        lead += " What you typed here was not used: please never type a client's name after a slash, it goes to Slack."
    return _link(lead, "Open the search", url)


def details_view(details: Details) -> Modal:
    """The same that the page shows, but for what Part 2 protects."""
    blocks = [section(f"*{plain(details.code)}*  ·  {_standing(details)}"), *_warnings(details)]
    if details.contact is None:
        blocks.append(section("The client's details have been erased, as the practice does after a while."))
    else:
        blocks += [fields(_reach(details.contact)), *_notes(details.contact)]
    facts = details.facts
    asked = [facts.service, facts.delivery, facts.state, facts.insurer, f"age {facts.age_band}", *facts.concerns]
    blocks.append(context(" · ".join(plain(one, 200) for one in asked)))
    if details.may_act:
        if tries := tried(details.tries, details.next_try) if details.status is Status.ACCEPTED else "":
            blocks.append(section(f"{sentence(tries)}."))
        progress = progress_buttons(details.referral_id, details.code, details.status)
        blocks.append(actions("details.progress", *(one for one in progress if one.action_id != ActionId.DETAILS)))
    return tell_view(Message(details.code, [*blocks, context("Every look at this is recorded.")]))


def found(hits: Sequence[Hit]) -> Message:
    """The answer to a name that was typed; it does not repeat the name."""
    if not hits:
        return answer(
            "No client by that name among those whose details you may see. Try another spelling; a coordinator can"
            " search everybody."
        )
    lead = "1 referral by that name" if len(hits) == 1 else f"{len(hits)} referrals by that name, the newest first"
    blocks = [section(f"*{lead}*")]
    for hit in hits[:MOST_HITS]:
        line = f"*{plain(hit.code)}*  {STATUSES[hit.status]}, received {slack_date(hit.created_at)}"
        blocks += [section(line), actions(f"found.{hit.referral_id}", details_button(hit.referral_id, hit.code))]
    if len(hits) > MOST_HITS:
        blocks.append(context(f"and {len(hits) - MOST_HITS} more"))
    return Message(lead, blocks)


WRITE_BOTH = (
    "Please write the client's first and last name after it, such as `/referrals find Jordan Rivera`. Only you see the"
    " answer."
)


def _link(lead: str, label: str, url: str) -> Message:
    opening = ButtonElement(
        action_id=ActionId.OPEN_PAGE, text=plain_text(label, BUTTON_LENGTH), url=url, style="primary"
    )
    text = lead.replace("*", "")
    return Message(text, [section(lead), actions(BlockId.ANSWER_ACTIONS, opening), context(_MINUTES)])


def _standing(details: Details) -> str:
    holder = details.holder if details.status in HELD and not details.mine else None
    return STATUSES[details.status] + (f", with {plain(holder.name, 100)}" if holder else "")


def _warnings(details: Details) -> list[Block]:
    """Why nobody should get in touch, or what to do before."""
    if words := left_alone(details):
        return [section(f":no_entry: *{words}*")]
    found = []
    if details.expires_at:
        until = slack_date(details.expires_at)
        found.append(section(f":warning: This referral waits for an answer until {until}. {ACCEPT_FIRST}."))
    if details.minor:
        guarded = details.contact is not None and details.contact.guardian
        found.append(section(f":warning: {GUARDIAN_FIRST if guarded else NO_GUARDIAN}"))
    return found


def left_alone(details: Details) -> str:
    """Why nobody should get in touch; empty when somebody may."""
    if details.status is Status.CLOSED:
        return "This referral is closed. Please do not contact the client."
    if details.contact is not None and details.contact.do_not_contact:
        return "The client does not want to be contacted. Please ask a coordinator before you do anything."
    return ""


def _reach(contact: Contact) -> list[tuple[str, str]]:
    called = f" (“{plain(contact.preferred_name, 100)}”)" if contact.preferred_name else ""
    voicemail = "voicemail is fine" if contact.voicemail_ok else "please leave no voicemail"
    email = "you may write" if contact.email_ok else "please do not write"
    return [
        ("Name", plain(contact.name, 200) + called),
        ("Parent or guardian", plain(contact.guardian or "", 200)),
        ("Phone", f"{plain(written(contact.phone))} ({voicemail})" if contact.phone else "not given"),
        ("Email", f"{plain(contact.email, 320)} ({email})" if contact.email else "not given"),
    ]


def _notes(contact: Contact) -> list[Block]:
    """All of them, in as many sections as it takes."""
    found, part = [], "*Notes*\n"
    for word in clean(contact.notes or "", _NOTES_LENGTH).split(" "):
        for piece in (word[at : at + _WORD_LENGTH] for at in range(0, len(word), _WORD_LENGTH)):
            escaped = escape(piece)
            if len(part) + len(escaped) >= _SECTION_LENGTH:
                found.append(section(part.rstrip()))
                part = ""
            part += escaped + " "
    return [*found, section(part.rstrip())] if contact.notes else []
