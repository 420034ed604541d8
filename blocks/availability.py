"""The answers once a pause, a resume or a limit is in force, and the message at the end of a pause."""

from collections.abc import Sequence

from referrals.pausing.availability import Availability
from referrals.pausing.subjects import ALL, Subject
from referrals.provider_letters import ProviderLetter
from store.vocabulary import ProviderStatus

from .ids import ActionId, BlockId
from .layout import actions, button, context, section
from .message import Message
from .text import listed, plain, sentence, slack_date
from .words import Words

#: DOMAIN.md P21, about a part and about all of it.
STILL_LISTED = (
    "You stay listed and can be asked for otherwise. This does not change your status in any insurer's directory.",
    "You stay listed as not taking new clients; insurer directories are not changed. General referrals stay visible,"
    " and you may still accept one.",
)


def paused(availability: Availability) -> Message:
    """In force already; where offers wait, it asks what becomes of them (DOMAIN.md G3)."""
    subject = availability.subject
    until = f"until {slack_date(availability.until)}" if availability.until else "until you resume them"
    lead = f"*{sentence(referrals_of(subject))} are paused* {until} (`{_resume_command(subject)}`)."
    if subject == ALL:
        lead += " Nobody can ask for you now."
    blocks, buttons = [section(lead)], []
    text = lead.replace("*", "")
    if waiting := len(availability.waiting):
        asks = f"*{_offers(waiting)} still waiting for your answer.* Give {_them(waiting)} to everyone now?"
        blocks.append(section(asks))
        spoken = "Give waiting referrals to all"
        buttons = [
            button(ActionId.RELEASE_WAITING, "Release them now", str(subject), spoken, "primary"),
            button(ActionId.KEEP_WAITING, "Keep them until their deadline", str(subject)),
        ]
        text += " " + asks.replace("*", "")
    action, value = (ActionId.RESUME, "resume") if subject == ALL else (ActionId.RESUME_ONE, str(subject))
    buttons.append(button(action, "Resume", value, f"Resume {referrals_of(subject)}"))
    return Message(text, [*blocks, actions(BlockId.ANSWER_ACTIONS, *buttons), context(STILL_LISTED[subject == ALL])])


def resumed(availability: Availability) -> Message:
    """``still_paused``: what was paused by itself and stays so."""
    if availability.status is ProviderStatus.INACTIVE:
        return answer("You are marked as inactive; a coordinator can change that.")
    lead = "*Welcome back: your referrals are on.*"
    if availability.subject != ALL:
        lead = f"*{sentence(referrals_of(availability.subject))} are on again.*"
    return answer(" ".join([lead, *_still_paused(availability.still_paused)]))


def limited(limit: int | None) -> Message:
    """DOMAIN.md P22."""
    if limit is None:
        return answer("There is no weekly limit any more.")
    return answer(f"*Your weekly limit is {limit}.* It counts what you accept from Monday on.")


def came_on_again(letter: ProviderLetter) -> Words:
    """The end of a pause, which came by itself."""
    on = listed([referrals_of(one) for one in letter.resumed])
    rest = [*_still_paused(letter.still_paused)]
    return Words(
        lead=f"*Your pause is over: {on} are on again.* Clients can ask for you.",
        rest=[*rest, "To pause again: `/referrals pause`, with `until` and a day if you like."],
    )


def referrals_of(subject: Subject) -> str:
    """``your referrals``, ``referrals with Aetna`` or ``referrals from Texas``."""
    if subject == ALL:
        return "your referrals"
    return f"referrals {'with' if subject.insurer else 'from'} {plain(subject.label)}"


def _still_paused(subjects: Sequence[Subject]) -> list[str]:
    if not subjects:
        return []
    return [f"Still paused: {listed([referrals_of(one) for one in subjects])} (`/referrals resume all`)."]


def _resume_command(subject: Subject) -> str:
    return f"/referrals resume {plain(subject.label)}".strip()


def released(count: int, still: Subject | None) -> Message:
    """``still``: what stays paused; None once it is on again."""
    if count == 0:
        return answer("Nothing was waiting for you any more.")
    return answer(f"Done: {_offers(count)} now open to everyone, and the clients are told.{_stays(still)}")


def kept(still: Subject | None) -> Message:
    """As ``released``."""
    return answer(f"Kept: they stay yours until you answer or their deadline passes.{_stays(still)}")


def _stays(still: Subject | None) -> str:
    return "" if still is None else f" {sentence(referrals_of(still))} stay paused."


def answer(text: str) -> Message:
    """One line of escaped mrkdwn as an answer."""
    return Message(text.replace("*", ""), [section(text)])


def _offers(count: int) -> str:
    return "1 referral is" if count == 1 else f"{count} referrals are"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
