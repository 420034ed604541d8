"""The practice's settings in plain words: what each is called and set to, and what to know before changing it."""

import re
from collections.abc import Mapping

from referrals.settings.names import WINDOWS, Group, Setting
from referrals.settings.values import NO, OFF, YES

from .text import plain

TITLES: dict[Group, str] = {
    Group.TIMES: "Times",
    Group.CHANNEL: "Channel",
    Group.SUPPORT: "Support and work mail",
    Group.PRACTICE: "Practice",
    Group.KEEPING: "Keeping and telling",
}
LABELS: dict[Setting, str] = {
    Setting.REMIND: "Reminder",
    Setting.EXPIRE: "Offer ends",
    Setting.LINK: "Email link works for",
    Setting.NUDGE: "First contact asked after",
    Setting.ESCALATE: "You are told after",
    Setting.CHANNEL: "Referrals channel",
    Setting.ANNOUNCE: "Acceptances",
    Setting.PHONE: "Support phone",
    Setting.EMAIL: "Support email",
    Setting.HOURS: "Support hours",
    Setting.DOMAINS: "Work mail domains",
    Setting.NAME: "Name",
    Setting.ZONE: "Time zone",
    Setting.COLOUR: "Colour",
    Setting.LINE: "Address line below mails and pages",
    Setting.RETAIN: "Clients are kept for",
    Setting.QUIET: "A source is quiet after",
    Setting.DIGEST: "Daily digest",
}
HINTS: dict[Setting, str] = {
    Setting.REMIND: "Hours after an offer is made: to the provider, and to the client. For example: 24",
    Setting.EXPIRE: "Hours after an offer is made, weekends included. For example: 48",
    Setting.LINK: "Hours, and never longer than the offer is open. For example: 12",
    Setting.NUDGE: "Hours after accepting: then the provider is asked about first contact. For example: 12",
    Setting.ESCALATE: "Hours after accepting without contact: then coordinators are told. For example: 48",
    Setting.CHANNEL: "The app has to be in it: type /invite @Referral desk there first.",
    Setting.PHONE: "It stands in every email to clients. For example: (512) 555-0142",
    Setting.EMAIL: "Replies to the desk's emails go there.",
    Setting.HOURS: "For example: Mon–Fri, 9 AM to 5 PM",
    Setting.DOMAINS: "Emails with a client's details go there only. For example: practice.example.org",
    Setting.NAME: "As clients know you. It stands in the subject of their emails.",
    Setting.ZONE: "Times in clients' emails are told in it. Type to search the list.",
    Setting.COLOUR: "As #rrggbb, such as #1f4d4a. Empty: the desk's own green.",
    Setting.LINE: "Such as your address. Empty: none.",
    Setting.RETAIN: "Days after closing without a scheduled session, 30 to 3,650. For example: 180. "
    "Fewer days stop erasing by night until somebody has looked at its list again.",
    Setting.QUIET: "Days without a referral, 7 to 730. For example: 90",
    Setting.DIGEST: "To the coordinators, in your time zone. Skipped when there is nothing to say.",
}
NOTES: dict[Group, str] = {
    Group.TIMES: "Deadlines that run already keep theirs: this holds for what is offered or accepted from now on.",
    Group.CHANNEL: "New cards go to the channel chosen here. Cards elsewhere stay there and are kept current.",
    Group.SUPPORT: "Clients are told these from the next email on.",
    Group.PRACTICE: "White has to be readable on the colour, and the colour on white.",
    Group.KEEPING: "What history keeps, ids and codes without any name, stays for 6 years. That is fixed.",
}
ANNOUNCE = {YES: "Announced in the channel", NO: "In the card's thread only"}
_WHEN_EMPTY = {
    Setting.PHONE: "none",
    Setting.EMAIL: "none",
    Setting.HOURS: "not told",
    Setting.DOMAINS: "none: no email carries a client's contact details",
    Setting.COLOUR: "the desk's own green",
    Setting.LINE: "none",
}
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,20}")


def hour_label(hour: int) -> str:
    return f"{hour % 12 or 12}:00 {'AM' if hour < 12 else 'PM'}"


def told(setting: Setting, written: str) -> str:
    """What it is set to, for people; escaped. ``written``: as ``referrals.settings.values`` writes it."""
    if not written and setting in _WHEN_EMPTY:
        return _WHEN_EMPTY[setting]
    if setting in WINDOWS:
        return _count(written, "hour")
    match setting:
        case Setting.RETAIN | Setting.QUIET:
            return _count(written, "day")
        case Setting.DIGEST:
            return "off" if written == OFF else f"at {hour_label(int(written))}"
        case Setting.CHANNEL:
            return f"<#{written}>" if _CHANNEL.fullmatch(written) else "none"
        case Setting.ANNOUNCE:
            return ANNOUNCE[written].lower()
    return plain(written, 300)


def line(setting: Setting, written: Mapping[Setting, str]) -> str:
    return f"{LABELS[setting]}: *{told(setting, written[setting])}*"


def _count(number: str, unit: str) -> str:
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"
