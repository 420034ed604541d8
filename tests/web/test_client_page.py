"""The secure page over real HTTP, on a real database: what it shows, to whom, and what it never does."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape

import aiohttp
import pytest

from jobs.members import Member, link_members
from referrals.accept import accept
from referrals.decline import release
from referrals.details import Ticket, ask_for_details
from referrals.find import ask_to_find
from referrals.outcomes import Done, Refusal, Refused
from store.database import Database
from store.tables import Client, History, Link, PageSession, Provider
from store.vocabulary import DeclineReason, PlanItem, ProviderStatus, SlackStanding, Status
from tests.canary import somebody
from tests.desk import CORA, by, new_office
from web.client import client_routes
from web.edge import edged
from web.limits import Callers, Visits
from web.pages import Pages

from .client_stage import Browser, Page, Stage, open_stage
from .serving import served

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(shared_database: Database) -> AsyncIterator[Stage]:
    async with open_stage(shared_database) as stage:
        yield stage


def assert_private(page: Page) -> None:
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text and " style=" not in page.text


async def test_a_link_says_for_whom_it_is_and_opens_once_by_a_press(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    ticket = await office.do(ask_for_details, by(maya), id)
    assert isinstance(ticket, Ticket)
    scanner, browser = stage.browser(), stage.browser()
    for method in ("GET", "HEAD", "GET"):
        sealed = await scanner.get(f"/{ticket.token}", method)
        assert sealed.status == 200 and "Set-Cookie" not in sealed.headers
        assert_private(sealed)
    assert "made for Maya Lin in Slack" in sealed.words and who.name not in sealed.text
    assert [one.used_at for one in await office.rows(Link)] == [None]
    assert await office.rows(PageSession) == [] and await stage.views(id) == []

    blind = await scanner.post(f"/{ticket.token}", key="x" * 60)
    assert blind.status == 200 and "If that is you" in blind.words and await office.rows(PageSession) == []
    opened = await browser.post(f"/{ticket.token}", key=sealed.key)
    assert opened.status == 303 and opened.headers["Location"] == f"/client/{stage.slug}"
    cookie = opened.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and f"Path=/client/{stage.slug}" in cookie
    assert "Max-Age=1800" in cookie and "Secure" not in cookie
    page = await browser.get()
    assert page.status == 200 and who.name in page.words and f"tel:{who.phone}" in page.text
    assert f"mailto:{who.email}" in page.text and who.notes in page.words
    assert "do not leave a voicemail" in page.words and "You may write to them" in page.words
    assert_private(page)
    assert await stage.views(id) == [("done", "page", f"provider:{maya.id}")]

    again = await scanner.post(f"/{ticket.token}", key=sealed.key)
    assert again.status == 410 and "has been used" in again.words and "press Client details again" in again.words
    assert who.name not in again.text and "Set-Cookie" not in again.headers
    assert [result for result, *_ in await stage.views(id)] == ["done", "link_used"], "a refusal is recorded, too"
    assert (await scanner.get(f"/{ticket.token}")).status == 410
    assert (await scanner.get()).status == 403
    assert len(await office.rows(PageSession)) == 1


async def test_a_head_is_no_look(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, _ = await stage.accepted(maya)
    browser = stage.browser()
    await browser.enter(await stage.office.do(ask_for_details, by(maya), id))
    head = await browser.get(method="HEAD")
    assert head.status == 200 and head.text == ""
    assert len(await stage.views(id)) == 1
    await browser.get()
    assert len(await stage.views(id)) == 2


@pytest.mark.parametrize(("minutes", "status"), [(4.99, 303), (5, 410)])
async def test_a_link_lasts_five_minutes(stage: Stage, minutes: float, status: int) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, _ = await stage.accepted(maya)
    ticket = await stage.office.do(ask_for_details, by(maya), id)
    stage.office.clock.turn(minutes=minutes)
    browser = stage.browser()
    assert (await browser.get(f"/{ticket.token}")).status == (200 if status == 303 else 410)
    answer = await browser.confirm(ticket)
    assert answer.status == status
    if status == 410:
        assert "too old" in answer.words and await stage.office.rows(PageSession) == []


@pytest.mark.parametrize("token", ["x", "%00", "a" * 43, "%F0%9F%92%A9", "..%2f..", "client_page"])
async def test_a_made_up_link(stage: Stage, token: str) -> None:
    browser = stage.browser()
    for answer in (await browser.get(f"/{token}"), await browser.post(f"/{token}")):
        assert answer.status == 404 and "Set-Cookie" not in answer.headers
    assert await stage.office.rows(PageSession) == []


async def test_another_practices_link_does_not_exist_here(stage: Stage, shared_database: Database) -> None:
    other = await new_office(shared_database)
    maya = await stage.office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    ticket = await stage.office.do(ask_for_details, by(maya), id)
    [slug] = await other.do(lambda tx: [tx.practice().slug])
    elsewhere = Browser(other, stage.browser().http, stage.base, slug)
    assert (await elsewhere.post(f"/{ticket.token}")).status == 404
    browser = stage.browser()
    await browser.enter(ticket)
    cookie = next(iter(browser.http.cookie_jar)).value
    async with aiohttp.ClientSession(cookies={"client_page": cookie}) as http:
        async with http.get(f"{stage.base}/client/{slug}") as answer:
            assert answer.status == 403 and who.name not in await answer.text()


async def test_a_session_ends_after_half_an_hour_or_when_it_is_closed(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    browser = stage.browser()
    page = await browser.enter(await stage.office.do(ask_for_details, by(maya), id))
    stage.office.clock.turn(minutes=29.9)
    assert (await browser.get()).status == 200
    stage.office.clock.turn(minutes=0.1)
    over = await browser.press(page, "contacted")
    assert over.status == 403 and "This page is closed" in over.words and "press Client details again" in over.words
    assert 'href="https://slack.com/app_redirect?channel=' in over.text and "Go back to Slack" in over.words
    assert who.name not in over.text and (await stage.office.referral(id)).status is Status.ACCEPTED

    page = await browser.enter(await stage.office.do(ask_for_details, by(maya), id))
    kept = next(iter(browser.http.cookie_jar)).value
    closed = await browser.press(page, "close")
    assert closed.status == 200 and "Max-Age=0" in closed.headers["Set-Cookie"]
    async with aiohttp.ClientSession(cookies={"client_page": kept}) as http:
        async with http.get(f"{stage.base}/client/{stage.slug}") as answer:
            assert answer.status == 403 and who.name not in await answer.text()


async def test_a_click_from_elsewhere_closes_nobodys_page(stage: Stage) -> None:
    """It comes without the cookie; asked for from our own page, the same address has it again."""
    answered = await stage.browser().get()
    assert answered.status == 403 and "Set-Cookie" not in answered.headers
    assert f'<a href="/client/{stage.slug}">Open this page</a>' in answered.text


async def test_every_button_does_what_the_button_in_slack_does(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, _ = await stage.accepted(maya)
    browser = stage.browser()
    page = await browser.enter(await office.do(ask_for_details, by(maya), id))

    saved = await browser.press(page, "plan", item=["consultation", "cost", "nonsense"], shown="")
    assert saved.status == 303 and saved.headers["Location"].endswith("?said=plan")
    page = await browser.get("?said=plan")
    assert "Your plan is saved" in page.words
    assert re.findall(r'name="item" value="(\w+)" checked', page.text) == ["consultation", "cost"]
    assert (await office.referral(id)).plan == [PlanItem.CONSULTATION, PlanItem.COST]
    assert (await browser.press(page, "plan", item=["cost"], shown="consultation cost")).status == 303
    assert (await office.referral(id)).plan == [PlanItem.COST]

    assert (await browser.press(page, "no_answer", next_try="2025-11-17", tries="0")).status == 303
    page = await browser.get()
    assert "Tried once, no answer. Next try: Monday, November 17." in page.words
    for wrong in ("2020-01-01", "2099-01-01", "soon", "17.11.2025"):
        refused = await browser.press(page, "no_answer", next_try=wrong, tries="1")
        assert refused.status == 422 and "Please" in refused.words and f'value="{wrong}"' in refused.text
    assert (await office.referral(id)).tries == 1

    assert (await browser.press(page, "contacted")).status == 303
    again = await browser.press(page, "contacted")
    assert again.status == 409 and "Nothing was changed" in again.words
    assert (await browser.press(page, "scheduled")).status == 303
    assert (await office.referral(id)).status is Status.SCHEDULED
    page = await browser.get()
    assert 'value="contacted"' not in page.text and "Release" in page.words
    done = [row for row in await office.rows(History, subject_id=id) if row.event in ("plan", "contacted", "scheduled")]
    assert {row.surface for row in done} == {"page"} and {row.actor for row in done} == {f"provider:{maya.id}"}


@pytest.mark.parametrize(
    ("care", "reason", "status"),
    [("yes", "no_availability", Status.PENDING), ("no", "", Status.CLOSED), ("no", "schedule", Status.CLOSED)],
)
async def test_giving_it_back(stage: Stage, care: str, reason: str, status: Status) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    browser = stage.browser()
    page = await browser.enter(await stage.office.do(ask_for_details, by(maya), id))
    for fields in ({}, {"care": "perhaps"}, {"care": "yes"}, {"care": "yes", "reason": "client_no_longer_wants_care"}):
        incomplete = await browser.press(page, "release", **fields)
        assert incomplete.status == 422 and "Please" in incomplete.words
    assert (await stage.office.referral(id)).status is Status.ACCEPTED
    parting = await browser.press(page, "release", care=care, reason=reason)
    assert parting.status == 200 and "do not contact the client" in parting.words and who.name not in parting.text
    assert (await stage.office.referral(id)).status is status
    assert (await browser.get()).status == 403


async def test_released_meanwhile_it_is_refused_kindly_and_that_is_recorded(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    browser, late = stage.browser(), stage.browser()
    page = await browser.enter(await office.do(ask_for_details, by(maya), id))
    ticket = await office.do(ask_for_details, by(maya), id)
    assert isinstance(await office.do(release, CORA, id, DeclineReason.OTHER), Done)
    acted = await browser.press(page, "contacted")
    assert acted.status == 403 and who.name not in acted.text
    assert (await office.referral(id)).status is Status.PENDING
    await late.confirm(ticket)
    looked = await late.get()
    assert looked.status == 403 and "not with you any more" in looked.words and who.name not in looked.text
    assert (await stage.views(id))[-1][0] == "not_theirs"


async def test_an_inactive_provider_keeps_what_is_in_their_hands(stage: Stage) -> None:
    """They see whom they have to contact, say that they have, and get no further referral."""
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    browser = stage.browser()
    await office.change(Provider, maya.id, status=ProviderStatus.INACTIVE)
    page = await browser.enter(await office.do(ask_for_details, by(maya), id))
    assert page.status == 200 and who.name in page.words
    await browser.press(page, "contacted")
    assert (await office.referral(id)).status is Status.CONTACTED
    more = await office.submit()
    assert await office.do(accept, by(maya), more.offer_id) == Refused(Refusal.INACTIVE, more.code)
    assert isinstance(await office.do(ask_for_details, by(maya), more.referral_id), Refused)


async def test_a_provider_who_left_sees_nothing_more(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    browser = stage.browser()
    page = await browser.enter(await office.do(ask_for_details, by(maya), id))
    await office.change(Provider, maya.id, slack_standing=SlackStanding.DEACTIVATED)
    for answer in (await browser.press(page, "contacted"), await browser.get()):
        assert answer.status == 403 and who.name not in answer.text
    assert (await office.referral(id)).status is Status.ACCEPTED


async def test_a_coordinator_who_left_keeps_no_page_and_no_link(stage: Stage) -> None:
    """They are not on the roster: only what Slack says of the account can tell."""
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    theirs, hers, unopened = stage.browser(), stage.browser(), stage.browser()
    page = await theirs.enter(await office.do(ask_for_details, CORA, id))
    mayas = await hers.enter(await office.do(ask_for_details, by(maya), id))
    ticket, mayas_next = await office.do(ask_for_details, CORA, id), await office.do(ask_for_details, by(maya), id)
    assert who.name in page.words and who.name in mayas.words
    member = Member(str(CORA.slack_user), None, None, SlackStanding.MEMBER, admin=True)
    await office.do(link_members, [member])
    assert who.name in (await theirs.get()).words, "somebody who stays goes on"

    await office.do(link_members, [replace(member, standing=SlackStanding.DEACTIVATED)])
    for answer in (await theirs.press(page, "contacted"), await theirs.get(), await unopened.confirm(ticket)):
        assert answer.status in (403, 410) and who.name not in answer.text
    assert (await office.referral(id)).status is Status.ACCEPTED
    assert who.name in (await hers.get()).words, "it is not theirs that ends"
    assert who.name in (await stage.browser().enter(mayas_next)).words


async def test_a_form_of_another_session_or_another_referral_changes_nothing(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    first, _ = await stage.accepted(maya)
    second, _ = await stage.accepted(maya)
    browser, other = stage.browser(), stage.browser()
    old = await browser.enter(await office.do(ask_for_details, by(maya), first))
    theirs = await other.enter(await office.do(ask_for_details, by(maya), first))
    new = await browser.enter(await office.do(ask_for_details, by(maya), second))
    for page in (old, theirs):
        answer = await browser.press(page, "contacted")
        assert answer.status == 409 and "Nothing was changed" in answer.words
    for fields in ({}, {"key": new.key}, {"key": new.key, "referral": first}, {"key": "é" * 64, "referral": second}):
        assert (await browser.post(do="contacted", **fields)).status == 409
    without = await stage.browser().post(do="contacted", key=new.key, referral=second)
    assert without.status == 403
    assert {(await office.referral(id)).status for id in (first, second)} == {Status.ACCEPTED}
    assert (await browser.press(new, "contacted")).status == 303


async def test_what_a_client_does_not_allow_is_no_link(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    who = somebody()
    id, child = await stage.accepted(maya, age_band="13-17", guardian=who.guardian, email_ok=False, voicemail_ok=True)
    browser = stage.browser()
    page = await browser.enter(await office.do(ask_for_details, by(maya), id))
    assert who.guardian in page.words and "speak with the parent or guardian first" in page.words
    assert "mailto:" not in page.text and child.email in page.words and "do not write to them" in page.words
    assert "You may leave a voicemail" in page.words and "tel:" in page.text
    referral = await office.referral(id)
    await office.change(Client, referral.client_id, do_not_contact=True)
    page = await browser.get()
    assert "does not want to be contacted" in page.words and "tel:" not in page.text and "mailto:" not in page.text


async def test_protected_concerns_and_erased_clients(stage: Stage) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya, concerns=("anxiety", "substance_use"))
    browser = stage.browser()
    page = await browser.enter(await office.do(ask_for_details, by(maya), id))
    assert "Substance use" in page.words and "42 CFR Part 2" in page.words
    referral = await office.referral(id)
    gone = dict.fromkeys(("name", "preferred_name", "email", "phone", "guardian", "notes"))
    await office.change(Client, referral.client_id, erased_at=office.clock.now(), **gone)
    page = await browser.get()
    assert page.status == 200 and "have been erased" in page.words and who.name not in page.text


async def test_hostile_details_stay_text(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    facts = {
        "client_name": "<script>alert(1)</script>",
        "notes": "</dd><img src=x>\n{{ 7*7 }}",
        "client_email": "a?b&c=d@example.org",
    }
    id, _ = await stage.accepted(maya, **facts)
    page = await stage.browser().enter(await stage.office.do(ask_for_details, by(maya), id))
    assert "<script" not in page.text and "<img" not in page.text and "49" not in page.words
    assert "<script>alert(1)</script>" in unescape(page.text) and "mailto:a%3Fb%26c%3Dd@example.org" in page.text


async def test_the_search_shows_what_each_may_see_and_opens_it(stage: Stage) -> None:
    office = stage.office
    maya, tomas = await office.team("Maya Lin", "Tomas Berg")
    mine, who = await stage.accepted(maya)
    theirs, _ = await stage.accepted(tomas, client_name=who.name)
    first, last = who.name.split(" ")
    browser = stage.browser()
    page = await browser.enter(await office.do(ask_to_find, by(maya)))
    assert page.status == 200 and "Search for a client" in page.words
    incomplete = await browser.press(page, "find", first=first, last=" - ")
    assert incomplete.status == 422 and "Please write the last name" in incomplete.words
    found = await browser.press(page, "find", first=first.upper(), last=last.lower())
    codes = {id: (await office.referral(id)).code for id in (mine, theirs)}
    assert found.status == 200 and codes[mine] in found.words and codes[theirs] not in found.words
    assert_private(found)
    assert await stage.views(mine) == []
    nobody = await browser.press(page, "find", first="Nobody", last=last)
    assert "Nobody found" in nobody.words

    assert (await browser.press(found, "turn", hit=mine)).status == 303
    page = await browser.get()
    assert who.phone in page.text
    assert (await browser.press(page, "turn")).status == 303
    page = await browser.get()
    assert "Search for a client" in page.words
    assert (await browser.press(page, "turn", hit=theirs)).status == 303
    refused = await browser.get()
    assert refused.status == 403 and who.name not in refused.text
    assert [result for result, *_ in await stage.views(theirs)] == ["not_theirs"]

    cora = stage.browser()
    page = await cora.enter(await office.do(ask_to_find, CORA))
    found = await cora.press(page, "find", first=first, last=last)
    assert codes[mine] in found.words and codes[theirs] in found.words
    rows = await office.rows(History, event="search")
    assert [row.data["found"] for row in rows] == [1, 0, 2]
    assert who.name not in str([row.data for row in rows]) and first not in str([row.data for row in rows])


async def test_a_coordinators_page_is_not_made_for_a_name(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    ticket = await stage.office.do(ask_for_details, CORA, id)
    browser = stage.browser()
    assert "made for a coordinator of Harbor Therapy" in (await browser.get(f"/{ticket.token}")).words
    page = await browser.enter(ticket)
    assert who.name in page.words and "Contacted" in page.words
    assert (await browser.press(page, "contacted")).status == 303
    assert (await stage.office.referral(id)).status is Status.CONTACTED


async def test_the_cookie_insists_on_https_where_the_pages_are(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, _ = await stage.accepted(maya)
    ticket = await stage.office.do(ask_for_details, by(maya), id)
    pages = Pages()
    routes = client_routes(stage.office.desk, pages, "a signing key", Visits(Callers(), 0, 0), https=True)
    async with served(edged(routes, pages, https=True)) as port:
        browser = Browser(stage.office, stage.browser().http, f"http://127.0.0.1:{port}", stage.slug)
        assert "Secure" in (await browser.confirm(ticket)).headers["Set-Cookie"]


async def test_who_sends_too_much_waits_and_keeps_what_was_typed(shared_database: Database) -> None:
    async with open_stage(shared_database, forms_per_minute=3) as stage:
        maya = await stage.office.provider("Maya Lin")
        browser = stage.browser()
        page = await browser.enter(await stage.office.do(ask_to_find, by(maya)))
        for _ in range(2):
            await browser.press(page, "find", first="Jo", last="Quill")
        wait = await browser.press(page, "find", first="Jo", last="Quill")
        assert wait.status == 429 and "Nothing you wrote is lost" in wait.words
        for name, value in (("do", "find"), ("first", "Jo"), ("last", "Quill"), ("key", page.key)):
            assert f'name="{name}" value="{value}"' in wait.text
        assert len(await stage.office.rows(History, event="search")) == 2
