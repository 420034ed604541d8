"""``/referrals report``: how somebody is doing, for themselves alone. Nobody is ever told another's figures."""

from dataclasses import dataclass

from blocks.availability import answer
from blocks.message import Message
from blocks.report import report_answer, report_of_practice, which_period
from referrals.outcomes import Refused
from referrals.periods import Period, period
from referrals.tx import Tx
from referrals.views.performance import Performance, performance
from referrals.zones import zone_of
from store.tables import Provider

from .deps import SlackDeps
from .own import myself
from .settling import wording
from .who import Caller, act


@dataclass(frozen=True, slots=True)
class _Report:
    period: Period
    figures: Performance


async def report(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    """``rest``: the period, in the caller's own time zone; without one the last 30 days."""
    actor = await act(deps, caller, "/referrals report", myself)
    if isinstance(actor, Refused):
        return answer(await wording(deps, caller, actor))
    if actor.provider_id is None:
        return report_of_practice()
    found = await deps.desk.ask(caller.practice_id, _report, actor.provider_id, rest)
    return report_answer(found.figures, found.period) if found else which_period()


def _report(tx: Tx, provider_id: str, typed: str) -> _Report | None:
    """None: the period was not understood."""
    provider = tx.get(Provider, provider_id)
    asked = period(typed, tx.now, zone_of(provider, tx.practice())) if provider else None
    if asked is None:
        return None
    return _Report(asked, performance(tx, provider_id, asked.since, asked.until))
