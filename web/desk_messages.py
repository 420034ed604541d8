"""The coordinators' page of messages: which mails are ours and which the practice's own, and the editor of one.

Trying words out (previews, a test mail) is handed in by ``bot``: how a mail is made and sent is no business of a page.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from starlette.responses import Response

from referrals.messages.filling import Fault, Words
from referrals.messages.mails import MAILS, VARIABLES
from referrals.messages.templates import (
    Faulty,
    Kept,
    Overtaken,
    TooMany,
    all_mails,
    check,
    give_up,
    keep,
    may_test,
    one_mail,
)
from referrals.messages.text import Always, Preview
from referrals.messages.trial_address import slack_user, trial_address
from referrals.messages.words import Office, cleaned, faults
from referrals.notices import Template
from referrals.outcomes import Refused
from store.tables import Practice

from .desk_messages_words import AROUND, SAID, changed, line_of, too_many
from .desk_visit import DeskVisit, TurnedAway

T = TypeVar("T")


class Trials(Protocol):
    """``previews`` and ``send`` raise filling.Unfit, which words without ``faults`` never do."""

    def office(self, practice: Practice) -> Office: ...
    def always(self, practice: Practice, template: Template) -> Sequence[Always]: ...
    def previews(self, practice: Practice, template: Template, words: Words) -> Sequence[Preview]: ...
    async def send(self, practice: Practice, template: Template, words: Words, case: str, to: str) -> str: ...


#: A Slack user's email address there; "" where Slack does not tell.
Address = Callable[[str], Awaitable[str]]


async def no_address(_user: str) -> str:
    return ""


class MessagesRoom:
    name, title = "messages", "Messages"

    def __init__(self, trials: Trials, address: Address = no_address) -> None:
        self._trials, self._address = trials, address

    async def show(self, visit: DeskVisit) -> Response:
        if not visit.path:
            mails = _granted(await visit.do(all_mails))
            return visit.page("desk_messages.html", groups=_groups(visit, mails))
        template = _template(visit.path)
        if template is None:
            return visit.nowhere()
        kept = _granted(await visit.do(one_mail, template))
        return await self._editor(visit, kept, kept.words, said=SAID.get(visit.asked("done"), ""))

    async def send(self, visit: DeskVisit) -> Response:
        template = _template(visit.path)
        if template is None:
            return visit.nowhere()
        words = cleaned(Words(visit.sent.one("subject"), visit.sent.one("body")))
        match visit.sent.one("do"):
            case "save":
                return await self._save(visit, template, words)
            case "restore":
                return await self._restore(visit, template)
            case "test":
                return await self._test(visit, template, words)
        kept = _granted(await visit.do(one_mail, template))
        return await self._editor(visit, kept, words)

    async def _save(self, visit: DeskVisit, template: Template, words: Words) -> Response:
        checked = await asyncio.to_thread(check, template, words, self._trials.office(visit.practice))
        if isinstance(checked, Faulty):
            return await self._editor(visit, _granted(await visit.do(one_mail, template)), words)
        outcome = _granted(await visit.do(keep, checked, visit.sent.one("shown")))
        if isinstance(outcome, Overtaken):
            return await self._editor(visit, outcome.now, words, overtaken=True)
        return visit.to(f"messages/{template}", done="saved")

    async def _restore(self, visit: DeskVisit, template: Template) -> Response:
        outcome = _granted(await visit.do(give_up, template, visit.sent.one("shown")))
        if isinstance(outcome, Overtaken):
            return await self._editor(visit, outcome.now, outcome.now.words, overtaken=True)
        return visit.to(f"messages/{template}", done="restored")

    async def _test(self, visit: DeskVisit, template: Template, words: Words) -> Response:
        kept = _granted(await visit.do(one_mail, template))
        if await asyncio.to_thread(faults, template, words, self._trials.office(visit.practice)):
            return await self._editor(visit, kept, words)
        to = await self._to(visit)
        if not to:
            return await self._editor(visit, kept, words, problem=SAID["nowhere"])
        held = _granted(await visit.do(may_test, template))
        if isinstance(held, TooMany):
            return await self._editor(visit, kept, words, problem=too_many(held, visit.practice.time_zone))
        trouble = await self._trials.send(visit.practice, template, words, visit.sent.one("case"), to)
        if trouble:
            return await self._editor(visit, kept, words, problem=SAID["not_sent"].format(trouble=trouble))
        return await self._editor(visit, kept, words, said=SAID["sent"].format(to=to))

    async def _to(self, visit: DeskVisit) -> str:
        """Where a test goes. Slack is asked outside any transaction."""
        user = await visit.do(slack_user)
        return await visit.do(trial_address, await self._address(user) if user else "")

    def _tried(self, practice: Practice, template: Template, words: Words) -> tuple[list[Fault], Sequence[Preview]]:
        """Not on the event loop, and in no transaction: long words in many cases take a while."""
        wrong = faults(template, words, self._trials.office(practice))
        return wrong, () if wrong else self._trials.previews(practice, template, words)

    async def _editor(
        self,
        visit: DeskVisit,
        kept: Kept,
        words: Words,
        *,
        said: str = "",
        problem: str = "",
        overtaken: bool = False,
    ) -> Response:
        """With what was typed. Where it is at fault that is told, line by line, in the place of the previews."""
        mail = MAILS[kept.template]
        wrong, previews = await asyncio.to_thread(self._tried, visit.practice, kept.template, words)
        return visit.page(
            "desk_messages_edit.html",
            422 if wrong or problem else 409 if overtaken else 200,
            mail=mail,
            kept=kept,
            words=words,
            wrong=_told(wrong, words),
            previews=previews,
            said=said,
            problem=problem,
            overtaken=overtaken,
            changed=changed(kept, visit.practice.time_zone),
            variables=[(name, VARIABLES[name]) for name in mail.variables],
            cases=[(case.name, case.label) for case in mail.cases],
            around=AROUND[mail.to],
            always=self._trials.always(visit.practice, kept.template),
            to=await self._to(visit),
            case=visit.sent.one("case"),
            unsaved=words != kept.words,
        )


def _granted(outcome: T | Refused) -> T:
    if isinstance(outcome, Refused):
        raise TurnedAway(outcome)
    return outcome


def _template(path: str) -> Template | None:
    return next((template for template in MAILS if template == path), None)


def _groups(visit: DeskVisit, mails: Sequence[Kept]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    found: list[tuple[str, list[Mapping[str, Any]]]] = []
    for to, title in (("client", "To clients"), ("source", "To whoever refers them")):
        rows: list[Mapping[str, Any]] = [
            {"template": one.template, "mail": MAILS[one.template], "changed": changed(one, visit.practice.time_zone)}
            for one in mails
            if MAILS[one.template].to == to
        ]
        found.append((title, rows))
    return found


def _told(wrong: Sequence[Fault], words: Words) -> list[Mapping[str, Any]]:
    return [{"fault": one, "text": line_of(words, one)} for one in wrong]
