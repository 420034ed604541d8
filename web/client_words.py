"""What the secure page says, and how it writes a client's details. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from blocks.details import ACCEPT_FIRST, GUARDIAN_FIRST, NO_GUARDIAN, left_alone
from blocks.labels import CLOSE_REASONS, DECLINE_REASONS, PLAN, REFUSALS, STATUSES
from blocks.moments import moment
from blocks.progress import day
from blocks.text import sentence
from blocks.us_phone import written
from referrals.client_page import Shut
from referrals.details import Details
from referrals.lifecycle import HELD
from referrals.outcomes import Meanwhile, Refusal, Refused
from store.vocabulary import DeclineReason, PlanItem, Status

#: Why a provider gives a referral back; that the client wants no care any more is asked by itself.
REASONS = {one: words for one, words in DECLINE_REASONS.items() if one is not DeclineReason.NO_LONGER_WANTS}

#: After a button, on the page that follows. The address carries the key only.
SAID = {
    "contacted": "Thank you. It is noted that you have reached the client.",
    "scheduled": "Wonderful. It is noted that a first session is scheduled.",
    "no_answer": "Noted: no answer this time.",
    "plan": "Your plan is saved.",
}

_BACK = "In Slack, press Client details again: on the card, in your messages, or on Home."
_SEARCH_BACK = "For the search, type /referrals find in Slack."

#: HTTP status, title, sentences.
SHUT: dict[Shut, tuple[int, str, tuple[str, ...]]] = {
    Shut.UNKNOWN: (404, "There is no such page", ("The link may be cut off or mistyped.", _BACK, _SEARCH_BACK)),
    Shut.USED: (410, "This link has been used", ("Each link opens once, to keep it safe.", _BACK, _SEARCH_BACK)),
    Shut.EXPIRED: (
        410,
        "This link is too old",
        ("Each link is good for five minutes, to keep it safe.", _BACK, _SEARCH_BACK),
    ),
    Shut.OVER: (
        403,
        "This page is closed",
        ("It stays open for half an hour, or until you close it. What you have saved is safe.", _BACK, _SEARCH_BACK),
    ),
    Shut.MOVED: (
        409,
        "This page has moved on",
        ("Another one was opened in this browser since, or this one is very old. Nothing was changed.",),
    ),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent with a form that was not taken. ``problem``: what to say about it."""

    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")


def refusal(refused: Refused) -> tuple[str, tuple[str, ...]]:
    """Title and sentences for somebody who may not see or do this (any more)."""
    if refused.reason is Refusal.NOT_THEIRS and refused.code:
        return (
            f"{refused.code} is not with you any more",
            (
                "It has been given to somebody else, or to everyone, so the client's details are closed to you.",
                "Please do not contact the client. If you think that this is wrong, ask a coordinator.",
            ),
        )
    return "This page is not open to you", (REFUSALS[refused.reason].format(whom="a coordinator"),)


def meanwhile(outcome: Meanwhile, zone: str) -> str:
    """A second coordinator, or a second press; or what was to be held is no more."""
    if outcome.event == "erase":
        return f"There is nothing left to hold: the client's data were erased, {moment(outcome.at, zone)}."
    who = "You have" if outcome.mine else f"{outcome.by.name} has" if outcome.by else "Somebody has"
    what = {"extend": "moved the deadline", "urgent": "changed how urgent it is", "hold": "changed the legal hold"}
    done = sentence(f"{who} {what.get(outcome.event, 'done the same')} since: {moment(outcome.at, zone)}.")
    return f"Nothing was changed. {done} Below is how it stands now."


def standing(details: Details) -> str:
    """Where the referral is, in one line, with the moment of the last step."""
    at = {
        Status.ACCEPTED: details.accepted_at,
        Status.CONTACTED: details.contacted_at,
        Status.SCHEDULED: details.scheduled_at,
        Status.CLOSED: details.closed_at,
    }.get(details.status)
    words = STATUSES[details.status]
    if details.status is Status.CLOSED and details.close_reason:
        words += f": {CLOSE_REASONS[details.close_reason]}"
    somebody_else = details.holder if details.status in HELD and not details.mine else None
    who = f", with {somebody_else.name}" if somebody_else else ""
    return f"{words}{who}" + (f" · {moment(at, details.time_zone)}" if at else "")


def tries(details: Details) -> str:
    """How often it was tried in vain; empty when never, or when it does not matter any more."""
    if details.status is not Status.ACCEPTED or not details.tries:
        return ""
    count = "Tried once" if details.tries == 1 else f"Tried {details.tries} times"
    return f"{count}, no answer." + (f" Next try: {day(details.next_try)}." if details.next_try else "")


def mailto(address: str) -> str:
    """Escaped, because an address may hold what an URL would read as its next part."""
    return "mailto:" + quote(address, safe="@+-._")


def page_values(details: Details) -> dict[str, object]:
    """What ``client.html`` needs beside the details."""
    contact = details.contact
    return {
        "details": details,
        "standing": standing(details),
        "tries": tries(details),
        "left_alone": left_alone(details),
        "accept_first": ACCEPT_FIRST,
        "guardian_first": GUARDIAN_FIRST,
        "no_guardian": NO_GUARDIAN,
        "phone": written(contact.phone) if contact and contact.phone else "",
        "mailto": mailto(contact.email) if contact and contact.email else "",
        "waits_until": moment(details.expires_at, details.time_zone) if details.expires_at else "",
        "plan": [(item, *words.split(": ", 1), item in details.plan) for item, words in PLAN.items()],
        "shown": " ".join(item for item in PlanItem if item in details.plan),
        "reasons": list(REASONS.items()),
        "tomorrow": details.tomorrow.isoformat(),
        "open": details.status is Status.ACCEPTED,
        "contacted": details.status is Status.CONTACTED,
    }
