"""Mails in a practice's own words: in every case what they must say stays, and no client goes without a mail."""

from dataclasses import replace

import pytest

from jobs.mail import render
from jobs.mail.own_words import following, sample, unfit, values
from jobs.mail.rendering import preview, render_sample
from jobs.mail.words import words_of
from jobs.outbox import drain
from referrals.letters import Letter
from referrals.messages.filling import Unfit, Words
from referrals.messages.mails import MAILS, Case
from referrals.messages.templates import Checked, Kept, check, keep, one_mail
from referrals.messages.words import ours
from referrals.notices import Template
from referrals.tx import Tx
from store.tables import Attention, MessageTemplate
from store.vocabulary import AttentionKind
from tests.desk import CORA, START, Office
from tests.jobs.outside import Outside
from tests.jobs.test_mail_rendering import (
    CARE,
    CODE,
    CONTACT,
    IDENTITY,
    MAYA,
    SUPPORT_HOURS,
    SUPPORT_PHONE,
    TABLE,
    Reader,
    a_letter,
    a_practice,
    whole,
)

pytestmark = pytest.mark.anyio

OWN = Words("A word about your request", "# Dear one\n\nThese are our own words. See https://example.org/map.")
SUPPORT = ("support_phone", "support_hours", "support_email")
CASES = [(template, case) for template, mail in MAILS.items() for case in mail.cases]
LETTERS = {name: row for name, row in TABLE.items() if row[0] in MAILS}


@pytest.mark.parametrize(("template", "case"), CASES, ids=[f"{one}-{case.name}" for one, case in CASES])
def test_every_mail_in_every_case_renders_from_our_words_and_from_others(template: Template, case: Case) -> None:
    for words in (ours(template), OWN):
        mail = render_sample(template, words, case, a_practice())
        page = Reader(mail.html)
        for read in (" ".join(mail.text.split()), page.words):
            assert SUPPORT_PHONE in read and SUPPORT_HOURS in read and "reached the wrong person" in read
            if MAILS[template].to == "client":
                assert CODE in read and "within 48 hours?" in read and "988" in read and "911" in read
        assert ("{{" not in whole(mail) and OWN.subject in mail.subject) or words is not OWN
        assert not [tag for tag, _ in page.tags if tag in ("script", "img", "link", "form")]
        shown = preview(template, words, case, a_practice())
        assert shown.text == mail.text and shown.subject == mail.subject


@pytest.mark.parametrize("name", [name for name, row in LETTERS.items() if not row[1].get("consented")])
def test_our_words_written_as_ones_own_say_the_same(name: str) -> None:
    """So that somebody who begins with them begins with what has been sent so far.

    What a source is told with consent always goes in ours.
    """
    template, changes, must, must_not = TABLE[name]
    letter = a_letter(template, **changes)
    mail = render(replace(letter, own_words=ours(template)))
    for read in (" ".join(mail.text.split()), Reader(mail.html).words):
        for phrase in must:
            if not phrase.endswith(SUPPORT_PHONE) and phrase != "through our practice":
                assert phrase.casefold() in read.casefold(), f"{phrase!r} is missing"
    for phrase in must_not:
        assert phrase.casefold() not in whole(mail).casefold(), f"{phrase!r} must not be told"
    assert not unfit(replace(letter, own_words=ours(template)))


