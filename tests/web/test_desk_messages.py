"""The page of messages over real HTTP: lists, edits, refuses with the line, tests, and never overwrites a colleague."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.message_trials import Trials
from jobs.errors import DeliveryError, FailureKind
from jobs.mail import Rendered
from referrals.desk import Desk
from referrals.messages.mails import MAILS
from referrals.messages.templates import MOST_TESTS
from referrals.messages.words import cleaned, ours
from referrals.notices import Template
from referrals.tx import Tx
from store.database import Database
from store.tables import History, MessageTemplate
from tests.desk import COORDINATOR
from web import desk_messages
from web.desk_messages import MessagesRoom

from .client_stage import Page
from .desk_stage import DeskBrowser, DeskStage, open_desk

FINAL = "messages/client_final"
WORDS = "Dear {% if greeting %}{{ greeting }}{% else %}friend{% endif %},\n\nwe are still looking for you: {{ code }}."


@dataclass
class Post:
    """Stands for the mail server. ``refuses``: the code of what it says."""

    sent: list[tuple[Rendered, str]] = field(default_factory=list)
    refuses: str = ""

    async def __call__(self, rendered: Rendered, to: str, delivery_id: str) -> str:
        if self.refuses:
            raise DeliveryError(self.refuses, FailureKind.RETRY)
        self.sent.append((rendered, to))
        return delivery_id


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def stage(database: Database, post: Post) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [MessagesRoom(Trials(post))]) as stage:
        await set_to(stage, support_email="help@practice.example.org", support_phone="+12025550100")
        yield stage


async def set_to(stage: DeskStage, **values: str) -> None:
    def work(tx: Tx) -> None:
        for name, value in values.items():
            setattr(tx.locked_practice(), name, value)

    await stage.office.do(work)


async def sent(browser: DeskBrowser, page: Page, do: str, path: str = FINAL, **fields: Any) -> Page:
    shown = page.text.partition('name="shown" value="')[2].partition('"')[0]
    return await browser.send(page, path, **({"do": do, "shown": shown, "subject": "Your request"} | fields))


async def kept(stage: DeskStage) -> list[MessageTemplate]:
    return list(await stage.office.rows(MessageTemplate))


async def test_the_list_says_whose_words_each_mail_has(stage: DeskStage) -> None:
    browser = await stage.entered()
    page = await browser.get("messages")
    assert page.status == 200
    for mail in MAILS.values():
        assert mail.title in page.words
    assert page.words.count("Our words") == len(MAILS) and "Ada" not in page.words
    assert (await browser.get("messages/provider_offer")).status == 404
    assert (await browser.get("messages/nothing")).status == 404


@pytest.mark.parametrize("template", MAILS)
async def test_each_editor_begins_with_our_words_and_shows_every_case(stage: DeskStage, template: Template) -> None:
    page = await (await stage.entered()).get(f"messages/{template}")
    assert page.status == 200 and "As it is sent" in page.words
    for case in MAILS[template].cases:
        assert case.label in page.words
    assert "Error" not in page.words and "{{ '" not in page.text
    assert "style=" not in page.text and "<script" not in page.text


async def test_own_words_are_kept_recorded_and_given_up_again(stage: DeskStage) -> None:
    browser = await stage.entered()
    page = await browser.get(FINAL)
    done = await browser.follow(await sent(browser, page, "save", body=WORDS))
    assert "Saved." in done.words and "Dear Wren, we are still looking for you: R-7K3QM." in done.words
    (row,) = await kept(stage)
    assert (row.template, row.subject, row.body) == (Template.CLIENT_FINAL, "Your request", WORDS)
    assert row.changed_by == f"slack:{COORDINATOR}"
    assert (await browser.get("messages")).words.count("Your own words, by a coordinator") == 1
    back = await browser.follow(await sent(browser, done, "restore"))
    assert "Back to our words" in back.words and await kept(stage) == []
    rows = await stage.office.rows(History, event="message")
    assert [row.data["own"] for row in rows] == [True, False]
    assert "still looking" not in str([row.data for row in rows]), "digests, never the words"


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("Hello,\n\n{{ greting }} is what you wrote.", 3, "Did you mean {{ greeting }}?"),
        ("Hello,\n{{ ''.__class__.__mro__ }} and more words", 2, "A dot after a value"),
        ("Hello,\n\n\n{% if greeting %}never closed, alas", 4, "left open"),
        ("Hello {{ greeting }}, and a few more words", 1, "not always known"),
        ("{% for x in range(9) %}x{% endfor %} and more", 1, "does not work here"),
        ("Hello,\n\n<b>bold</b> words do not work", 3, "no HTML"),
    ],
)
async def test_what_does_not_render_is_refused_with_its_line(
    stage: DeskStage, body: str, line: int, words: str
) -> None:
    browser = await stage.entered()
    page = await browser.get(FINAL)
    for do in ("save", "preview", "test"):
        refused = await sent(browser, page, do, body=body)
        assert refused.status == 422 and f"Line {line}" in refused.words and words in refused.words
        assert "Preview" not in refused.words.partition("Test")[2], "nothing is shown of it"
        assert "Hello" in refused.text.partition("<textarea")[2] or "for x" in refused.text, "what was typed is kept"
    assert await kept(stage) == [] and await stage.office.rows(History, event="message") == []


async def test_words_are_tried_beside_the_event_loop_and_outside_any_transaction(
    stage: DeskStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []

    def spied(name: str) -> None:
        real = getattr(desk_messages, name)

        def spy(*args: Any) -> Any:
            tried.append(threading.current_thread().name.startswith("asyncio_"))
            assert not inside, "nobody waits for the database behind it"
            return real(*args)

        monkeypatch.setattr(desk_messages, name, spy)

    inside: list[bool] = []
    real_do = Desk.do

    async def do(self: Desk, practice_id: str, work: Any, *args: Any, **kwargs: Any) -> Any:
        inside.append(True)
        try:
            return await real_do(self, practice_id, work, *args, **kwargs)
        finally:
            inside.pop()

    browser = await stage.entered()
    page = await browser.get(FINAL)
    for name in ("check", "faults"):
        spied(name)
    monkeypatch.setattr(Desk, "do", do)
    assert (await sent(browser, page, "save", body=WORDS)).status == 303
    assert (await sent(browser, page, "preview", body=WORDS)).status == 200
    assert (await sent(browser, page, "save", body="{{ gone }} and some words")).status == 422
    assert len(tried) == 4 and all(tried)


async def test_the_editor_shows_what_always_follows(stage: DeskStage) -> None:
    browser = await stage.entered()
    page = await browser.get(FINAL)
    assert "This always follows your words" in page.words and "Our staff now look after it" in page.words
    thanks = await browser.get("messages/source_thanks")
    assert "This always follows" not in thanks.words
    done = await browser.follow(await sent(browser, page, "save", body="Thanks, nothing to see here."))
    assert done.words.count("Our staff now look after it") == 3, "named beside the words, previewed, and in plain text"


async def test_a_preview_keeps_nothing(stage: DeskStage) -> None:
    browser = await stage.entered()
    shown = await sent(browser, await browser.get(FINAL), "preview", body=WORDS)
    assert shown.status == 200 and "Preview, not saved yet" in shown.words and "we are still looking" in shown.words
    assert "In a crisis?" in shown.words and "reached the wrong person" in shown.words
    assert await kept(stage) == []


async def test_the_second_coordinator_sees_the_words_of_the_first(stage: DeskStage) -> None:
    mine, theirs = await stage.entered(), await stage.entered()
    my_page, their_page = await mine.get(FINAL), await theirs.get(FINAL)
    assert (await sent(theirs, their_page, "save", body=WORDS + " Soon.")).status == 303
    late = await sent(mine, my_page, "save", body=WORDS + " Today.")
    assert late.status == 409 and "Somebody else has changed this" in late.words and "Soon." in late.words
    assert "Today." in late.text.partition("<textarea")[2], "what was typed is kept"
    assert [row.body for row in await kept(stage)] == [WORDS + " Soon."]
    assert (await sent(mine, my_page, "restore")).status == 409
    assert (await sent(mine, late, "save", body=WORDS + " Today.")).status == 303
    assert [row.body for row in await kept(stage)] == [WORDS + " Today."]


async def test_a_test_goes_to_oneself_a_few_times_and_is_recorded(stage: DeskStage, post: Post) -> None:
    browser = await stage.entered()
    page = await browser.get(FINAL)
    assert "to help@practice.example.org" in page.words
    done = await sent(browser, page, "test", body=WORDS)
    assert done.status == 200 and "A test is on its way to help@practice.example.org" in done.words
    ((mail, to),) = post.sent
    assert to == "help@practice.example.org" and mail.subject == "Test: Your request"
    assert "Dear Wren," in mail.text and "988" in mail.text and "R-7K3QM" in mail.html
    for _ in range(MOST_TESTS - 1):
        assert (await sent(browser, page, "test", body=WORDS)).status == 200
    held = await sent(browser, page, "test", body=WORDS)
    assert held.status == 422 and "Several tests" in held.words and len(post.sent) == MOST_TESTS
    assert len(await stage.office.rows(History, event="message_test")) == MOST_TESTS
    stage.office.clock.turn(minutes=11)
    assert (await sent(browser, page, "test", body=WORDS)).status == 200
    assert await kept(stage) == [], "a test saves nothing"


@pytest.mark.parametrize(
    ("in_slack", "to"),
    [
        ("cora@practice.example.org", "cora@practice.example.org"),
        ("cora@home.example.com", "help@practice.example.org"),
    ],
)
async def test_a_test_goes_to_their_own_address_if_it_is_the_practices(
    database: Database, post: Post, in_slack: str, to: str
) -> None:
    async def address(_user: str) -> str:
        return in_slack

    async with open_desk(database, [MessagesRoom(Trials(post), address)]) as stage:
        await set_to(stage, support_email="help@practice.example.org")
        await stage.office.do(lambda tx: setattr(tx.locked_practice(), "work_domains", ["practice.example.org"]))
        browser = await stage.entered()
        page = await browser.get(FINAL)
        assert f"to {to}" in page.words, "before sending"
        assert (await sent(browser, page, "test", body=WORDS)).status == 200
        assert [one for _, one in post.sent] == [to]


async def test_a_test_that_the_server_refuses_is_told(stage: DeskStage, post: Post) -> None:
    post.refuses = "smtp_550"
    browser = await stage.entered()
    told = await sent(browser, await browser.get(FINAL), "test", body=WORDS)
    assert told.status == 422 and "did not take it (smtp_550)" in told.words and "on its way" not in told.words


async def test_without_an_address_there_is_no_test(stage: DeskStage, post: Post) -> None:
    await set_to(stage, support_email="")
    browser = await stage.entered()
    page = await browser.get(FINAL)
    assert "no address for a test" in page.words and "Send me a test" not in page.words
    assert (await sent(browser, page, "test", body=WORDS)).status == 422 and post.sent == []


async def test_saving_our_own_words_changes_nothing(stage: DeskStage) -> None:
    browser = await stage.entered()
    words = cleaned(ours(Template.CLIENT_FINAL))
    page = await browser.get(FINAL)
    assert (await sent(browser, page, "save", subject=words.subject, body=words.body)).status == 303
    assert await kept(stage) == [] and await stage.office.rows(History, event="message") == []
