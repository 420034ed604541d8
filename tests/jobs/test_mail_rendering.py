"""Every email in every variant: what DOMAIN.md section 2 demands is in it, what it forbids is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from jobs.mail import Rendered, render
from jobs.mail.words import words_of
from referrals.letters import Colleague, Contact, Letter, PracticeLetter
from referrals.notices import NOTICES, OF_PRACTICE, Template
from referrals.views.facts import Facts
from store.tables import Practice
from store.vocabulary import AttentionKind, CloseReason, DeliveryChannel, Kind, Status

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
DEADLINE = "Tue, Nov 24, 3:00 PM EST (America/New_York)"
CODE = "R-7K3QM"
MAYA = Colleague("Maya Okafor", "Maya Okafor, LCSW", "U0MAYA", "America/New_York", "+12125550142")
THEO = Colleague("Theo Lindqvist", "Theo Lindqvist, LMFT", "U0THEO", "America/New_York", "+12125550143")
MAYAS_PHONE, THEOS_PHONE = "(212) 555-0142", "(212) 555-0143"
SUPPORT_PHONE, SUPPORT_HOURS, SUPPORT_EMAIL = "(212) 555-0100", "Mon–Fri 9–5", "support@junipergrove.example.com"
CONTACT = Contact(
    name="Xanthe Canaryname",
    preferred_name="Canarynick",
    guardian=None,
    email="canary.client@example.org",
    phone="+12125550177",
    email_ok=True,
    voicemail_ok=False,
    do_not_contact=False,
    notes="Canarynote: evenings are best.\nPlease ring twice.",
)
IDENTITY = ("Canaryname", "Canarynick", "canary.client", "555-0177", "2125550177", "Canarynote")
FACTS = Facts("New Jersey", "Cigna", "Couples therapy", "Telehealth", "18–64", ("Grief", "Sleep"))
CARE = ("New Jersey", "Cigna", "Couples", "Telehealth", "Grief", "Sleep", "18–64")

CLIENT = [one for one in Template if one.startswith("client_")]
STAFF = [
    Template.PROVIDER_OFFER,
    Template.PROVIDER_REMINDER,
    Template.ACCEPTOR_MAIL,
    Template.ACCEPTOR_NUDGE_MAIL,
    Template.ACCEPTOR_STOP_MAIL,
]
EMAILS = [one for one in Template if NOTICES[one].channel is DeliveryChannel.EMAIL and one not in OF_PRACTICE]

TAKEN = {"status": Status.ACCEPTED, "holder": THEO, "accepted_at": NOW}
BY_MAYA = {"status": Status.ACCEPTED, "holder": MAYA, "accepted_at": NOW, "kind": Kind.PREFERRED, "whose": MAYA}
ASKED = {"kind": Kind.PREFERRED, "preferred": MAYA, "whose": MAYA}
PAGES, TOKEN = "https://desk.example.com", "t0ken-of-a-link_0123456789"
LINK = f"{PAGES}/offer/juniper-grove/{TOKEN}"
LINKED = {**ASKED, "link_token": TOKEN, "link_until": NOW + timedelta(hours=12)}
LINK_UNTIL = "works until Mon, Nov 23, 3:00 AM EST (America/New_York)"
PAUSED = {"preferred": MAYA, "unroutable": "paused"}
CLOSED = {"status": Status.CLOSED, "close_reason": CloseReason.WITHDRAWN}

#: template, what is different, what text and HTML must both say, what neither may say
TABLE: dict[str, tuple[Template, dict[str, Any], tuple[str, ...], tuple[str, ...]]] = {
    "confirmation, preferred": (
        Template.CLIENT_CONFIRMATION,
        ASKED,
        ("received", "Maya Okafor, LCSW", DEADLINE, MAYAS_PHONE, "What happens next", "correct or withdraw"),
        ("not taking", "appointment"),
    ),
    "confirmation, preferred without a number": (
        Template.CLIENT_CONFIRMATION,
        {**ASKED, "whose": replace(MAYA, phone=None), "preferred": replace(MAYA, phone=None)},
        ("Maya Okafor, LCSW through our practice: " + SUPPORT_PHONE,),
        (MAYAS_PHONE,),
    ),
    "confirmation, paused": (
        Template.CLIENT_CONFIRMATION,
        PAUSED,
        ("Maya Okafor, LCSW, who is not taking new referrals right now", "our other providers", DEADLINE),
        (MAYAS_PHONE, "insur"),
    ),
    "confirmation, paused for the insurer": (
        Template.CLIENT_CONFIRMATION,
        {**PAUSED, "unroutable": "paused_insurer"},
        ("not taking new referrals right now",),
        (MAYAS_PHONE, "insur"),
    ),
    "confirmation, paused for the state": (
        Template.CLIENT_CONFIRMATION,
        {**PAUSED, "unroutable": "paused_state"},
        ("not taking new referrals right now",),
        (MAYAS_PHONE, "state"),
    ),
    "confirmation, as many as they wish this week": (
        Template.CLIENT_CONFIRMATION,
        {**PAUSED, "unroutable": "full"},
        ("not taking new referrals right now",),
        (MAYAS_PHONE, "week", "limit"),
    ),
    "confirmation, unroutable": (
        Template.CLIENT_CONFIRMATION,
        {**PAUSED, "unroutable": "no_licence"},
        ("Maya Okafor, LCSW, who is not available for new requests right now",),
        (MAYAS_PHONE, "licen", "paus"),
    ),
    "confirmation, general": (
        Template.CLIENT_CONFIRMATION,
        {},
        ("shared your request with our providers", DEADLINE, "correct or withdraw"),
        ("Maya", MAYAS_PHONE),
    ),
    "confirmation, taken by then": (
        Template.CLIENT_CONFIRMATION,
        TAKEN,
        ("Theo Lindqvist, LMFT has agreed to contact you", "within 12 hours"),
        (THEOS_PHONE, DEADLINE),
    ),
    "reminder, preferred": (
        Template.CLIENT_REMINDER,
        ASKED,
        ("still waiting", "Maya Okafor, LCSW has not answered yet", DEADLINE, MAYAS_PHONE),
        ("appointment", "ignore this email"),
    ),
    "reminder, general": (
        Template.CLIENT_REMINDER,
        {"preferred": MAYA},
        ("still waiting", DEADLINE),
        ("appointment", "ignore this email", "Maya", MAYAS_PHONE),
    ),
    "reminder, accepted by the preferred": (
        Template.CLIENT_REMINDER,
        {**BY_MAYA, "preferred": MAYA},
        ("Maya Okafor, LCSW has agreed to contact you", "already in touch, please ignore", MAYAS_PHONE),
        ("appointment", "still waiting"),
    ),
    "reminder, accepted by another": (
        Template.CLIENT_REMINDER,
        {**TAKEN, "preferred": MAYA},
        ("Theo Lindqvist, LMFT has agreed to contact you", "already in touch, please ignore"),
        ("appointment", MAYAS_PHONE, THEOS_PHONE, "Maya"),
    ),
    "declined": (
        Template.CLIENT_DECLINED,
        {"preferred": MAYA},
        ("Maya Okafor, LCSW is not available at this time", "open to our other providers", "not need to do anything"),
        (MAYAS_PHONE, "declin", "because", "conflict"),
    ),
    "declined by whom the coordinators chose": (
        Template.CLIENT_DECLINED,
        PAUSED,
        ("The provider we had asked is not available at this time",),
        ("Maya", MAYAS_PHONE),
    ),
    "declined, taken by then": (
        Template.CLIENT_DECLINED,
        {**TAKEN, "preferred": MAYA},
        ("Maya Okafor, LCSW is not available", "Theo Lindqvist, LMFT has agreed to contact you"),
        (MAYAS_PHONE, THEOS_PHONE),
    ),
    "released": (
        Template.CLIENT_RELEASED,
        {"preferred": MAYA},
        ("no longer available", "open to our other providers", "not need to do anything"),
        (MAYAS_PHONE, "releas", "because"),
    ),
    "released, taken by then": (
        Template.CLIENT_RELEASED,
        TAKEN,
        ("no longer available", "Theo Lindqvist, LMFT has agreed"),
        (THEOS_PHONE,),
    ),
    "final": (
        Template.CLIENT_FINAL,
        {"status": Status.EXPIRED, "preferred": MAYA},
        ("available for your request yet", "Our staff", "contact you", f"Call {SUPPORT_PHONE}"),
        (MAYAS_PHONE, "Maya", "expired"),
    ),
    **{
        f"closing, {reason}": (Template.CLIENT_CLOSING, {**CLOSED, "close_reason": reason}, (words,), (MAYAS_PHONE,))
        for reason, words in {
            CloseReason.WITHDRAWN: "Your request is withdrawn",
            CloseReason.UNREACHABLE: "welcome back",
            CloseReason.REFERRED_OUT: "care outside our practice",
            CloseReason.DUPLICATE: "your request twice",
            CloseReason.PLACED_ELSEWHERE: "found care elsewhere",
            CloseReason.NO_LONGER_NEEDED: "no longer need our help",
            CloseReason.OTHER: "We have closed your request",
            None: "We have closed your request",
        }.items()
    },
    "offer": (
        Template.PROVIDER_OFFER,
        LINKED,
        (
            LINK,
            LINK_UNTIL,
            DEADLINE,
            "agreeing to contact the client, not to work with them",
            "slack.com/archives",
            "card in Slack works until the deadline",
            *CARE,
        ),
        ("reply to this email with",),
    ),
    "offer, outside the work domains": (
        Template.PROVIDER_OFFER,
        {**LINKED, "address": "maya@mail.example.org"},
        (LINK, LINK_UNTIL, DEADLINE, "agreeing to contact the client", "slack.com/archives"),
        CARE,
    ),
    "offer, no card yet": (
        Template.PROVIDER_OFFER,
        {**LINKED, "card_link": None},
        (LINK, LINK_UNTIL, f"referrals channel in Slack, the card of {CODE}"),
        ("http://", "slack.com"),
    ),
    "offer, not in Slack": (
        Template.PROVIDER_OFFER,
        {**LINKED, "reader": replace(MAYA, slack_user=None)},
        (LINK, LINK_UNTIL, "after that, reply to this email with", "a coordinator records it"),
        ("slack.com",),
    ),
    "offer, no link": (
        Template.PROVIDER_OFFER,
        ASKED,
        ("in Slack", "slack.com/archives"),
        ("/offer/", "works until"),
    ),
    "offer, no link and no card": (
        Template.PROVIDER_OFFER,
        {**ASKED, "card_link": None},
        ("open the referrals channel in Slack",),
        ("http://", "slack.com", "/offer/"),
    ),
    "provider reminder": (
        Template.PROVIDER_REMINDER,
        {**LINKED, "now": NOW + timedelta(hours=24), "link_until": NOW + timedelta(hours=36)},
        (
            LINK,
            "works until Tue, Nov 24, 3:00 AM EST (America/New_York)",
            "24 hours left",
            DEADLINE,
            "no penalty for declining",
            "quick no helps the client",
            "slack.com/archives",
        ),
        (),
    ),
    "acceptor": (
        Template.ACCEPTOR_MAIL,
        {**BY_MAYA, "contact": CONTACT},
        (
            "Xanthe Canaryname",
            "Canarynick",
            "(212) 555-0177 (please leave no voicemail)",
            "canary.client@example.org",
            "Canarynote: evenings are best.",
            "within 12 hours",
            "Mon, Nov 23, 3:00 AM EST (America/New_York)",
            "Consultation",
            "Scheduling",
            "Cost and insurance",
            "superbill",
            "self-pay",
            "Payment",
        ),
        ("guardian first",),
    ),
    "acceptor who had contacted the client already": (
        Template.ACCEPTOR_MAIL,
        {**BY_MAYA, "status": Status.CONTACTED, "contact": CONTACT},
        ("Xanthe Canaryname", "you have reached the client already", "Consultation", "press Scheduled on the card"),
        ("contact the client within", "press Contacted"),
    ),
    "nudge": (
        Template.ACCEPTOR_NUDGE_MAIL,
        {**BY_MAYA, "tries": 2, "next_try": date(2027, 3, 3)},
        (
            "Sun, Nov 22, 3:00 PM EST (America/New_York)",
            "no contact with the client is recorded",
            "2 tries without an answer, next on Wednesday, March 3",
            "reply to this email with",
            "no penalty",
        ),
        ("Canary", "slack.com", "press Contacted"),
    ),
    "nudge before any try": (
        Template.ACCEPTOR_NUDGE_MAIL,
        BY_MAYA,
        ("they still wait",),
        ("So far", "without an answer"),
    ),
    "acceptor of a minor who wants no mail": (
        Template.ACCEPTOR_MAIL,
        {**BY_MAYA, "contact": replace(CONTACT, guardian="Ines Canaryguard", email_ok=False, voicemail_ok=True)},
        ("Ines Canaryguard", "speak with the parent or guardian first", "(voicemail is fine)", "none to use"),
        ("canary.client",),
    ),
    "acceptor outside the work domains": (
        Template.ACCEPTOR_MAIL,
        BY_MAYA,
        ("Press Client details on the card", "press Contacted or Scheduled", "Consultation"),
        (*IDENTITY, "Ask a coordinator", "reply to this email with"),
    ),
    "acceptor outside the work domains and not in Slack": (
        Template.ACCEPTOR_MAIL,
        {**BY_MAYA, "reader": replace(MAYA, slack_user=None)},
        ("Ask support (below)", "reply to this email with", "no penalty"),
        (*IDENTITY, "on the card", "Press", "press", "in Slack"),
    ),
    "acceptor stop": (
        Template.ACCEPTOR_STOP_MAIL,
        CLOSED,
        ("do not contact the client", "has withdrawn the request"),
        (),
    ),
    "phone task": (
        Template.COORDINATOR_PHONE_MAIL,
        {"contact": CONTACT, "attention_detail": "client_declined", "reader": None},
        ("Xanthe Canaryname", "(212) 555-0177", "not available at this time", "give no reason", "Phoned", "988"),
        ("canary.client",),
    ),
    "phone task outside the work domains": (
        Template.COORDINATOR_PHONE_MAIL,
        {"attention_detail": None, "reader": None},
        ("not in one of the practice's work domains", "Where the request stands"),
        IDENTITY,
    ),
    "source": (
        Template.SOURCE_ACKNOWLEDGEMENT,
        {"reader": None},
        ("Thank you for referring", "received your referral", CODE),
        (*CARE, "Maya"),
    ),
    "source thanks": (
        Template.SOURCE_THANKS,
        {"reader": None, "status": Status.SCHEDULED},
        ("Thank you for thinking of Juniper Grove",),
        (*CARE, CODE, "schedul", "Maya", "2026"),
    ),
    "source thanks, with consent": (
        Template.SOURCE_THANKS,
        {"reader": None, "status": Status.SCHEDULED, "consented": True},
        ("a first appointment has been arranged", CODE),
        (*CARE, "Maya", "2026", "42 CFR"),
    ),
    "source thanks, with consent, under Part 2": (
        Template.SOURCE_THANKS,
        {"reader": None, "status": Status.SCHEDULED, "consented": True, "part_2": True},
        ("42 CFR part 2 prohibits unauthorized use or disclosure of these records.", CODE),
        (*CARE, "Maya", "2026"),
    ),
    "source outcome": (
        Template.SOURCE_OUTCOME,
        {**CLOSED, "reader": None, "consented": True},
        ("decided not to go on", CODE),
        (*CARE, "Maya", "2026", "42 CFR"),
    ),
    "source outcome, under Part 2": (
        Template.SOURCE_OUTCOME,
        {**CLOSED, "reader": None, "consented": True, "part_2": True},
        ("decided not to go on", "42 CFR part 2 prohibits unauthorized use or disclosure of these records."),
        (*CARE, "Maya", "2026"),
    ),
}


def a_practice(**changes: Any) -> Practice:
    values = {
        "id": "p1",
        "team_id": "T0",
        "slug": "juniper-grove",
        "name": "Juniper Grove",
        "channel_id": "C0",
        "work_domains": ["junipergrove.example.com"],
        "support_phone": "+12125550100",
        "support_email": SUPPORT_EMAIL,
        "support_hours": SUPPORT_HOURS,
        "created_at": NOW,
    }
    return Practice(**{**values, **changes})


def a_letter(template: Template, **changes: Any) -> Letter:
    """As ``compose`` would make it; a client's letter greets, a provider's has a reader."""
    client = template.startswith("client_")
    letter = Letter(
        template=template,
        channel=NOTICES[template].channel,
        practice=a_practice(),
        time_zone="America/New_York",
        now=NOW,
        code=CODE,
        status=Status.PENDING,
        facts=FACTS,
        kind=Kind.GENERAL,
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=48),
        card_link="https://junipergrove.slack.com/archives/C0/p1",
        card_channel="C0",
        card_ts="1.0",
        preferred=None,
        unroutable=None,
        whose=None,
        holder=None,
        accepted_at=None,
        close_reason=None,
        reader=None if client else MAYA,
        greeting="Wren" if client else None,
        contact=None,
        attention_kind=None,
        attention_id=None,
        attention_detail=None,
        referral_id="r1",
        offer_id="o1",
        address="wren@example.org" if client else "maya@junipergrove.example.com",
        slack_user=None,
    )
    return replace(letter, **changes)


class Reader(HTMLParser):
    """Reads HTML as strictly as it can be: tags balance, ids and links are collected, and what a person sees."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in <{tag}>"
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.seen.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.seen).split())

    def values(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(attribute))]


