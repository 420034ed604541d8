"""Where nobody is free: each state in which somebody has a licence, with each insurer and service of the practice.

Free is who would be expected to take a General round (``eligibility.eligible``). It reads the roster alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from store.tables import Provider
from store.vocabulary import INSURERS, SERVICES, STATES

from ..actor import Actor
from ..eligibility import eligible, in_network, refusal
from ..outcomes import Refusal, Refused
from ..pausing.weekly import full
from ..tx import Tx
from ..zones import day_of

Place = tuple[str, str, str]  # state, insurer, service


@dataclass(frozen=True, slots=True)
class Asked:
    """As much of a referral as decides who may take it."""

    state: str
    insurer: str
    service: str


@dataclass(frozen=True, slots=True)
class Gap:
    """For one state and the insurers with which the same is missing. Labels for people.

    ``every``: no service at all is covered. ``not_now``: who could, but is paused, full or not in Slack.
    """

    state: str
    insurers: tuple[str, ...]
    services: tuple[str, ...]
    every: bool
    not_now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """``gaps`` by state. ``places``: how many combinations there are; ``uncovered``: of them, in gaps."""

    gaps: tuple[Gap, ...]
    states: int
    insurers: int
    services: int
    places: int
    uncovered: int


def coverage(tx: Tx, actor: Actor) -> Coverage | Refused:
    if not actor.coordinator:
        tx.record(tx.locked_practice(), "coverage", actor, result=Refusal.NOT_COORDINATOR)
        return Refused(Refusal.NOT_COORDINATOR)
    people = sorted(tx.roster(), key=lambda one: one.name.casefold())
    states = [code for code in STATES if any(_licensed(tx, one, code) for one in people)]
    insurers = [slug for slug in INSURERS if any(in_network(one, slug) for one in people)]
    named = {service for one in people for service in one.services}
    services = [slug for slug in SERVICES if slug in named or not named]
    free, could = _who(tx, people, states, insurers, services)
    gaps: list[Gap] = []
    uncovered = 0
    for state in states:
        missing = {slug: tuple(one for one in services if (state, slug, one) not in free) for slug in insurers}
        uncovered += sum(map(len, missing.values()))
        gaps += _gaps(state, missing, len(services), could)
    places = len(states) * len(insurers) * len(services)
    return Coverage(tuple(gaps), len(states), len(insurers), len(services), places, uncovered)


def _who(
    tx: Tx, people: Sequence[Provider], states: Sequence[str], insurers: Sequence[str], services: Sequence[str]
) -> tuple[set[Place], dict[Place, list[str]]]:
    """Which places somebody is free for; and for which somebody could be, by name."""
    free: set[Place] = set()
    could: dict[Place, list[str]] = defaultdict(list)
    busy = full(tx)
    for one in people:
        today = day_of(tx, one)
        for place in _places(tx, one, states, insurers, services):
            asked = Asked(*place)
            if eligible(one, asked, (), tx.now, today, busy):
                free.add(place)
            elif refusal(one, asked, today) is None:
                could[place].append(one.name)
    return free, could


def _places(
    tx: Tx, one: Provider, states: Sequence[str], insurers: Sequence[str], services: Sequence[str]
) -> Iterator[Place]:
    """Those that are theirs at all: thousands of others need not be looked at for each person."""
    own = [insurer for insurer in insurers if in_network(one, insurer)]
    offered = [service for service in services if not one.services or service in one.services]
    for state in states:
        if _licensed(tx, one, state):
            yield from ((state, insurer, service) for insurer in own for service in offered)


def _licensed(tx: Tx, one: Provider, state: str) -> bool:
    return one.licensed_in(state, day_of(tx, one))


def _gaps(
    state: str, missing: Mapping[str, tuple[str, ...]], all_services: int, could: Mapping[Place, list[str]]
) -> Iterator[Gap]:
    """Insurers with which the same is missing share a line: the table has to be read on a phone."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for insurer, services in missing.items():
        if services:
            names = dict.fromkeys(name for one in services for name in could.get((state, insurer, one), ()))
            alike[services, tuple(names)].append(INSURERS[insurer][0])
    for (services, not_now), insurers in alike.items():
        labels = tuple(SERVICES[service] for service in services)
        yield Gap(STATES[state], tuple(insurers), labels, len(services) == all_services, not_now)
