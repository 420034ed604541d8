"""What the secure page says to coordinators: their actions and the referral's story. Pure."""

from collections.abc import Mapping, Sequence

from blocks.assigning import not_listed
from blocks.grounds import GROUNDS, HOLD_REASONS, NETWORK_GROUNDS
from blocks.labels import BEFORE_CONTACT, CLOSE_REASONS, DECLINE_REASONS, QUESTIONS, STATUSES
from blocks.modals import choice_notes
from blocks.moments import moment
from blocks.text import sentence
from blocks.timeline_words import what, who
from referrals.acting.extend import STEPS
from referrals.acting.on_behalf import Needs
from referrals.acting.page import ForCoordinators
from referrals.outcomes import Person
from referrals.views.coordinators import Choice
from referrals.views.timeline import PAGE, Timeline
from store.vocabulary import CloseReason, Status


def desk_values(desk: ForCoordinators, needs: Needs | None) -> dict[str, object]:
    """What ``_client_desk.html`` needs. ``needs``: what has to be said before somebody is accepted for."""
    story = desk.timeline
    return {
        "desk": desk,
        "needs": needs,
        "asked": _asked(needs),
        "deadline": moment(story.expires_at, story.time_zone) if story.expires_at else "",
        "steps": [(str(hours), f"{hours} hours more") for hours in STEPS],
        "assignable": _options(desk.assignable.providers) if desk.assignable else [],
        "not_listed": not_listed(desk.assignable) if desk.assignable else "",
        "some_outside": any(one.out_of_network for one in desk.assignable.providers) if desk.assignable else False,
        "whom": _options(desk.acting.choices) if desk.acting else [],
        "grounds": list(GROUNDS.items()),
        "network_grounds": list(NETWORK_GROUNDS.items()),
        "hold_reasons": list(HOLD_REASONS.items()),
        "decline_reasons": [(one, DECLINE_REASONS[one]) for one in BEFORE_CONTACT],
        "close_reasons": [(one, sentence(CLOSE_REASONS[one])) for one in CloseReason],
        "may_mark": story.status in (Status.PENDING, Status.ACCEPTED, Status.EXPIRED),
        "ended": story.status is Status.CLOSED,
        "expired": story.status is Status.EXPIRED,
        "story_standing": STATUSES[story.status],
        "story": [_entry(story, number) for number in range(len(story.entries))],
        "story_which": _which(story),
        "earlier": story.page + 1 if story.page < story.pages - 1 else 0,
        "later": story.page,
    }


def _asked(needs: Needs | None) -> Mapping[str, object]:
    if needs is None:
        return {}
    said = [QUESTIONS[one].format(whose=needs.whose.name, their="the provider’s") for one in needs.questions]
    return {"codes": " ".join(needs.questions), "words": said}


def _options(choices: Sequence[Choice]) -> list[tuple[str, str]]:
    return [(one.provider_id, f"{one.name}{_notes(one)}") for one in choices]


def _notes(choice: Choice) -> str:
    found = ", ".join(choice_notes(choice))
    return f" ({found})" if found else ""


def _entry(story: Timeline, number: int) -> tuple[str, str, str]:
    """When, what, and by whom. The zone's full name stands above the list."""
    entry = story.entries[number]
    words, until = what(entry, story.names)
    ending = f" {moment(until, story.time_zone)}" if until else ""
    return moment(entry.at, story.time_zone).partition(" (")[0], words + ending, sentence(who(entry, _name))


def _name(person: Person) -> str:
    return person.name


def _which(story: Timeline) -> str:
    last = story.total - story.page * PAGE
    return f"{last - len(story.entries) + 1} to {last} of {story.total}, the newest last. Time zone: {story.time_zone}"
