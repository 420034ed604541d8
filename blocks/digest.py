"""The coordinators' daily digest: what needs a person, what is due today, yesterday in a line. It names no referral."""

from datetime import date

from referrals.digest import DigestLetter
from referrals.views.today import EndingLicence, Today

from .desk_link import page_button
from .labels import ATTENTION
from .layout import section
from .lengths import length
from .message import Block
from .text import plain
from .words import Words

#: As many licences are told by name.
_MOST_LICENCES = 5
_NOON = 12


def digest_words(letter: DigestLetter) -> Words:
    """The first line says enough for a notification."""
    today = letter.today
    day = f"{today.day:%A, %B} {today.day.day}"
    lead = f"*{day}:* {_items(today.items)}"
    if today.expiring or today.uncontacted:
        lead += f", {today.expiring + today.uncontacted} due today"
    return Words(
        lead=f"{lead}.",
        below=[*_needs(letter), *_due(today), *_licences(today), *_yesterday(today)],
        small=[f"Every day at {_hour(letter.practice.digest_hour)}, if there is something to say. Settings change it."],
        buttons=[page_button("Open the report", "report")],
    )


def _items(count: int) -> str:
    if not count:
        return "nothing needs you"
    return "1 thing needs a person" if count == 1 else f"{count} things need a person"


def _needs(letter: DigestLetter) -> list[Block]:
    lines = [
        f"•  {need.count} × {plain(ATTENTION[need.kind])} (the oldest for {length(letter.now - need.oldest)})"
        for need in letter.today.needs
    ]
    return (
        [section("\n".join(["*Needs a person*", *lines, "The Home tab has each with its buttons."]))] if lines else []
    )


def _due(today: Today) -> list[Block]:
    lines = []
    if today.expiring:
        one = today.expiring == 1
        what = "offer ends" if one else "offers end"
        lines.append(f"•  {today.expiring} {what} by tonight, unless somebody takes {'it' if one else 'them'}")
    if today.uncontacted:
        who = "client has" if today.uncontacted == 1 else "clients have"
        lines.append(f"•  {today.uncontacted} {who} waited since somebody accepted, and should hear today")
    return [section("\n".join(["*Due today*", *lines]))] if lines else []


def _licences(today: Today) -> list[Block]:
    lines = [f"•  {_licence(one, today.day)}" for one in today.licences[:_MOST_LICENCES]]
    if more := len(today.licences) - len(lines):
        lines.append(f"•  and {more} more on the roster")
    return [section("\n".join(["*Licences*", *lines]))] if lines else []


def _licence(one: EndingLicence, day: date) -> str:
    said = []
    for end in one.ends:
        last = f"{end.last:%b} {end.last.day}" + ("" if end.last.year == day.year else f", {end.last.year}")
        said.append(f"{plain(end.state)} {'ended on' if end.ended else 'ends on'} {last}")
    return f"{plain(one.provider)}: {', '.join(said[:_MOST_LICENCES])}"


def _yesterday(today: Today) -> list[Block]:
    if not today.yesterday:
        return []
    parts = [
        f"{today.received} received",
        f"{today.accepted} accepted",
        f"{today.scheduled} scheduled",
        *([f"{today.expired} expired"] if today.expired else []),
    ]
    return [section("*Yesterday*\n" + "  ·  ".join(parts))]


def _hour(hour: int | None) -> str:
    """``8 am``; noon and midnight by their names."""
    if hour in (None, 0):
        return "midnight"
    if hour == _NOON:
        return "noon"
    return f"{hour} am" if hour < _NOON else f"{hour - _NOON} pm"