def whole(mail: Rendered) -> str:
    return "\n".join([mail.subject, mail.text, mail.html])


MAY_KNOW = (Template.ACCEPTOR_MAIL, Template.COORDINATOR_PHONE_MAIL)


@pytest.fixture(params=TABLE)
def case(request: pytest.FixtureRequest) -> tuple[Letter, Rendered, tuple[str, ...], tuple[str, ...]]:
    template, changes, must, must_not = TABLE[request.param]
    letter = a_letter(template, **changes)
    return letter, render(letter, PAGES), must, must_not


def test_every_email_is_in_the_table() -> None:
    assert {template for template, *_ in TABLE.values()} == set(EMAILS)
    tried = {changes.get("close_reason") for template, changes, *_ in TABLE.values() if template == "client_closing"}
    assert tried == {*CloseReason, None}


def test_it_says_what_it_must_and_nothing_else(case: Any) -> None:
    _, mail, must, must_not = case
    page = Reader(mail.html)
    read = {"text": " ".join(mail.text.split()), "html": " ".join([page.words, *page.values("href")])}
    for form, words in read.items():
        for phrase in must:
            assert phrase.casefold() in words.casefold(), f"{phrase!r} is missing from the {form}"
    for phrase in must_not:
        assert phrase.casefold() not in whole(mail).casefold(), f"{phrase!r} must not be told"


