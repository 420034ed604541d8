"""``/referrals pause …`` and ``resume …``. Plain ``pause`` works at once; what names more is read back first."""

from collections.abc import Callable
from functools import partial

from blocks.availability import answer, paused, resumed
from blocks.message import Message
from blocks.pausing import not_understood, read_back
from referrals.actor import Actor
from referrals.outcomes import Missing, Refused
from referrals.pausing.availability import Availability, pause, resume, resume_everything
from referrals.pausing.spans import NotUnderstood, read_pause, read_subject
from referrals.tx import Tx

from .deps import SlackDeps
from .own import my_switches, on_own
from .settling import wording
from .who import Caller, act

_EVERYTHING = frozenset({"all", "everything"})
_Changed = Availability | Refused | Missing


async def pause_command(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    if not rest:
        return await _answered(deps, caller, await act(deps, caller, "/referrals pause", on_own(pause)), paused)
    own = await act(deps, caller, "/referrals pause", on_own(my_switches))
    if isinstance(own, Refused):
        return answer(await wording(deps, caller, own))
    found = read_pause(rest, own.here.now, own.here.zone, own.subjects)
    return not_understood(found) if isinstance(found, NotUnderstood) else read_back(found, own.here.zone)


async def resume_command(deps: SlackDeps, caller: Caller, rest: str) -> Message:
    use_case: Callable[[Tx, Actor, str], _Changed] = resume_everything if rest.casefold() in _EVERYTHING else resume
    if rest and use_case is resume:
        own = await act(deps, caller, "/referrals resume", on_own(my_switches))
        if isinstance(own, Refused):
            return answer(await wording(deps, caller, own))
        found = read_subject(rest, own.subjects)
        if isinstance(found, NotUnderstood):
            return not_understood(found, "resume")
        use_case = partial(resume, subject=found)
    return await _answered(deps, caller, await act(deps, caller, "/referrals resume", on_own(use_case)), resumed)


async def _answered(
    deps: SlackDeps, caller: Caller, outcome: _Changed, say: Callable[[Availability], Message]
) -> Message:
    return say(outcome) if isinstance(outcome, Availability) else answer(await wording(deps, caller, outcome))
