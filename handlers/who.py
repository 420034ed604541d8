"""Turns whoever clicked or typed in Slack into an Actor, or refuses them with a reason that is recorded.

DOMAIN.md section 3, rule 5: people map one to one; guests, deactivated and Slack Connect users are refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from referrals.actor import Actor, Surface
from referrals.outcomes import Refusal, Refused
from referrals.roster.linking import by_slack_user, follow, link
from referrals.tx import Tx
from store.tables import Provider
from store.vocabulary import SlackStanding

from .deps import SlackDeps
from .people import SlackPerson

P = ParamSpec("P")
T = TypeVar("T")

_REFUSED_STANDING = {SlackStanding.GUEST: Refusal.GUEST, SlackStanding.DEACTIVATED: Refusal.DEACTIVATED}
#: Seconds.
_TO_ANSWER = 0.2


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody in Slack who wants something. ``person`` is None when Slack could not be asked about them."""

    practice_id: str
    slack_user: str
    team_id: str | None  # as the payload says: where their account is
    person: SlackPerson | None
    surface: Surface
    home_pages: str = ""  # where the lists of their Home stand, if they came from there
    until: float | None = None  # on the event loop's clock: when their click or form is answered as too slow

    @property
    def last_moment(self) -> float | None:
        """Until when there is time for what only shows what is done, so that its answer still goes out."""
        return None if self.until is None else self.until - _TO_ANSWER


async def act(
    deps: SlackDeps,
    caller: Caller,
    what: str,
    use_case: Callable[Concatenate[Tx, Actor, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | Refused:
    """Finds out who it is and runs the use case as them, in one transaction. ``what`` is recorded with a refusal."""

    def work(tx: Tx) -> T | Refused:
        actor = identify(tx, caller)
        if isinstance(actor, Refused):
            return _record(tx, caller, what, actor)
        return use_case(tx, actor, *args, **kwargs)

    return await deps.desk.do(caller.practice_id, work)


def identify(tx: Tx, caller: Caller) -> Actor | Refused:
    """Who it is to this practice. An account that nobody has linked yet is tried once more by its email."""
    practice, person = tx.practice(), caller.person
    teams = person.teams if person else frozenset(filter(None, [caller.team_id]))
    if practice.team_id not in teams:
        return Refused(Refusal.OTHER_WORKSPACE)
    if person is not None and person.standing in _REFUSED_STANDING:
        return Refused(_REFUSED_STANDING[person.standing])
    provider = _provider(tx, caller)
    coordinates = caller.slack_user in practice.deciding_coordinators
    if provider is None and not coordinates:
        return Refused(Refusal.UNLINKED)
    if person is None and provider is not None and provider.slack_standing in _REFUSED_STANDING:
        return Refused(_REFUSED_STANDING[provider.slack_standing])
    return Actor(
        name=f"provider:{provider.id}" if provider else f"slack:{caller.slack_user}",
        surface=caller.surface,
        provider_id=provider.id if provider else None,
        slack_user=caller.slack_user,
        coordinator=coordinates,
    )


def _provider(tx: Tx, caller: Caller) -> Provider | None:
    person = caller.person
    if person is None:
        return by_slack_user(tx, caller.slack_user)
    themselves = Actor(f"slack:{caller.slack_user}", Surface.EVENT)
    provider = link(tx, themselves, caller.slack_user, person.email, person.time_zone, person.standing)
    if provider is not None:
        follow(tx, themselves, provider, person.time_zone, person.standing)
    return provider


def _record(tx: Tx, caller: Caller, what: str, refused: Refused) -> Refused:
    actor = Actor(f"slack:{caller.slack_user}", caller.surface)
    tx.record(tx.locked_practice(), "refuse", actor, result=refused.reason, what=what)
    return refused