def test_both_forms_are_whole(case: Any) -> None:
    """Plain text is a text, HTML is well-formed, fetches nothing and tracks nobody."""
    _, mail, _, _ = case
    for wrong in ("None", "{{", "{%", "Undefined", "{#", "()", " ,", "  ."):
        assert wrong not in mail.subject + mail.text, f"{wrong!r} in the text"
    assert "<" not in mail.text.replace("\n> ", "") and "&amp;" not in mail.text
    assert "\n\n\n" not in mail.text and mail.text.endswith("\n")
    page = Reader(mail.html)
    assert "None" not in page.words and "{{" not in mail.html and "{%" not in mail.html
    assert page.tags[0] == ("html", {"lang": "en", "dir": "ltr"})
    names = {tag for tag, _ in page.tags}
    assert not names & {"img", "script", "link", "iframe", "form", "object"}
    assert not page.values("src") and not page.values("background") and "url(" not in mail.html
    assert all(attrs.get("role") == "presentation" for tag, attrs in page.tags if tag == "table")
    assert all(link.startswith(("tel:", "sms:", "mailto:", "https://")) for link in page.values("href"))
    assert all("style" in attrs for tag, attrs in page.tags if tag in ("p", "h1", "h2", "a"))
    assert "prefers-color-scheme: dark" in mail.html
    assert mail.from_name == "Juniper Grove" and mail.reply_to == SUPPORT_EMAIL


