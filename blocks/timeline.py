"""A referral's timeline in Slack, for coordinators alone: where it stands, what they can do, and its whole story.

The same blocks stand in a modal and in the private answer to ``/referrals show``.
"""

from collections.abc import Iterable

from slack_sdk.models.blocks import ButtonElement
from slack_sdk.models.views import View

from referrals.lifecycle import HELD
from referrals.views.by_code import EXAMPLE, Unknown
from referrals.views.timeline import PAGE, Happened, Timeline, Told
from store.vocabulary import Kind, Status

from .facts import facts_line
from .ids import ActionId
from .labels import STATUSES
from .layout import actions, button, context, divider, header, plain_text, section
from .message import Block, Message
from .modals import TITLE_LENGTH, Modal, subject
from .text import listed, mention, plain, sentence, slack_date
from .timeline_words import what, who

#: What the block ids of its buttons begin with: a click on one of them draws the timeline anew.
OF_TIMELINE = "timeline."
#: Slack's limit of a section is 3,000 characters, dates in full.
_SECTION_LENGTH = 2900


def timeline_view(shown: Timeline, *, home: bool = False, said: str = "") -> Modal:
    """``home``: it was opened from there; ``said``: what came of a click, escaped."""
    view = View(
        type="modal",
        title=plain_text(shown.code, TITLE_LENGTH),
        close=plain_text("Close", TITLE_LENGTH),
        private_metadata=subject(shown.referral_id, home),
        blocks=timeline_blocks(shown, said),
    )
    return dict(view.to_dict())


def timeline_answer(shown: Timeline, said: str = "") -> Message:
    return Message(f"Timeline of {plain(shown.code)}", timeline_blocks(shown, said))


def timeline_blocks(shown: Timeline, said: str = "") -> list[Block]:
    blocks = [section(f":information_source: {said}")] if said else []
    blocks.append(section("\n".join(_standing(shown))))
    rows = [_deciding(shown), _marking(shown)]
    blocks += [actions(f"{OF_TIMELINE}{number}", *row) for number, row in enumerate(rows) if row]
    blocks += [divider(), header("What has happened"), context(_which(shown))]
    if shown.page < shown.pages - 1:
        blocks.append(_turn(shown, shown.page + 1, "Show earlier"))
    blocks += _story(shown)
    if shown.page:
        blocks.append(_turn(shown, shown.page - 1, "Show later"))
    return blocks


def _standing(shown: Timeline) -> list[str]:
    holder = f", with {mention(shown.holder)}" if shown.holder and shown.status in HELD else ""
    kind = "Preferred provider" if shown.kind is Kind.PREFERRED else "General"
    lines = [
        f"*{plain(shown.code)}*  ·  {STATUSES[shown.status]}{holder}",
        f"{facts_line(shown.facts)} · {kind}, round {shown.round}",
    ]
    if shown.expires_at:
        whose = f"Reserved for {mention(shown.whose)}" if shown.whose else "Open to everyone"
        passed = ", which has passed: it is acted on any moment" if shown.overdue else ""
        lines.append(f"{whose} until {slack_date(shown.expires_at)}{passed}")
    flags = [words for words, holds in (("*Urgent*", shown.urgent), ("*On legal hold*", shown.legal_hold)) if holds]
    return [*lines, *(["  ·  ".join(flags)] if flags else [])]


def _deciding(shown: Timeline) -> list[ButtonElement]:
    """What moves it on."""
    id, code = shown.referral_id, shown.code
    found = []
    if shown.status is Status.PENDING:
        found.append(button(ActionId.ACT_FOR, "Act for a provider", id, f"Act for a provider on {code}", "primary"))
        if shown.kind is Kind.PREFERRED:
            found.append(button(ActionId.DECLINE, "Decline for them", shown.offer_id, f"Decline for them: {code}"))
        found.append(button(ActionId.EXTEND, "Extend the deadline", id, f"Extend the deadline of {code}"))
    if shown.status is Status.ACCEPTED:
        found.append(button(ActionId.CONTACTED, "Contacted", id, f"The client of {code} was contacted", "primary"))
    if shown.status in (Status.ACCEPTED, Status.CONTACTED):
        found.append(button(ActionId.SCHEDULED, "Scheduled", id, f"A first session of {code} is scheduled"))
    if shown.status in HELD:
        found.append(button(ActionId.RELEASE, "Take back", id, f"Take back {code} and offer it to everyone"))
    if shown.status is Status.EXPIRED:
        found.append(
            button(ActionId.REOPEN, "Offer to everyone again", id, f"Offer to everyone again: {code}", "primary")
        )
    if shown.status in (Status.PENDING, Status.EXPIRED):
        found.append(button(ActionId.ASSIGN, "Assign", id, f"Assign {code} to a provider"))
    return found


