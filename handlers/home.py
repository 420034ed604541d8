"""The Home tab: gathers what it shows and publishes it, on the pages where its lists stood."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from blocks.home import CoordinatorHome, home
from blocks.home_provider import ProviderHome
from blocks.paging import STATES, read_pages, turned, write_pages
from blocks.replies import refused
from blocks.whom import whom_to_ask
from referrals.actor import Actor
from referrals.outcomes import Refused
from referrals.privacy import Attestation, attestation
from referrals.profile import own_profile
from referrals.tx import Tx
from referrals.views.coordinators import attention_lines, numbers, opted_out
from referrals.views.lists import standing
from referrals.views.mine import pages
from referrals.views.performance import LATELY, performance

from .answers import publish
from .click import Click
from .deps import SlackDeps
from .own import myself
from .who import Caller, act

#: How many of each group a page shows. Who coordinates besides has more on the same Home, and Slack takes 100 blocks.
_PAGE, _PAGE_BESIDE = 5, 3


@dataclass(frozen=True, slots=True)
class _Shown:
    provider: ProviderHome | None
    coordinator: CoordinatorHome | None
    refused: str | None
    pages: str = ""


async def publish_home(deps: SlackDeps, caller: Caller) -> bool:
    """On the pages of ``caller.home_pages``: after an action the lists stand where they stood."""
    actor = await act(deps, caller, "home", myself)
    shown = await deps.desk.ask(caller.practice_id, gather, actor, read_pages(caller.home_pages))
    view = home(shown.provider, shown.coordinator, shown.refused, shown.pages)
    return await publish(deps, caller.slack_user, view)


async def turn_page(deps: SlackDeps, caller: Caller, click: Click) -> None:
    await publish_home(deps, replace(caller, home_pages=turned(click.home_pages, click.value)))


def gather(tx: Tx, actor: Actor | Refused, wanted: Mapping[str, int]) -> _Shown:
    if isinstance(actor, Refused):
        return _Shown(None, None, refused(actor, whom_to_ask(tx.practice())))
    coordinator = _coordinator(tx, actor) if actor.coordinator else None
    provider = _provider(tx, actor.provider_id, wanted, coordinator is not None) if actor.provider_id else None
    if provider is None:
        return _Shown(None, coordinator, None)
    now = {str(group): page.number for group, page in provider.pages.items()}
    return _Shown(provider, coordinator, None, write_pages(now | {STATES: provider.states_page}))


def _coordinator(tx: Tx, actor: Actor) -> CoordinatorHome:
    stands = attestation(tx, actor)
    off = Attestation(on=False, by=None, at=None)
    privacy = off if isinstance(stands, Refused) else stands
    return CoordinatorHome(numbers(tx), attention_lines(tx), privacy, opted_out(tx))


def _provider(tx: Tx, provider_id: str, wanted: Mapping[str, int], beside: bool) -> ProviderHome | None:
    own, profile = standing(tx, provider_id), own_profile(tx, provider_id)
    if own is None or profile is None:
        return None
    return ProviderHome(
        now=tx.now,
        standing=own,
        pages=pages(tx, provider_id, wanted, _PAGE_BESIDE if beside else _PAGE),
        states_page=wanted.get(STATES, 0),
        profile=profile,
        performance=performance(tx, provider_id, tx.now - LATELY, tx.now),
    )
