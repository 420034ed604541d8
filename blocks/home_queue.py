"""Home's queue: what is open, narrowed by filters, one line and a menu each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import ButtonElement, Option, OptionGroup, StaticSelectElement

from referrals.views.figures import SOON
from referrals.views.queue import AGES, OPEN, Filters, QueueLine, QueuePage
from store.vocabulary import INSURERS, SERVICES, STATES, Kind, Status

from .coordinator_menu import coordinator_menu
from .ids import ActionId
from .layout import actions, button, context, header, plain_text, section
from .lengths import length
from .message import Block
from .paging import jump
from .rooms import Room
from .text import link, plain, slack_date

#: The name of the list in Home's place; the filters stand there under their own names.
QUEUE = "queue"
#: Lines of a page.
SIZE = 15
#: Slack's limits of options and of groups; a view of 250 kB ends before a thousand names do.
_OPTIONS, _MOST_PEOPLE = 100, 800

_FILTERS: Mapping[str, ActionId] = {
    "status": ActionId.QUEUE_STATUS,
    "age": ActionId.QUEUE_AGE,
    "provider": ActionId.QUEUE_PROVIDER,
    "insurer": ActionId.QUEUE_INSURER,
    "state": ActionId.QUEUE_STATE,
    "service": ActionId.QUEUE_SERVICE,
    "kind": ActionId.QUEUE_KIND,
}
_ANY = {
    "status": "Any status",
    "age": "Any age",
    "provider": "Any provider",
    "insurer": "Any insurer",
    "state": "Any state",
    "service": "Any service",
    "kind": "Any kind",
}
_STATUSES = {
    Status.EXPIRED: "Expired",
    Status.PENDING: "Waiting",
    Status.ACCEPTED: "Not yet contacted",
    Status.CONTACTED: "Contacted",
}
_KINDS = {Kind.PREFERRED: "Preferred provider", Kind.GENERAL: "General"}
_CODES: Mapping[str, Mapping[str, str]] = {
    "status": {str(one): _STATUSES[one] for one in OPEN},
    "age": {str(days): f"Older than {days} day{'s' if days > 1 else ''}" for days in AGES},
    "insurer": {slug: label for slug, (label, _) in INSURERS.items()},
    "state": STATES,
    "service": SERVICES,
    "kind": {str(one): words for one, words in _KINDS.items()},
}


@dataclass(frozen=True, slots=True)
class QueueHome:
    """``now``: desk clock. ``providers``: id and name of whom the queue can be narrowed to."""

    now: datetime
    page: QueuePage
    providers: Sequence[tuple[str, str]]


def queue_blocks(shown: QueueHome) -> list[Block]:
    page, active = shown.page, shown.page.filters.on()
    people = dict(shown.providers)
    return [
        header("Queue"),
        _selects(shown, active),
        *_active(active, people),
        *(_lines(shown) if page.total else [section(_empty(active))]),
    ]


def _selects(shown: QueueHome, active: Mapping[str, str]) -> Block:
    """Slack keeps what somebody chose for as long as a block's id stays the same: another choice, another id."""
    state = ".".join(f"{name}={value}" for name, value in active.items())
    return actions(f"queue.filters.{state}", *(_select(name, shown, active.get(name, "")) for name in _FILTERS))


def _select(name: str, shown: QueueHome, chosen: str) -> StaticSelectElement:
    values = dict(shown.providers[:_MOST_PEOPLE]) if name == "provider" else _CODES[name]
    first = _option(name, "0", _ANY[name])
    options = {"0": first} | {value: _option(name, value, words) for value, words in values.items()}
    return StaticSelectElement(
        action_id=_FILTERS[name],
        placeholder=plain_text(_ANY[name], 150),
        initial_option=options.get(chosen, first),
        **_in_groups(list(options.values())),
    )


def _in_groups(options: Sequence[Option]) -> dict[str, Any]:
    """Of more than Slack takes in one list, "Any" by itself and the others by the alphabet."""
    if len(options) <= _OPTIONS:
        return {"options": options}
    groups = [options[:1], *(options[at : at + _OPTIONS] for at in range(1, len(options), _OPTIONS))]
    return {"option_groups": [OptionGroup(label=plain_text(_span(one), 75), options=list(one)) for one in groups]}