def _marking(shown: Timeline) -> list[ButtonElement]:
    """What is noted of it, who the client is, and its end."""
    id, code = shown.referral_id, shown.code
    found = []
    if shown.status in (Status.PENDING, Status.ACCEPTED, Status.EXPIRED):
        if shown.urgent:
            found.append(button(ActionId.NOT_URGENT, "No longer urgent", id, f"{code} is no longer urgent"))
        else:
            found.append(button(ActionId.URGENT, "Mark as urgent", id, f"Mark as urgent: {code}"))
    found.append(button(ActionId.DETAILS, "Client details", id, f"Client details of {code}"))
    if shown.referred:
        found.append(button(ActionId.CONSENT, "Telling the source", id, f"Telling the source how {code} goes"))
    if shown.status is not Status.CLOSED:
        found.append(button(ActionId.WITHDRAW, "Withdraw", id, f"Withdraw {code}: the client wants no more"))
        found.append(button(ActionId.CLOSE, "Close referral…", id, f"Close referral {code}"))
    if shown.legal_hold:
        found.append(button(ActionId.LIFT_HOLD, "Lift legal hold", id, f"Lift legal hold of {code}"))
    else:
        found.append(button(ActionId.HOLD, "Legal hold", id, f"Put {code} on legal hold"))
    return found


def _which(shown: Timeline) -> str:
    last = shown.total - shown.page * PAGE
    first = last - len(shown.entries) + 1
    some = f"{first} to {last} of {shown.total}" if shown.pages > 1 else f"{shown.total} entries"
    return f"{some}, the newest last. The client is not named here."


def _turn(shown: Timeline, page: int, label: str) -> Block:
    turn = button(ActionId.TIMELINE_PAGE, label, f"{shown.referral_id} {page}", f"{label} of {shown.code}")
    return actions(f"{OF_TIMELINE}page.{page}", turn)


def _story(shown: Timeline) -> Iterable[Block]:
    """As few sections as hold it: a modal may have 100 blocks, and a section 3,000 characters."""
    part = ""
    for line in (_line(shown, entry) for entry in shown.entries):
        if part and len(part) + len(line) + 2 > _SECTION_LENGTH:
            yield section(part)
            part = ""
        part = f"{part}\n\n{line}" if part else line
    if part:
        yield section(part)


def _line(shown: Timeline, entry: Happened | Told) -> str:
    words, moment = what(entry, shown.names)
    until = f" {slack_date(moment)}" if moment else ""
    small = sentence(who(entry, mention))
    return f"*{plain(words, 300)}{until}*\n{small}  ·  {slack_date(entry.at)}"


def no_such_code(unknown: Unknown) -> str:
    """The answer to a code that no referral has. What was no code at all is not repeated: it may be anything."""
    if unknown.written is None:
        return f"Please write a referral's code after it, such as `/referrals show {EXAMPLE}`. Nothing has changed."
    nearest = listed([f"`{one}`" for one in unknown.nearest], "or")
    guess = f" Did you mean {nearest}?" if nearest else f" Codes look like `{EXAMPLE}`; they stand on the cards."
    return f"There is no referral {plain(unknown.written)} on this desk.{guess}"


def pages_of(value: str) -> tuple[str, int]:
    """What TIMELINE_PAGE holds: the referral and the page; the latest for what cannot be one of ours."""
    id, _, page = value.partition(" ")
    return id, int(page) if page.isascii() and page.isdecimal() and len(page) < 5 else 0
