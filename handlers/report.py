"""``/referrals report``: coordinators see the practice's figures, everybody else their own. Nobody sees another's."""

from dataclasses import dataclass

from blocks.availability import answer
from blocks.message import Message
from blocks.practice_report import practice_report_answer
from blocks.report import no_own_report, report_answer, which_period
from referrals.actor import Actor
from referrals.outcomes import Refused
from referrals.periods import Period, Wrong, period
from referrals.reports import look, period_here
from referrals.tx import Tx
from referrals.views.performance import Performance, performance
from referrals.views.report import practice_report
from referrals.zones import zone_of
from store.tables import Provider

from .deps import SlackDeps
from .own import myself
from .settling import wording
from .who import Caller, act

_COMMAND = "/referrals report"
_MINE = frozenset({"mine", "me", "my"})


@dataclass(frozen=True, slots=True)
class _Report:
    period: Period
    figures: Performance


@dataclass(frozen=True, slots=True)
class _Looked:
    """A coordinator who may see it, and what they asked for."""

    actor: Actor
    period: Period


async def report(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    """``rest``: the period; without one the last 30 days. ``mine``: one's own figures, in one's own time zone."""
    word, _, more = rest.partition(" ")
    mine = word.casefold() in _MINE
    found = await (act(deps, caller, _COMMAND, myself) if mine else act(deps, caller, _COMMAND, _begin, rest))
    if isinstance(found, Refused):
        return answer(await wording(deps, caller, found))
    if isinstance(found, Wrong):
        return which_period(found)
    if isinstance(found, _Looked):
        return await _of_practice(deps, caller, found)
    if found.provider_id is None:
        return no_own_report()
    own = await deps.desk.ask(caller.practice_id, _own, found.provider_id, more if mine else rest)
    return which_period(own) if isinstance(own, Wrong) else report_answer(own.figures, own.period)


def _begin(tx: Tx, actor: Actor, typed: str) -> _Looked | Actor | Wrong | Refused:
    """A coordinator's look is recorded here; what it shows is read afterwards, where no writer is kept waiting."""
    if not actor.coordinator:
        return actor
    asked = period_here(tx, typed)
    if isinstance(asked, Wrong):
        return asked
    looking = look(tx, actor, asked)
    return looking if isinstance(looking, Refused) else _Looked(looking, asked)


async def _of_practice(deps: SlackDeps, caller: Caller, looked: _Looked) -> Message:
    found = await deps.desk.ask(caller.practice_id, practice_report, looked.actor, looked.period, brief=True)
    if isinstance(found, Refused):
        return answer(await wording(deps, caller, found))
    return practice_report_answer(found)


def _own(tx: Tx, provider_id: str, typed: str) -> _Report | Wrong:
    provider = tx.get(Provider, provider_id)
    asked = period(typed, tx.now, zone_of(provider, tx.practice()))
    if isinstance(asked, Wrong):
        return asked
    return _Report(asked, performance(tx, provider_id, asked.since, asked.until))