@pytest.mark.parametrize("name", [name for name, (template, *_) in TABLE.items() if template in CLIENT])
def test_every_client_mail_keeps_to_section_2(name: str) -> None:
    template, changes, _, _ = TABLE[name]
    mail = render(a_letter(template, **changes))
    assert mail.subject == "Your request to Juniper Grove"
    for words in (" ".join(mail.text.split()), Reader(mail.html).words):
        assert "Hello Wren," in words
        assert CODE in words
        assert "within 48 hours?" in words and "support" in words
        assert SUPPORT_PHONE in words and SUPPORT_HOURS in words and SUPPORT_EMAIL in words
        assert "988" in words and "text" in words and "chat" in words and "911" in words
        assert "This mailbox is not monitored 24/7." in words
        assert "reached the wrong person" in words
    assert f"\nPhone: {SUPPORT_PHONE} ({SUPPORT_HOURS})\nEmail: {SUPPORT_EMAIL}\nYour reference: {CODE}\n" in mail.text
    for fact in CARE:
        assert fact not in whole(mail)


@pytest.mark.parametrize("name", [name for name, (template, *_) in TABLE.items() if template not in MAY_KNOW])
def test_nobody_but_the_acceptor_and_the_phone_task_reads_who_the_client_is(name: str) -> None:
    """Even a letter that by mistake carried the client's details would not tell them."""
    template, changes, _, _ = TABLE[name]
    told = whole(render(a_letter(template, **(changes | {"contact": CONTACT}))))
    for canary in IDENTITY:
        assert canary not in told