def _span(options: Sequence[Option]) -> str:
    """From whom to whom: so one finds somebody in a long list."""
    names = [str(options[place].to_dict()["text"]["text"])[:30] for place in (0, -1)]
    return " to ".join(dict.fromkeys(names))


def _option(name: str, value: str, words: str) -> Option:
    return Option(value=f"{name} {value},{QUEUE} 0", text=plain_text(words, 75))


def _active(active: Mapping[str, str], people: Mapping[str, str]) -> list[Block]:
    """Each by its name, with a button that takes it away; and one for all where there are several."""
    if not active:
        return []
    named = {name: people.get(value) if name == "provider" else _CODES[name][value] for name, value in active.items()}
    buttons = [_without(name, words or "somebody") for name, words in named.items()]
    if len(buttons) > 1:
        buttons.insert(0, _clear("Show everything"))
    words = ", ".join(plain(words or "somebody") for words in named.values())
    return [section(f"Shown: *{words}*"), actions("queue.active", *buttons)]


def _without(name: str, words: str) -> ButtonElement:
    """Named by what it leads to: "Clear expired" would read as if it did something to referrals."""
    return button(_FILTERS[name], f"Show {_ANY[name].lower()}", f"{name} 0,{QUEUE} 0", f"Not only {words}")


def _clear(words: str) -> ButtonElement:
    return button(ActionId.HOME_PAGE, words, f"room {Room.QUEUE}", words)


def _empty(active: Mapping[str, str]) -> str:
    if active:
        return "Nothing in the queue fits. Take a filter away above to see more."
    return "The queue is empty: everything that came in is scheduled or closed."


#: The order of ``queue_page``, which urgency does not change.
_ORDER = "Expired first, then by deadline, then the longest ago. Urgent ones are marked and keep their place."


def _lines(shown: QueueHome) -> list[Block]:
    page = shown.page
    first, last = page.number * page.size + 1, page.number * page.size + len(page.lines)
    title = f"*{page.total}* open" if page.total > 1 else "*1* open"
    where = f"  ·  {first}–{last}" if page.last_number else ""
    menu = jump(QUEUE, page.number, page.size, page.total)
    blocks = [section(f"{title}{where}", menu), context(_ORDER)]
    for line in page.lines:
        blocks.append(section(_text(line, shown.now), coordinator_menu(line.referral_id, line.status)))
    return blocks + _next(page)


def _text(line: QueueLine, now: datetime) -> str:
    """What is due of it, then what it is: two short lines on a phone."""
    urgent = "*Urgent*  ·  " if line.urgent else ""
    whose = f"  ·  {plain(line.whose)}" if line.whose else ""
    facts = line.facts
    what = " · ".join(plain(one) for one in (facts.service, facts.state, facts.insurer))
    return f"{urgent}*{link(line.card_link, plain(line.code))}*  ·  {_due(line, now)}{whose}\n{what}"


def _due(line: QueueLine, now: datetime) -> str:
    match line.status:
        case Status.PENDING if line.expires_at:
            left = line.expires_at - now
            if left.total_seconds() <= 0:
                return "*overdue*"
            due = f"due {slack_date(line.expires_at, relative=False)}"
            return f"*{due}*" if left <= SOON else due
        case Status.ACCEPTED if line.accepted_at:
            return f"accepted {length(now - line.accepted_at)} ago, not yet contacted"
        case Status.CONTACTED if line.contacted_at:
            return f"contacted {length(now - line.contacted_at)} ago"
    return f"*expired*, received {length(now - line.received_at)} ago"


def _next(page: QueuePage) -> list[Block]:
    """Below the list, where one gets to by reading it. After the last page it leads back to the first."""
    if not page.last_number:
        return []
    following = page.number + 1 if page.number < page.last_number else 0
    begins, ends = following * page.size + 1, min(page.total, (following + 1) * page.size)
    span = f"{begins}–{ends}" if begins < ends else str(begins)
    label = f"Show {span}" if following else "Back to the first"
    return [actions("home.next.queue", button(ActionId.HOME_PAGE, label, f"{QUEUE} {following}", f"{label}: queue"))]


def place_of(filters: Filters, number: int) -> dict[str, str | int]:
    """For Home's place: the filters that are on, and the page."""
    return {**filters.on(), QUEUE: number}
