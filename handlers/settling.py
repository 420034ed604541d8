"""How a click ends: done and seen, done and told, or not done and why."""

from collections.abc import Awaitable, Callable

from blocks.availability import answer
from blocks.ids import ActionId
from blocks.licence import no_licence
from blocks.replies import refused, reply
from blocks.whom import whom_to_ask
from referrals.outcomes import Decision, Done, Missing, Refusal, Refused, Since
from referrals.tx import Tx

from .answers import tell
from .click import Click
from .deps import SlackDeps
from .home import publish_home
from .timeline_again import after_click
from .who import Caller

#: What a button stands for. It answers by itself; the acknowledgement has nothing to say.
ClickHandler = Callable[[SlackDeps, Caller, Click], Awaitable[None]]
#: Buttons that hold an offer, and that somebody without a licence there presses in vain.
_ACCEPTING = frozenset({ActionId.ACCEPT, ActionId.ALREADY_CONTACTED})


async def settle(
    deps: SlackDeps,
    caller: Caller,
    click: Click,
    outcome: Decision | Missing | Refused,
    words: str | None = None,
    *,
    silent: bool = False,
) -> None:
    """Answers the click. ``silent``: when it was done, the card says so and nothing else needs to."""
    if click.on_timeline and not isinstance(outcome, Missing):
        await _on_timeline(deps, caller, click, outcome, words)
        return
    if isinstance(outcome, Done) and click.on_home:
        await publish_home(deps, caller)
        return
    if isinstance(outcome, Done) and silent:
        return
    told = words or await wording(deps, caller, outcome)
    unlicensed = isinstance(outcome, Refused) and outcome.reason is Refusal.NO_LICENCE and click.action_id in _ACCEPTING
    await tell(deps, click, no_licence(told, click.value) if unlicensed else answer(told))


async def _on_timeline(
    deps: SlackDeps, caller: Caller, click: Click, outcome: Decision | Refused, words: str | None
) -> None:
    """The timeline shows what has come of it; Home below it is drawn anew as well."""
    referral_id = outcome.referral_id if isinstance(outcome, (Done, Since)) else click.value
    said = words or ("" if isinstance(outcome, Done) else await wording(deps, caller, outcome))
    not_shown = await after_click(deps, caller, click, referral_id, said)
    if not_shown is not None:
        await tell(deps, click, answer(said or await wording(deps, caller, not_shown)))
    if isinstance(outcome, Done) and click.from_home:
        await publish_home(deps, caller)


async def wording(deps: SlackDeps, caller: Caller, outcome: Decision) -> str:
    """The outcome in words; whom to ask is looked up only for a refusal."""
    if isinstance(outcome, Refused):
        practice = await deps.desk.ask(caller.practice_id, Tx.practice)
        coordinator = caller.slack_user in practice.deciding_coordinators
        return refused(outcome, whom_to_ask(practice), coordinator=coordinator)
    return reply(outcome, "")
