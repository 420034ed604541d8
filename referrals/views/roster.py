"""The roster as coordinators see it on Home: who is free, who is not and why, whose licence ends, whom Slack misses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import select

from store.tables import Provider
from store.vocabulary import STATES, ProviderStatus, SlackStanding

from ..eligibility import paused
from ..pausing.pauses import all_pauses
from ..pausing.subjects import ALL
from ..pausing.weekly import full
from ..roster.licence_ends import LicenceEnd, ends_of
from ..tx import Tx
from .mine import last_number


class Which(StrEnum):
    """Filters of the list; one of the roster may be in several."""

    ALL = "all"
    FREE = "free"  # takes referrals, all of them
    PAUSED = "paused"  # at all, for an insurer or a state, or with the week full
    INACTIVE = "inactive"
    NOT_IN_SLACK = "not_in_slack"
    LICENCE = "licence"


@dataclass(frozen=True, slots=True)
class State:
    """A licence. ``last``: its last day; ``ends``: where that is near or past."""

    name: str
    last: date | None
    ends: LicenceEnd | None


@dataclass(frozen=True, slots=True)
class RosterLine:
    """``pauses``: labels of the insurers and states that are paused; ``full``: their week is."""

    provider_id: str
    title: str
    status: ProviderStatus  # a pause that has run out shows as active
    paused_until: datetime | None
    pauses: tuple[str, ...]
    full: bool
    standing: SlackStanding
    slack_user: str | None
    by_mail: bool  # expected by mail alone: the roster names no Slack account
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class RosterPage:
    """``number`` counts from 0. ``counts``: how many each filter shows."""

    which: Which
    lines: tuple[RosterLine, ...]
    number: int
    size: int
    total: int
    counts: dict[Which, int]


def roster_page(tx: Tx, which: Which, number: int, size: int) -> RosterPage:
    """By name. A list that has become shorter shows its last page."""
    everybody = tx.session.exec(select(Provider).where(Provider.practice_id == tx.practice_id)).all()
    lines = sorted((_line(tx, one) for one in everybody), key=lambda one: one.title.casefold())
    shown = {each: [one for one in lines if holds(one)] for each, holds in _HOLDS.items()}
    found = shown[which]
    number = min(max(0, number), last_number(len(found), size))
    counts = {each: len(some) for each, some in shown.items()}
    part = tuple(found[number * size : (number + 1) * size])
    return RosterPage(which, part, number, size, len(found), counts)


def not_linked(line: RosterLine) -> bool:
    """Not linked to a member of the workspace, whatever the reason; somebody inactive is not missed."""
    return line.status is not ProviderStatus.INACTIVE and line.standing is not SlackStanding.MEMBER


def _limited(line: RosterLine) -> bool:
    return line.status is ProviderStatus.PAUSED or bool(line.pauses) or line.full


_HOLDS: dict[Which, Callable[[RosterLine], bool]] = {
    Which.ALL: lambda one: True,
    Which.FREE: lambda one: one.status is ProviderStatus.ACTIVE and not _limited(one) and not not_linked(one),
    Which.PAUSED: lambda one: one.status is not ProviderStatus.INACTIVE and _limited(one),
    Which.INACTIVE: lambda one: one.status is ProviderStatus.INACTIVE,
    Which.NOT_IN_SLACK: not_linked,
    Which.LICENCE: lambda one: any(state.ends for state in one.states),
}


def _line(tx: Tx, provider: Provider) -> RosterLine:
    still = paused(provider, tx.now)
    lapsed = provider.status is ProviderStatus.PAUSED and not still
    ending = {one.code: one for one in ends_of(tx, provider)}
    states = (
        State(
            STATES.get(one["state"], one["state"]),
            date.fromisoformat(one["expires"]) if "expires" in one else None,
            ending.get(one["state"]),
        )
        for one in provider.licences
    )
    return RosterLine(
        provider_id=provider.id,
        title=provider.title,
        status=ProviderStatus.ACTIVE if lapsed else provider.status,
        paused_until=provider.paused_until if still else None,
        pauses=tuple(one.label for one in all_pauses(provider, tx.now) if one != ALL),
        full=provider.id in full(tx),
        standing=provider.slack_standing,
        slack_user=provider.slack_user,
        by_mail=not provider.slack_user and not provider.slack_email,
        states=tuple(states),
    )
