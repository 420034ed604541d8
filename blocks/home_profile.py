"""What matching knows of a provider, and how they are doing: for their own eyes, on Home and in their report."""

from collections.abc import Sequence

from referrals.profile import LicenceLine, Profile
from referrals.profile_fields import ProfileField
from referrals.views.performance import LATELY, Performance

from .ids import ActionId, BlockId
from .layout import actions, button, context, divider, header, section
from .lengths import exact
from .message import Block
from .text import plain

FIELD_LABELS = {
    ProfileField.SERVICES: "Services",
    ProfileField.DELIVERY: "Sessions",
    ProfileField.AGE_BANDS: "Ages",
    ProfileField.SPECIALTIES: "Specialties",
    ProfileField.LANGUAGES: "Languages",
    ProfileField.STYLES: "Styles",
    ProfileField.IDENTITY: "Identity",
    ProfileField.BOOKING_LINK: "Booking link",
    ProfileField.WORK_PHONE: "Work phone, given to clients",
    ProfileField.MOBILE: "Mobile, for text messages only",
}
#: Where an empty field means more than "nothing".
_WHEN_EMPTY = {
    ProfileField.SERVICES: "any",
    ProfileField.WORK_PHONE: "none: clients are given the practice's",
    ProfileField.MOBILE: "none: no text messages",
}
#: A licence that ends within so many days is worth a word.
_SOON = 60
#: A field of many words is cut, and shown whole in its form.
_MOST = 240
#: Slack's limit of a section's text, with room to spare.
_SECTION = 2900


def profile(own: Profile) -> list[Block]:
    """Compact, one line a field. A booking link stands as it is typed, to be copied, and is no link."""
    edit = button(ActionId.PROFILE, "Edit my profile", "profile")
    fields = [field for field in ProfileField if field is not ProfileField.BOOKING_LINK]
    known = [_line(own, field) for field in fields]
    rest = [f"*Licences:* {_licences(own.licences)}", f"*Networks:* {plain(', '.join(own.insurers), 400) or 'none'}"]
    return [
        divider(),
        header("My profile"),
        section(_fitting([*rest, *filter(None, known)])),
        section(f"*Booking link*\n{_copyable(own.written[ProfileField.BOOKING_LINK])}"),
        actions(BlockId.PROFILE, edit),
        context("Matching uses this. Licences and networks are kept by the coordinators: ask them for a change."),
    ]


def figures(own: Performance) -> list[Block]:
    days = f"the last {LATELY.days} days"
    return [divider(), header("How I am doing"), section(figures_text(own, days)), context(ONLY_YOU)]


#: DOMAIN.md P20.
ONLY_YOU = "Only you see this. Declining carries no penalty."


def figures_text(own: Performance, when: str) -> str:
    """``when``: a period by its name, such as "last week"."""
    if not own.answered or own.to_respond is None:
        return f"No offer answered, {when}."
    return (
        f"Median time to answer, {when}: *{exact(own.to_respond)}*\n"
        f"Accepted *{own.accepted}*  ·  declined *{own.declined}*  ·  passed *{own.passed}*"
    )


def texts_trouble(own: Profile) -> str:
    """What hinders text messages, and what to do; empty while nothing does."""
    on = "Offers still come by Slack and email."
    match own.texts_stopped:
        case "opted_out":
            return f"*You get no text messages*, because you answered STOP. Answer START to have them again. {on}"
        case "number_fails":
            return f"*Your mobile takes no text messages.* Is the number in your profile right? {on}"
        case "no_address":
            return ""
    if own.text_trouble:
        return (
            f"*The last text message did not reach you.* Is your mobile on, and its number in your profile right? {on}"
        )
    return ""


def _line(own: Profile, field: ProfileField) -> str:
    shown = plain(", ".join(own.labels(field)), _MOST) or _WHEN_EMPTY.get(field, "")
    return f"*{FIELD_LABELS[field]}:* {shown}" if shown else ""


def _fitting(lines: Sequence[str]) -> str:
    """As many as a section takes: escaping makes five characters of one."""
    shown = lines[0]
    for line in lines[1:]:
        if len(shown) + len(line) >= _SECTION:
            break
        shown += f"\n{line}"
    return shown


def _licences(licences: Sequence[LicenceLine]) -> str:
    return ", ".join(map(_licence, licences[:12])) + _more(len(licences) - 12) or "none"


def _licence(one: LicenceLine) -> str:
    state = plain(one.state)
    if one.expires is None or one.days_left is None:
        return state
    day = f"{one.expires:%b} {one.expires.day}, {one.expires.year}"
    if one.days_left < 0:
        return f"{state} (*ended {day}*)"
    return f"{state} (*only to {day}*)" if one.days_left <= _SOON else f"{state} (to {day})"


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _copyable(address: str) -> str:
    """A backtick would end the span."""
    return (
        f"`{plain(address.replace('`', '%60'), 600)}`" if address else "none yet: clients are given a telephone number"
    )
