"""The door of the coordinators' pages: one link, one session, coordinators only, and forms of this session only."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import ClientError, FormData
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse, Response

from referrals import desk_page
from referrals.details import Ticket, for_slack
from referrals.links import DESK_SESSION
from referrals.outcomes import Refusal, Refused
from store.database import Database
from store.tables import History, Practice
from tests.desk import COORDINATOR, CORA, by
from web.desk_visit import DeskVisit
from web.edge import MAX_BODY_BYTES
from web.limits import Callers, Visits

from .desk_stage import DeskBrowser, DeskStage, open_desk


class Counting:
    """A page with a form, a page below it, and a note of what was sent."""

    name, title = "counting", "Counting"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, bytes]]] = []
        self.trouble: Exception | None = None

    async def show(self, visit: DeskVisit) -> Response:
        if visit.path == "below":
            return PlainTextResponse(f"below {visit.asked('x')}")
        if visit.path:
            return visit.nowhere()
        return visit.page("desk_notice.html", title="Counting", sentences=[f"key <{visit.key}>"])

    async def send(self, visit: DeskVisit) -> Response:
        if self.trouble:
            raise self.trouble
        files = {name: content for name, (_, content) in visit.sent.files.items()}
        self.sent.append((visit.path, visit.sent.one("word"), files))
        return visit.to("counting/below", x="a b")


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
async def stage(database: Database, counting: Counting) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [counting]) as stage:
        yield stage


def key_of(text: str) -> str:
    return text.partition("key &lt;")[2].partition("&gt;")[0]


async def test_a_link_opens_once_for_a_coordinator_and_its_session_ends(stage: DeskStage) -> None:
    ticket = await stage.office.do(desk_page.ask, CORA)
    assert isinstance(ticket, Ticket)
    browser, other = stage.browser(), stage.browser()
    assert (await browser.get("counting")).status == 403, "nothing without a session"
    assert (await browser.get(f"open/{ticket.token}")).status == 200, "a look uses nothing up"
    opened = await browser.confirm(ticket, "counting/below")
    assert opened.status == 303 and opened.headers["Location"].endswith("/counting/below")
    assert "HttpOnly" in opened.headers["Set-Cookie"] and "SameSite=strict" in opened.headers["Set-Cookie"]
    assert (await browser.get("counting/below?x=1")).text == "below 1"
    assert (await browser.get("counting/nowhere")).status == 404 and (await browser.get("nothing")).status == 404
    assert (await other.confirm(ticket)).status == 410, "a second browser gets nothing of it"
    stage.office.clock.turn(seconds=DESK_SESSION.total_seconds())
    assert (await browser.get("counting")).status == 403


@pytest.mark.parametrize("to", ["", "elsewhere", "//evil.example", "counting/../x", "counting/%0d%0aX:1"])
async def test_a_link_leads_to_pages_of_ours_only(stage: DeskStage, to: str) -> None:
    ticket = await stage.office.do(desk_page.ask, CORA)
    assert isinstance(ticket, Ticket)
    opened = await stage.browser().confirm(ticket, to)
    assert opened.headers["Location"].endswith("/counting"), "the first page instead"


async def test_a_form_needs_the_sessions_own_value(stage: DeskStage, counting: Counting) -> None:
    mine = await stage.entered()
    theirs = await entered_as(stage, "U0OTHER")
    page = await theirs.get("counting")
    foreign = key_of(page.text)
    assert (await mine._ask("POST", "counting", data={"word": "x"})).status == 409
    assert (await mine._ask("POST", "counting", data={"word": "x", "key": foreign})).status == 409
    assert counting.sent == [], "nothing was done"
    own = key_of((await mine.get("counting")).text)
    sent = await mine._ask("POST", "counting", data={"word": "x", "key": own})
    assert sent.status == 303 and (await mine.follow(sent)).text == "below a b"
    assert counting.sent == [("", "x", {})]


async def entered_as(stage: DeskStage, slack_user: str) -> DeskBrowser:
    """Another coordinator's browser."""
    await stage.office.do(lambda tx: setattr(tx.locked_practice(), "coordinators", [COORDINATOR, slack_user]))
    ticket = await stage.office.do(desk_page.ask, replace(CORA, name=f"slack:{slack_user}", slack_user=slack_user))
    assert isinstance(ticket, Ticket)
    browser = stage.browser()
    assert (await browser.confirm(ticket)).status == 303
    return browser


async def test_a_form_in_another_tab_outlives_a_page_opened_anew(stage: DeskStage, counting: Counting) -> None:
    browser = await stage.entered()
    key = key_of((await browser.get("counting")).text)
    ticket = await stage.office.do(desk_page.ask, CORA)
    assert isinstance(ticket, Ticket) and (await browser.confirm(ticket)).status == 303
    assert (await browser._ask("POST", "counting", data={"word": "x", "key": key})).status == 303
    assert counting.sent == [("", "x", {})]