@pytest.mark.parametrize("template", EMAILS)
def test_no_subject_tells_a_fact(template: Template) -> None:
    letter = a_letter(template, contact=CONTACT, preferred=MAYA, whose=MAYA, kind=Kind.PREFERRED)
    subject = render(letter).subject
    assert subject and "\n" not in subject
    for fact in (*CARE, *IDENTITY, "Wren", "Maya"):
        assert fact not in subject


@pytest.mark.parametrize("template", EMAILS)
def test_a_practice_that_has_set_no_support_contact_asks_for_a_reply(template: Template) -> None:
    letter = a_letter(template, practice=a_practice(support_phone="", support_email="", support_hours=""))
    mail = render(letter)
    assert "Email: reply to this email" in mail.text
    assert "Email: reply to this email" in Reader(mail.html).words
    assert "Phone: \n" not in mail.text and "()" not in whole(mail) and "mailto:" not in mail.html
    assert mail.reply_to == ""


def test_a_client_without_a_name_is_still_greeted() -> None:
    mail = render(a_letter(Template.CLIENT_REMINDER, greeting=None))
    assert mail.text.startswith("Hello,\n") and "Hello," in Reader(mail.html).words


@pytest.mark.parametrize("name", ["Visit prize.example.com", "https://example.com", "a@example.com", "www/example"])
def test_a_name_is_no_place_for_a_link(name: str) -> None:
    mail = render(a_letter(Template.CLIENT_CONFIRMATION, greeting=name))
    assert mail.text.startswith("Hello,\n")
    assert name not in whole(mail)


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "template": "{{ practice.work_domains }}{% raw %}",
    "lines": "Wren\r\nBcc: other@example.org\r\n\r\nNew text",
    "encoded word": "=?utf-8?q?=0ABcc:_other=40example.org?=",
    "long": "W" * 10_000,
    "long words": "Wren of the Meadow " * 600,
    "right to left": "محمد \u202eevil\u202c עדי",
    "chinese": "王小明",
    "controls": "Wr\x00e\x1bn\u2028\x7f",
    "mention": "<!channel> & <@U0MAYA>",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("template", EMAILS)
