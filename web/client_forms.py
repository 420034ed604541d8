"""What the secure page's forms ask for: the use cases of the buttons in Slack, as who the page is open for."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from starlette.responses import Response

from blocks.progress import day
from referrals.acting.on_behalf import Needs
from referrals.client_page import Shut, act, close, search, turn
from referrals.decline import release
from referrals.desk import Desk
from referrals.find import Unnamed
from referrals.outcomes import Done, Refused, Since, WrongDate
from referrals.progress import contacted, no_answer, plan, scheduled
from store.vocabulary import DeclineReason, PlanItem, Status

from . import client_acting
from .client_answers import Answers, Visit
from .client_words import REASONS, Typed

#: The fields that are read of a request; nothing else in it is looked at. ``do`` names the deed.
FIELDS = (
    "do",
    "key",
    "referral",
    "hit",
    "first",
    "last",
    "next_try",
    "tries",
    "shown",
    "reason",
    "care",
    *client_acting.FIELDS,
)
#: A ticked item of the plan; the only field that comes more than once.
ITEM = "item"
_STOP = "Please do not contact the client any more."


class Forms:
    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk, self._answers = desk, answers

    async def do(self, visit: Visit) -> Response:
        """``visit`` has a form whose key fits."""
        deed = _DEEDS.get(visit.fields["do"])
        return await deed(self, visit) if deed else await self._answers.page(visit)

    async def _contacted(self, visit: Visit) -> Response:
        return await self.did(visit, "contacted", await self.act(visit, contacted))

    async def _scheduled(self, visit: Visit) -> Response:
        return await self.did(visit, "scheduled", await self.act(visit, scheduled))

    async def _no_answer(self, visit: Visit) -> Response:
        typed, before = visit.fields["next_try"].strip(), visit.fields["tries"]
        try:
            next_try = date.fromisoformat(typed) if typed else None
        except ValueError:
            return await self.again(visit, "That day could not be read. Please write it like 2025-11-21.")
        known = int(before) if before.isascii() and before.isdecimal() and len(before) < 6 else 0
        return await self.did(visit, "no_answer", await self.act(visit, no_answer, next_try, known))

    async def _plan(self, visit: Visit) -> Response:
        done, shown = _items(visit.items), _items(visit.fields["shown"].split())
        return await self.did(visit, "plan", await self.act(visit, plan, done, shown))

    async def _release(self, visit: Visit) -> Response:
        """Two questions: why, and whether the client still wants care. If not, that is reason enough, and it closes."""
        reason, care = visit.fields["reason"], visit.fields["care"]
        if care not in ("yes", "no"):
            return await self.again(visit, "Please say whether the client still wants care.")
        if care == "yes" and reason not in set(REASONS):
            return await self.again(visit, "Please choose why you give it back.")
        why = DeclineReason(reason) if reason in set(REASONS) else DeclineReason.NO_LONGER_WANTS
        outcome = await self.act(visit, partial(release, wants_care=care == "yes"), why)
        if not isinstance(outcome, Done):
            return await self.did(visit, "", outcome)
        await self._desk.do(visit.practice.id, close, visit.cookie)
        if outcome.status is Status.CLOSED:
            return self._answers.end(visit.practice, f"{outcome.code} is closed", "The client is told.", _STOP)
        return self._answers.end(
            visit.practice, f"{outcome.code} is open to everyone again", "Somebody else will contact the client.", _STOP
        )

    async def _find(self, visit: Visit) -> Response:
        first, last = visit.fields["first"], visit.fields["last"]
        found = await self._desk.do(visit.practice.id, search, visit.cookie, first, last)
        match found:
            case Shut():
                return self._answers.shut(visit.practice, found, visit.cookie)
            case Refused():
                return self._answers.refused(visit.practice, found)
            case Unnamed():
                return self._answers.search(visit, 422, missing=found.missing)
        return self._answers.search(visit, hits=found)

    async def _turn(self, visit: Visit) -> Response:
        """To a referral that was found, or (without one) back to the search."""
        before, after = visit.referral_id or None, visit.fields["hit"] or None
        shut = await self._desk.do(visit.practice.id, turn, visit.cookie, before, after)
        return self._answers.shut(visit.practice, shut, visit.cookie) if shut else self._answers.to(visit.practice)

    async def _close(self, visit: Visit) -> Response:
        await self._desk.do(visit.practice.id, close, visit.cookie)
        return self._answers.end(
            visit.practice, "This page is closed", "To open it again, press Client details in Slack."
        )

    async def act(self, visit: Visit, use_case: Callable[..., Any], *given: object) -> Any:
        return await self._desk.do(visit.practice.id, act, visit.cookie, visit.referral_id, use_case, *given)

    async def did(self, visit: Visit, said: str, outcome: object) -> Response:
        match outcome:
            case Done():
                return self._answers.to(visit.practice, said)
            case Shut():
                return self._answers.shut(visit.practice, outcome, visit.cookie)
            case Refused():
                return self._answers.refused(visit.practice, outcome)
            case WrongDate():
                between = f"from {day(outcome.earliest)} to {day(outcome.latest)}"
                return await self.again(visit, f"Please choose a day {between}.")
            case Since():
                moved = f"Nothing was changed: {outcome.code} has moved on since. Below is how it stands now."
                return await self.again(visit, moved, 409)
        return await self.again(visit, "Nothing was changed. Below is how it stands now.", 409)

    async def again(self, visit: Visit, problem: str, status: int = 422, needs: Needs | None = None) -> Response:
        """The page as it stands, with what was typed and what to do about it; ``needs``: what has to be said first."""
        return await self._answers.page(visit, status, typed=Typed(problem, visit.fields), needs=needs)


_DEEDS: dict[str, Callable[[Forms, Visit], Awaitable[Response]]] = {
    "contacted": Forms._contacted,
    "scheduled": Forms._scheduled,
    "no_answer": Forms._no_answer,
    "plan": Forms._plan,
    "release": Forms._release,
    "find": Forms._find,
    "turn": Forms._turn,
    "close": Forms._close,
    **client_acting.DEEDS,
}


def _items(texts: Sequence[str]) -> frozenset[PlanItem]:
    return frozenset(PlanItem(one) for one in texts if one in set(PlanItem))
