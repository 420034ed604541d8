"""What the provider who has a referral is told in a direct message: to reach the client, how, and what came of it.

A client's wishes about being reached may stand here; who they are may not.
"""

from collections.abc import Callable
from datetime import timedelta

from referrals.letters import Letter, Preferences
from referrals.notices import Template
from store.vocabulary import PlanItem, Status

from .buttons import progress_buttons
from .facts import facts_line
from .ids import ActionId, plan_block
from .labels import CLOSE_REASONS, PLAN
from .layout import checkboxes
from .message import Block
from .progress import tried
from .text import link, plain, sentence, slack_date
from .whom import whom_to_ask
from .words import Words

_HOUR = 3600


def _acceptor(letter: Letter) -> Words:
    """P9, P15, R1: agreeing to contact the client, within 12 hours, with a plan for the first contact."""
    details = "Press *Client details* for how to reach them"
    mailed = "; the email sent to your work address says it as well." if letter.contact_mailed else "."
    return Words(
        lead=f"*{plain(letter.code)} is yours.* {_next(letter)}",
        rest=[line for line in (_so_far(letter), f"{details}{mailed}", _wishes(letter)) if line],
        below=[_plan(letter)],
        small=[facts_line(letter.facts, concerns=True), *_card_link(letter)],
        buttons=progress_buttons(letter.referral_id, letter.code, letter.status),
    )


def _next(letter: Letter) -> str:
    if letter.status is Status.SCHEDULED:
        return "A first session is scheduled."
    if letter.status is Status.CONTACTED:
        since = f" since {slack_date(letter.contacted_at)}" if letter.contacted_at else ""
        return f"It counts as contacted{since}. Next: a first session."
    hours = letter.practice.nudge_after // _HOUR
    by = slack_date((letter.accepted_at or letter.now) + timedelta(seconds=letter.practice.nudge_after))
    return f"Please reach the client within {hours} hours, by {by}."


def _nudge(letter: Letter) -> Words:
    """P15: 12 hours have passed."""
    since = slack_date(letter.accepted_at or letter.now)
    return Words(
        lead=f"*{plain(letter.code)}: have you reached the client?* You accepted it {since}, and they still wait.",
        rest=[
            *([_so_far(letter)] if letter.tries else []),
            "If you have, press *Contacted*. If nobody answers, press *No answer*, and the desk keeps count.",
            "If it does not work out, *Release* gives it to somebody else. That carries no penalty.",
        ],
        small=[facts_line(letter.facts, concerns=True), *_card_link(letter)],
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


ACCEPTOR_WORDS: dict[Template, Callable[[Letter], Words]] = {
    Template.ACCEPTOR_DM: _acceptor,
    Template.ACCEPTOR_NUDGE_DM: _nudge,
    Template.ACCEPTOR_STOP_DM: _stop,
}


def _plan(letter: Letter) -> Block:
    block_id = plan_block(letter.referral_id, letter.plan, letter.version)
    return checkboxes(block_id, ActionId.PLAN, {item: PLAN[item] for item in PlanItem}, letter.plan)


def _so_far(letter: Letter) -> str:
    tries = tried(letter.tries, letter.next_try) if letter.status is Status.ACCEPTED else ""
    return f"{sentence(tries)}." if tries else ""


def _wishes(letter: Letter) -> str:
    wishes = letter.preferences
    if wishes is None:
        return ""
    if wishes.do_not_contact:
        whom = whom_to_ask(letter.practice)
        return f":warning: The client has asked not to be contacted. Before you do anything, ask {whom}."
    return f"The client {preferences(wishes)}."


def preferences(wishes: Preferences) -> str:
    """Such as ``may be emailed, does not want a voicemail``."""
    email = "may be emailed" if wishes.email_ok else "does not want email"
    voicemail = "may be left a voicemail" if wishes.voicemail_ok else "does not want a voicemail"
    return f"{email}, {voicemail}"


def _card_link(letter: Letter) -> list[str]:
    return [link(letter.card_link, "Open the card")] if letter.card_link else []
