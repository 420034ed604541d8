"""What coordinators do on a client's secure page: the use cases of the buttons in Slack, as who it is open for."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from blocks.acting import DONE
from blocks.assigning import grounds_wanted
from blocks.progress import day
from blocks.replies import refused
from referrals.acting.extend import STEPS, WrongEnd, extend
from referrals.acting.hold import HoldReason, lift_hold, put_on_hold
from referrals.acting.on_behalf import Given, Needs, accept_for, pass_for
from referrals.acting.urgency import mark_urgent, not_urgent
from referrals.actor import Actor
from referrals.close import close
from referrals.coordinate import OutOfNetwork, assign, reopen
from referrals.decline import decline
from referrals.licences import Grounds, NetworkGrounds
from referrals.outcomes import Decision, Meanwhile, Question, Refusal, Refused
from referrals.tx import Tx
from store.vocabulary import CloseReason, DeclineReason

from .client_answers import Visit
from .client_words import meanwhile

if TYPE_CHECKING:
    from .client_forms import Forms

#: The fields of these forms, beside those that every form has. ``offer``: the round that the page showed.
FIELDS = ("offer", "provider", "answer", "by", "day", "grounds", "network", "asked", "why")
#: Of the form that extends: the choice that stands for a day.
UNTIL_DAY = "day"
#: What a provider has said.
TAKES, REACHED, PASSES = "takes", "reached", "passes"

Deed = Callable[["Forms", Visit], Awaitable[Response]]


async def _extend(forms: "Forms", visit: Visit) -> Response:
    chosen = visit.fields["by"]
    to: timedelta | date
    if chosen == UNTIL_DAY:
        try:
            to = date.fromisoformat(visit.fields["day"].strip())
        except ValueError:
            return await forms.again(visit, "Please choose the day on whose end it is due, such as 2025-11-21.")
    elif chosen in map(str, STEPS):
        to = timedelta(hours=int(chosen))
    else:
        return await forms.again(visit, "Please choose how much longer it may take.")
    outcome = await forms.act(visit, extend, to, visit.fields["shown"])
    if isinstance(outcome, WrongEnd):
        return await forms.again(visit, f"Please choose a day from {day(outcome.earliest)} to {day(outcome.latest)}.")
    return await _did(forms, visit, "extend", outcome)


async def _act_for(forms: "Forms", visit: Visit) -> Response:
    said = visit.fields["answer"]
    if said == PASSES:
        return await _did(forms, visit, "pass", await forms.act(visit, _pass_for, visit.fields))
    if said not in (TAKES, REACHED):
        return await forms.again(visit, "Please say what the provider has said.")
    outcome = await forms.act(visit, _accept_for, visit.fields)
    if isinstance(outcome, Needs):
        return await forms.again(visit, "Please answer what is asked below, then send it again.", needs=outcome)
    return await _did(forms, visit, "accept", outcome)


def _pass_for(tx: Tx, actor: Actor, _referral_id: str, fields: dict[str, str]) -> Decision:
    return pass_for(tx, actor, fields["offer"], fields["provider"])


def _accept_for(tx: Tx, actor: Actor, _referral_id: str, fields: dict[str, str]) -> Needs | Decision:
    licence = Grounds(fields["grounds"]) if fields["grounds"] in set(Grounds) else None
    network = NetworkGrounds(fields["network"]) if fields["network"] in set(NetworkGrounds) else None
    asked = frozenset(one for one in Question if one in fields["asked"].split())
    already = fields["answer"] == REACHED
    return accept_for(tx, actor, fields["offer"], fields["provider"], Given(asked, licence, network), already)


async def _decline_for(forms: "Forms", visit: Visit) -> Response:
    if visit.fields["why"] not in set(DeclineReason):
        return await forms.again(visit, "Please choose why they decline.")
    return await _did(forms, visit, "decline_for", await forms.act(visit, _declines, visit.fields))


def _declines(tx: Tx, actor: Actor, _referral_id: str, fields: dict[str, str]) -> Decision:
    return decline(tx, actor, fields["offer"], DeclineReason(fields["why"]))


async def _assign(forms: "Forms", visit: Visit) -> Response:
    if not visit.fields["provider"]:
        return await forms.again(visit, "Please choose to whom it is offered.")
    code = visit.fields["network"]
    network = NetworkGrounds(code) if code in set(NetworkGrounds) else None
    outcome = await forms.act(visit, assign, visit.fields["provider"], network)
    if isinstance(outcome, OutOfNetwork):
        return await forms.again(visit, grounds_wanted(outcome))
    return await _did(forms, visit, "assign", outcome)


async def _reopen(forms: "Forms", visit: Visit) -> Response:
    return await _did(forms, visit, "reopen", await forms.act(visit, reopen))


async def _withdraw(forms: "Forms", visit: Visit) -> Response:
    return await _did(forms, visit, "withdraw", await forms.act(visit, close, CloseReason.WITHDRAWN))


async def _end(forms: "Forms", visit: Visit) -> Response:
    if visit.fields["why"] not in set(CloseReason):
        return await forms.again(visit, "Please choose why it is closed.")
    return await _did(forms, visit, "end", await forms.act(visit, close, CloseReason(visit.fields["why"])))


async def _urgent(forms: "Forms", visit: Visit) -> Response:
    return await _did(forms, visit, "urgent", await forms.act(visit, mark_urgent))


async def _not_urgent(forms: "Forms", visit: Visit) -> Response:
    return await _did(forms, visit, "not_urgent", await forms.act(visit, not_urgent))


async def _hold(forms: "Forms", visit: Visit) -> Response:
    if visit.fields["why"] not in set(HoldReason):
        return await forms.again(visit, "Please choose why it is kept.")
    return await _did(forms, visit, "hold", await forms.act(visit, put_on_hold, HoldReason(visit.fields["why"])))


async def _lift(forms: "Forms", visit: Visit) -> Response:
    return await _did(forms, visit, "lift_hold", await forms.act(visit, lift_hold))


async def _did(forms: "Forms", visit: Visit, said: str, outcome: Any) -> Response:
    """A refusal that is about somebody else leaves the page open: another choice may do."""
    if isinstance(outcome, Meanwhile):
        return await forms.again(visit, meanwhile(outcome, visit.practice.time_zone), 409)
    if isinstance(outcome, Refused) and outcome.reason in _OF_ANOTHER:
        return await forms.again(visit, refused(outcome, "a coordinator", coordinator=True), 409)
    return await forms.did(visit, said, outcome)


_OF_ANOTHER = frozenset(
    {
        Refusal.INACTIVE,
        Refusal.NO_LICENCE,
        Refusal.GAVE_IT_BACK,
        Refusal.UNREACHABLE,
        Refusal.GUEST,
        Refusal.DEACTIVATED,
    }
)

#: After a button, on the page that follows.
SAID = {name: words.format(code="This referral") for name, words in DONE.items()} | {
    "assign": "Done. It is reserved for the provider, and they have been told.",
    "reopen": "Done. It is offered to everyone again.",
    "decline_for": "Done. It is offered to everyone, and the client is told that the provider is unavailable.",
    "end": "Done. It is closed, and the client is told.",
}

DEEDS: dict[str, Deed] = {
    "extend": _extend,
    "act_for": _act_for,
    "decline_for": _decline_for,
    "assign": _assign,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "end": _end,
    "urgent": _urgent,
    "not_urgent": _not_urgent,
    "hold": _hold,
    "lift_hold": _lift,
}