async def test_a_click_from_elsewhere_logs_nobody_out(stage: DeskStage) -> None:
    """It comes without the cookie; the same address asked for from our own page has it again."""
    answered = await stage.browser().get("counting/below?x=1")
    assert answered.status == 403 and "Set-Cookie" not in answered.headers
    assert 'counting/below?x=1">Open this page</a>' in answered.text
    browser = await stage.entered()
    stage.office.clock.turn(seconds=DESK_SESSION.total_seconds())
    over = await browser.get("counting")
    assert "Max-Age=0" in over.headers["Set-Cookie"] and "Open this page" not in over.text


async def test_what_was_typed_outlives_the_session(stage: DeskStage, counting: Counting) -> None:
    browser = await stage.entered()
    key = key_of((await browser.get("counting")).text)
    stage.office.clock.turn(seconds=DESK_SESSION.total_seconds())
    over = await browser._ask("POST", "counting", data={"word": "a long call", "key": key})
    assert over.status == 403 and 'name="word" value="a long call"' in over.text and counting.sent == []
    ticket = await stage.office.do(desk_page.ask, CORA)
    assert isinstance(ticket, Ticket) and (await browser.confirm(ticket)).status == 303
    assert (await browser._ask("POST", "counting", data={"word": "a long call", "key": over.key})).status == 303
    assert counting.sent == [("", "a long call", {})]


async def test_a_database_that_is_away_costs_nothing_that_was_typed(stage: DeskStage, counting: Counting) -> None:
    browser = await stage.entered()
    key = key_of((await browser.get("counting")).text)
    counting.trouble = OperationalError("", {}, Exception())
    away = await browser._ask("POST", "counting", data={"word": "a long call", "key": key})
    assert away.status == 503 and 'name="word" value="a long call"' in away.text and away.key == key


async def test_an_upload_that_is_too_large_is_told_the_limit(stage: DeskStage, counting: Counting) -> None:
    browser = await stage.entered()
    page = await browser.get("counting")
    large = await browser.send(page, "counting", ("file", "roster.csv", b"x" * (MAX_BODY_BYTES + 1)))
    assert large.status == 413 and "900 kB" in large.words and "command line" in large.words
    assert counting.sent == []


async def test_without_a_session_no_body_is_read(stage: DeskStage) -> None:
    stranger = stage.browser()
    data = FormData([("key", "made up")])
    data.add_field("file", b"x" * (MAX_BODY_BYTES + 1), filename="roster.csv")
    try:
        answered = await stranger._ask("POST", "counting", data=data)
    except ClientError:  # the server hung up while it was being sent
        return
    assert answered.status == 403, "not 413: nobody looked at it"


async def test_close_needs_a_page_of_this_person(stage: DeskStage) -> None:
    browser = await stage.entered()
    page = await browser.get("counting")
    assert (await browser._ask("POST", "close", data={})).status == 409
    assert (await browser.get("counting")).status == 200, "still open"
    closed = await browser.send(page, "close")
    assert closed.status == 200 and "These pages are closed" in closed.words
    assert "Max-Age=0" in closed.headers["Set-Cookie"]
    assert (await browser.get("counting")).status == 403


async def test_whoever_has_to_wait_gets_every_field_back(database: Database, counting: Counting) -> None:
    async with open_desk(database, [counting], Visits(Callers(), 0, 2)) as stage:
        browser = await stage.entered()
        page = await browser.get("counting")
        assert (await browser.send(page, "counting", word="first")).status == 303
        wait = await browser.send(page, "counting", word="a long call", nonce="n1")
        assert wait.status == 429 and wait.key == page.key
        assert 'name="word" value="a long call"' in wait.text and 'name="nonce" value="n1"' in wait.text
        upload = await browser.send(page, "counting", ("file", "roster.csv", b"x"))
        assert upload.status == 429 and "choose the file again" in upload.words
        assert "Nothing you wrote is lost" not in upload.words and len(counting.sent) == 1


async def test_whoever_coordinates_no_more_is_turned_away_at_once_and_recorded(stage: DeskStage) -> None:
    browser = await stage.entered()
    await stage.office.do(lambda tx: setattr(tx.locked_practice(), "coordinators", ["U0SOMEONE"]))
    assert (await browser.get("counting")).status == 403
    rows = await stage.office.rows(History, event="desk_page")
    assert [(row.result, row.actor) for row in rows] == [("unlinked", f"slack:{COORDINATOR}")]


async def test_a_provider_gets_no_link(stage: DeskStage) -> None:
    maya = await stage.office.provider("Maya Chen")
    assert await stage.office.do(desk_page.ask, by(maya)) == Refused(Refusal.NOT_COORDINATOR)


async def test_a_clients_page_and_these_do_not_open_each_other(stage: DeskStage) -> None:
    done = await stage.office.submit()
    client = await stage.office.do(for_slack, CORA, done.referral_id)
    assert isinstance(client, Ticket)
    assert (await stage.browser().confirm(client)).status == 404


async def test_another_practices_address_opens_nothing(stage: DeskStage) -> None:
    browser = await stage.entered()
    practice = await stage.office.do(lambda tx: tx.practice())
    assert isinstance(practice, Practice)
    async with browser.http.get(stage.base.replace(practice.slug, "elsewhere") + "/counting") as answer:
        assert answer.status == 404
