"""Lets the page of messages try a practice's own words: previews, and test mails over the very way that jobs send."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jobs.errors import DeliveryError
from jobs.mail.own_words import following, office_values, sample
from jobs.mail.rendering import preview, render_sample
from jobs.mail.words import office
from referrals.messages.filling import Words
from referrals.messages.mails import MAILS
from referrals.messages.text import Always, Preview
from referrals.messages.words import Office
from referrals.notices import Template
from store.ids import new_id
from store.tables import Practice

from .house import PostMail


@dataclass(frozen=True, slots=True)
class Trials:
    post: PostMail

    def office(self, practice: Practice) -> Office:
        return office_values(office(practice))

    def always(self, practice: Practice, template: Template) -> Sequence[Always]:
        """What follows the words, one a case; none for a mail in which nothing does."""
        found = [
            Always(one.label, following(template, *sample(template, one, practice))) for one in MAILS[template].cases
        ]
        return [one for one in found if one.paragraphs]

    def previews(self, practice: Practice, template: Template, words: Words) -> Sequence[Preview]:
        """One a case. Raises Unfit."""
        return [preview(template, words, case, practice) for case in MAILS[template].cases]

    async def send(self, practice: Practice, template: Template, words: Words, case: str, to: str) -> str:
        """Answers "" once the mail server has taken it, else a code of what was wrong. Raises Unfit."""
        cases = MAILS[template].cases
        which = next((one for one in cases if one.name == case), cases[0])
        mail = await asyncio.to_thread(render_sample, template, words, which, practice)
        try:
            await self.post(replace(mail, subject=f"Test: {mail.subject}"), to, f"test-{new_id()}")
        except DeliveryError as error:
            return error.code
        return ""
