"""The answers to pause and resume."""

from referrals.availability import Availability
from store.vocabulary import ProviderStatus

from .ids import ActionId, BlockId
from .layout import actions, button, context, section
from .message import Message
from .text import slack_date

#: DOMAIN.md P21.
_STILL_LISTED = (
    "You stay listed as not taking new clients; insurer directories are not changed. General referrals stay visible,"
    " and you may still accept one."
)


def paused(availability: Availability) -> Message:
    """In force already; where offers wait, it asks what becomes of them (DOMAIN.md G3)."""
    until = f"until {slack_date(availability.paused_until)}" if availability.paused_until else "until you resume them"
    lead = f"*Your referrals are paused* {until} (`/referrals resume`). Nobody can ask for you now."
    blocks = [section(lead)]
    text = lead.replace("*", "")
    if waiting := len(availability.waiting):
        asks = f"*{_offers(waiting)} still waiting for your answer.* Give {_them(waiting)} to everyone now?"
        blocks += [
            section(asks),
            actions(
                BlockId.ANSWER_ACTIONS,
                button(ActionId.RELEASE_WAITING, "Release them now", "now", "Give waiting referrals to all", "primary"),
                button(ActionId.KEEP_WAITING, "Keep them until their deadline", "keep"),
            ),
        ]
        text += " " + asks.replace("*", "")
    return Message(text, [*blocks, context(_STILL_LISTED)])


def resumed(availability: Availability) -> Message:
    if availability.status is ProviderStatus.INACTIVE:
        return answer("You are marked as inactive; a coordinator can change that.")
    return answer("*Welcome back: your referrals are on.* Clients can ask for you again.")


def released(count: int) -> Message:
    if count == 0:
        return answer("Nothing was waiting for you any more.")
    return answer(f"Done: {_offers(count)} now open to everyone, and the clients are told. You stay paused.")


def kept() -> Message:
    return answer("Kept: they stay yours until you answer or their deadline passes. You stay paused for new ones.")


def answer(text: str) -> Message:
    """One line of escaped mrkdwn as an answer."""
    return Message(text.replace("*", ""), [section(text)])


def _offers(count: int) -> str:
    return "1 referral is" if count == 1 else f"{count} referrals are"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