def test_hostile_names_stay_names(template: Template, name: str) -> None:
    someone = replace(MAYA, name=name, title=name)
    letter = a_letter(
        template,
        practice=a_practice(name=name, support_hours=name),
        kind=Kind.PREFERRED,
        preferred=someone,
        whose=someone,
        greeting=name if template in CLIENT else None,
        reader=someone if template in STAFF else None,
        contact=replace(CONTACT, name=name, preferred_name=name, guardian=name, notes=name),
        card_link="javascript:alert(1)",
    )
    mail = render(letter)
    page = Reader(mail.html)
    names = [tag for tag, _ in page.tags]
    assert names.count("script") == 0 and names.count("img") == 0
    assert not page.values("onerror") and "javascript:" not in whole(mail)
    assert len(mail.subject) <= 150 and "\n" not in mail.subject and "\r" not in whole(mail)
    assert len(mail.text) < 9_000 and len(mail.html) < 60_000
    assert "work_domains" not in whole(mail) or "{{" in name
    assert "['" not in whole(mail)
    for sign in ("\u202e", "\u202c", "\x00", "\x1b", "\u2028"):
        assert sign not in whole(mail)
    assert "\nBcc:" not in mail.text


def test_names_in_any_script_are_read_as_written() -> None:
    for name in ("محمد", "王小明", "Søren-Anaïs O’Hara"):
        mail = render(a_letter(Template.CLIENT_REMINDER, greeting=name))
        assert f"Hello {name}," in mail.text and name in Reader(mail.html).words


