"""What the page of messages says. Pure."""

from blocks.moments import moment
from referrals.messages.filling import Fault, Words
from referrals.messages.templates import Kept, TooMany

SAID = {
    "saved": "Saved. It is sent in these words from now on.",
    "restored": "Back to our words. They are sent from now on.",
    "sent": "A test is on its way to {to}. Its subject begins with “Test:”.",
    "not_sent": "The test was not sent: the mail server did not take it ({trouble}). What you typed is still here.",
    "nowhere": "There is no address for a test. Set a support email in Settings, or your work email on the roster.",
}

#: What stands in every mail around the words, for whoever writes them.
AROUND = {
    "client": (
        "what to do without a reply within 48 hours: your support phone, hours and email",
        "the reference",
        "the crisis line: 988 and 911, and that the mailbox is not monitored 24/7",
        "what to do if the email reached the wrong person",
    ),
    "source": ("your support phone, hours and email", "what to do if the email reached the wrong person"),
}


def changed(kept: Kept, zone: str) -> str:
    """Whose words they are, and since when."""
    if not kept.own or kept.at is None:
        return "Our words"
    named = kept.by.name if kept.by else ""
    who = named if named and named != "somebody" else "a coordinator"
    return f"Your own words, by {who}, {moment(kept.at, zone)}"


def line_of(words: Words, fault: Fault) -> str:
    lines = (words.subject if fault.field == "subject" else words.body).split("\n")
    text = lines[fault.line - 1].strip() if 0 < fault.line <= len(lines) else ""
    return f"{text[:100]}…" if len(text) > 100 else text


def too_many(held: TooMany, zone: str) -> str:
    return f"Several tests have just been sent. The next one may go at {moment(held.again, zone)}."