#: What DOMAIN.md section 2 has each mail say, whatever words somebody writes.
MUST = {
    (Template.CLIENT_CONFIRMATION, "preferred"): ("received your request", "until", "You can also call", "withdraw"),
    (Template.CLIENT_CONFIRMATION, "paused"): ("received your request", "not taking new referrals", "withdraw"),
    (Template.CLIENT_CONFIRMATION, "unroutable"): ("received your request", "not available", "withdraw"),
    (Template.CLIENT_CONFIRMATION, "general"): ("received your request", "we will email you", "withdraw"),
    (Template.CLIENT_CONFIRMATION, "taken"): ("received your request", "agreed to contact you", "withdraw"),
    (Template.CLIENT_REMINDER, "preferred"): ("still waiting", "You can also call", "does not book anything"),
    (Template.CLIENT_REMINDER, "general"): ("still waiting", "does not book anything"),
    (Template.CLIENT_REMINDER, "taken"): ("already in touch, please ignore", "does not book anything"),
    (Template.CLIENT_DECLINED, "general"): ("not available at this time", "now open to", "do not need to do anything"),
    (Template.CLIENT_DECLINED, "taken"): ("not available at this time", "agreed", "do not need to do anything"),
    (Template.CLIENT_RELEASED, "general"): ("no longer available", "now open to", "do not need to do anything"),
    (Template.CLIENT_RELEASED, "taken"): ("no longer available", "agreed", "do not need to do anything"),
    (Template.CLIENT_FINAL, ""): ("None of our providers", "Our staff now look after", "Would you rather talk to us"),
    (Template.CLIENT_CLOSING, "withdrawn"): ("is withdrawn", "contact support"),
    (Template.CLIENT_CLOSING, "unreachable"): ("We tried to reach you", "welcome back", "contact support"),
    (Template.CLIENT_CLOSING, "referred_out"): ("referred you", "your choice", "contact support"),
    (Template.CLIENT_CLOSING, "duplicate"): ("received your request twice", "contact support"),
    (Template.CLIENT_CLOSING, "placed_elsewhere"): ("found care elsewhere", "contact support"),
    (Template.CLIENT_CLOSING, "no_longer_needed"): ("no longer need our help", "contact support"),
    (Template.CLIENT_CLOSING, "other"): ("closed your request", "contact support"),
    (Template.SOURCE_ACKNOWLEDGEMENT, ""): ("Thank you: we have received", "agreed to it in writing"),
    (Template.SOURCE_THANKS, ""): (),
}


@pytest.mark.parametrize(("template", "case"), CASES, ids=[f"{one}-{case.name}" for one, case in CASES])
def test_what_a_mail_must_say_follows_words_that_say_nothing(template: Template, case: Case) -> None:
    idle = Words("A word from us", "Thanks, nothing to see here.")
    practice = a_practice()
    mail = render_sample(template, idle, case, practice)
    for read in (" ".join(mail.text.split()), Reader(mail.html).words):
        for phrase in MUST[template, case.name]:
            assert phrase in read, f"{phrase!r} is missing"
        assert read.count("nothing to see here") == 1
    known, leads = sample(template, case, practice)
    for missing in ("", *case.maybe):  # and it can be said where something is not known
        assert not unfit_without(template, known | {missing: ""}, leads)
    assert bool(following(template, *sample(template, case, practice))) is bool(MUST[template, case.name])


def unfit_without(template: Template, known: dict[str, str], leads: dict[str, str]) -> bool:
    try:
        following(template, known | dict.fromkeys(SUPPORT, ""), leads)
    except Unfit:
        return True
    return False


@pytest.mark.parametrize("name", LETTERS)
def test_values_know_nothing_that_the_case_may_not_tell(name: str) -> None:
    template, changes, _, _ = TABLE[name]
    letter = a_letter(template, **(changes | {"contact": CONTACT}))
    told = str(values(template, words_of(letter)))  # type: ignore[arg-type]
    for fact in (*CARE, *IDENTITY):
        assert fact not in told
    assert set(values(template, words_of(letter))) <= {  # type: ignore[arg-type]
        *MAILS[template].variables, "practice", "support_phone", "support_hours", "support_email"
    }  # fmt: skip


def test_own_words_are_laid_out_safely() -> None:
    evil = replace(MAYA, title='<b onclick="x">Maya</b> https://evil.example \u202e')
    body = "{% if provider %}{{ provider }} has it.{% endif %}\n\n- one\n- two\n\nSee https://example.org/map."
    letter = a_letter(Template.CLIENT_CONFIRMATION, kind="preferred", preferred=evil, whose=evil)
    mail = render(replace(letter, own_words=Words("Yours", body)))
    page = Reader(mail.html)
    assert mail.subject == "Yours" and "<b onclick" not in mail.html and "\u202e" not in whole(mail)
    assert "https://example.org/map" in page.values("href") and "evil.example" not in str(page.values("href"))
    assert [tag for tag, _ in page.tags].count("li") == 2
    assert all(link.startswith(("tel:", "sms:", "mailto:", "https://")) for link in page.values("href"))


