"""The Home tab: gathers what it shows and publishes it."""

from dataclasses import dataclass

from blocks.home import CoordinatorHome, ProviderHome, home
from blocks.replies import refused
from blocks.whom import whom_to_ask
from referrals.actor import Actor
from referrals.outcomes import Refused
from referrals.tx import Tx
from referrals.views.coordinators import attention_lines, numbers
from referrals.views.lists import my_lines, standing

from .answers import publish
from .deps import SlackDeps
from .own import myself
from .who import Caller, act

#: More than anybody has in hand; Home itself shows the first few of each group and counts the rest.
_MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class _Shown:
    provider: ProviderHome | None
    coordinator: CoordinatorHome | None
    refused: str | None


async def publish_home(deps: SlackDeps, caller: Caller) -> bool:
    actor = await act(deps, caller, "home", myself)
    shown = await deps.desk.ask(caller.practice_id, _gather, actor)
    return await publish(deps, caller.slack_user, home(shown.provider, shown.coordinator, shown.refused))


def _gather(tx: Tx, actor: Actor | Refused) -> _Shown:
    if isinstance(actor, Refused):
        return _Shown(None, None, refused(actor, whom_to_ask(tx.practice())))
    coordinator = CoordinatorHome(numbers(tx), attention_lines(tx)) if actor.coordinator else None
    own = standing(tx, actor.provider_id) if actor.provider_id else None
    provider = ProviderHome(own, my_lines(tx, own.provider_id, _MOST_LINES)) if own else None
    return _Shown(provider, coordinator, None)