def test_times_are_in_the_readers_zone() -> None:
    mail = render(a_letter(Template.PROVIDER_OFFER, time_zone="America/Los_Angeles", kind=Kind.PREFERRED, whose=MAYA))
    assert "Tue, Nov 24, 12:00 PM PST (America/Los_Angeles)" in mail.text
    assert "EST" not in mail.text


def test_no_deadline_that_has_passed_is_promised() -> None:
    mail = render(a_letter(Template.CLIENT_CONFIRMATION, now=NOW + timedelta(hours=49)))
    assert DEADLINE not in whole(mail) and "by ," not in mail.text


def test_the_windows_are_the_practices_own() -> None:
    mail = render(a_letter(Template.ACCEPTOR_MAIL, **BY_MAYA, practice=a_practice(nudge_after=6 * 3600)))
    assert "within 6 hours, by Sun, Nov 22, 9:00 PM EST" in mail.text


def test_a_links_token_is_in_its_mail_alone() -> None:
    letter = a_letter(Template.PROVIDER_OFFER, **LINKED)
    words = words_of(letter, PAGES)
    assert TOKEN not in repr(letter) and TOKEN not in repr(words)
    mail = render(letter, PAGES)
    assert mail.text.count(LINK) == mail.html.count(LINK) == 1 and TOKEN not in mail.subject
    for template in (Template.ACCEPTOR_MAIL, Template.ACCEPTOR_STOP_MAIL, Template.CLIENT_CONFIRMATION):
        assert TOKEN not in whole(render(a_letter(template, **LINKED), PAGES))


def test_a_slack_notice_is_no_email() -> None:
    with pytest.raises(LookupError):
        words_of(a_letter(Template.THREAD_REMINDER))


@pytest.mark.parametrize("code", ["token_revoked", "app_uninstalled", "account_inactive"])
def test_the_support_address_learns_that_slack_is_lost_and_what_to_do(code: str) -> None:
    template, hostile = Template.SUPPORT_TROUBLE_MAIL, "<b>Wren</b>\r\nBcc: other@example.org"
    practice = a_practice(name=hostile)
    mail = render(
        PracticeLetter(template, DeliveryChannel.EMAIL, practice, AttentionKind.SLACK, code, NOW, SUPPORT_EMAIL)
    )
    for told in (mail.text, Reader(mail.html).words):
        assert "does not let the referral desk in" in told and "install the app again" in told
        assert "SLACK_BOT_TOKEN" in told and "3:00 PM EST" in told
    assert mail.subject == "The referral desk needs attention"
    assert "b" not in [tag for tag, _ in Reader(mail.html).tags] and "\nBcc:" not in mail.text