@pytest.mark.parametrize("body", ["{{ gone_since_an_upgrade }}", "{{ provider }}", "{% if", "{{ ''.__class__ }}"])
def test_what_cannot_be_filled_in_gives_way_to_ours(body: str) -> None:
    letter = a_letter(Template.CLIENT_FINAL)
    broken = replace(letter, own_words=Words("Yours", body))
    assert unfit(broken) and render(broken) == render(letter)
    assert not unfit(letter)


def test_brand_colour_and_line_are_in_every_mail_and_can_be_read() -> None:
    practice = a_practice(brand_colour="#7a4f9a", brand_line="12 Pine Street, Albany")
    for template, changes, *_ in TABLE.values():
        mail = render(a_letter(template, **changes, practice=practice))
        assert "12 Pine Street, Albany" in mail.text and "12 Pine Street, Albany" in Reader(mail.html).words
        assert "#7a4f9a" in mail.html and "#1f5f5b" not in mail.html and "{{" not in mail.html
    plain = render(a_letter(Template.CLIENT_FINAL, practice=a_practice(brand_colour="#ffff00")))
    assert "#ffff00" not in plain.html and "#1f5f5b" in plain.html, "one that nobody could read by is left out"


class Keeping(Outside):
    """Keeps the letters that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Letter] = []

    async def send_mail(self, letter: Letter, delivery_id: str) -> str:
        self.letters.append(letter)
        return await super().send_mail(letter, delivery_id)


async def test_a_sent_mail_has_the_practices_words_of_the_moment(office: Office) -> None:
    out = Keeping()
    own = {"practice": "Harbor Therapy", "support_phone": "", "support_hours": "", "support_email": ""}
    first = await office.do(keep, CORA, checked(own), await shown(office))
    assert isinstance(first, Kept) and first.own
    await office.submit()
    await drain(out.deps(office), office.practice_id)
    (letter,) = [one for one in out.letters if one.template is Template.CLIENT_CONFIRMATION]
    assert letter.own_words == OWN
    assert AttentionKind.OWN_WORDS not in [one.kind for one in await office.rows(Attention)]


async def test_a_mail_whose_words_broke_goes_out_in_ours_and_the_coordinators_hear_of_it_once(office: Office) -> None:
    def broken(tx: Tx) -> None:
        tx.add(
            MessageTemplate(
                id="m",
                practice_id=tx.practice_id,
                template=Template.CLIENT_CONFIRMATION,
                subject="x",
                body="{{ gone }}",
                changed_by="system",
                changed_at=START,
            )
        )

    await office.do(broken)
    out = Keeping()
    for name in ("One", "Two"):
        await office.submit(client_name=f"Ada Canary-{name}")
    await drain(out.deps(office), office.practice_id)
    assert len([one for one in out.letters if one.template is Template.CLIENT_CONFIRMATION]) == 2, "no mail is lost"
    items = [one for one in await office.rows(Attention) if one.kind is AttentionKind.OWN_WORDS]
    assert [(one.detail, one.settled_at) for one in items] == [(Template.CLIENT_CONFIRMATION, None)]
    own = {"practice": "Harbor Therapy", "support_phone": "", "support_hours": "", "support_email": ""}
    await office.do(keep, CORA, checked(own), await shown(office))
    items = [one for one in await office.rows(Attention) if one.kind is AttentionKind.OWN_WORDS]
    assert items[0].settled_at is not None, "mended words take it off the list"


def checked(own: dict[str, str]) -> Checked:
    found = check(Template.CLIENT_CONFIRMATION, OWN, own)
    assert isinstance(found, Checked)
    return found


async def shown(office: Office) -> str:
    found = await office.do(one_mail, CORA, Template.CLIENT_CONFIRMATION)
    assert isinstance(found, Kept)
    return found.digest
