"""A provider's day in the demo: from the mail to the decision page, the plan in Slack, and the client's own page.

Also what must not be: a page that decides when it is only looked at, a client's name in Slack, anything that only
works with scripts, anything wider than a phone.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser import ASKED_FOR, DESKTOP, PHONE, Picture, fits, for_everybody
from tests.canary import Identity, Watch, somebody
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, Wish, ask_for_care, visit
from tests.demo.running import Demo

FOR_MAYA = Wish("New York", "Aetna", ("Anxiety", "Grief"), "Maya Okonkwo-Reyes")
MAYAS_MAIL = "maya@junipergrove.example.org"
MAYAS_ZONE = ZoneInfo("America/New_York")
#: For pictures: a client with a name that people have.
PICTURED = Identity(
    "Jordan Ellison-Park",
    "Jordan",
    "jordan@clients.example.net",
    "+13075550142",
    "",
    "Evenings after six are best. I would like to begin by video.",
)


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_from_the_mail_to_the_clients_page(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture, watch: Watch
) -> None:
    client = PICTURED if os.environ.get(ASKED_FOR) else somebody()
    async with visit(tmp_path, context, troubles) as (demo, me):
        code = await a_client_asks_for_maya(context, demo, client)
        await me.become("Maya")
        page = await she_follows_the_mails_link(me, code, client, picture)
        await looking_decides_nothing(context, me, code, page.url)
        await she_accepts_there(me, page, code)
        await the_plan_remembers(me, code, picture)
        await nobody_answers(me, code)
        details = await she_opens_the_clients_page(me, code, client, picture)
        await she_reaches_the_client(me, details, code, client)
        await the_link_works_once(me, code)
        await without_scripts(context, me, code, client)
        await she_finds_the_client(me, code, client, picture)
        await no_name_in_slack(me, client)
        await nothing_leaks(demo, watch)


async def a_client_asks_for_maya(context: BrowserContext, demo: Demo, client: Identity) -> str:
    phone = await context.new_page()
    await phone.set_viewport_size(PHONE)
    await phone.goto(demo.form)
    code = await ask_for_care(phone, client, FOR_MAYA)
    await phone.close()
    return code


async def she_follows_the_mails_link(me: Newcomer, code: str, client: Identity, picture: Picture) -> Page:
    await me.sees(me.card(code), "@Maya Okonkwo-Reyes This one is reserved for you")
    mail = await me.read_mail(MAYAS_MAIL, f"Referral {code} is")
    await expect(mail.locator("body")).to_contain_text("offered to you alone")
    page = await me.follow(mail.get_by_role("link", name=re.compile("accept or decline", re.IGNORECASE)))
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Referral {code}")
    await expect(page.get_by_role("main")).to_contain_text("Maya Okonkwo-Reyes")
    for fact in ("New York", "Aetna", "Anxiety", "EST"):
        await expect(page.get_by_role("main")).to_contain_text(re.compile(fact.replace("EST", "E[SD]T")))
    await expect(page.get_by_role("main")).not_to_contain_text(client.preferred_name)
    await for_everybody(page)
    await picture(page, "decision-page")
    return page


async def looking_decides_nothing(context: BrowserContext, me: Newcomer, code: str, link: str) -> None:
    """Nor does loading it again, or a scanner's HEAD; and a no without a reason only asks for one, without scripts."""
    assert (await context.request.head(link)).ok
    assert (await context.request.get(link)).ok
    browser = context.browser
    assert browser is not None
    plain = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = await plain.new_page()
    await page.goto(link)
    await fits(page)
    await page.get_by_role("button", name=f"Decline {code}").click()
    await expect(page.get_by_role("alert")).to_contain_text("Please choose a reason")
    await plain.close()
    await me.open("referrals")
    await me.sees(me.card(code), "This one is reserved for you")


async def she_accepts_there(me: Newcomer, page: Page, code: str) -> None:
    await page.get_by_role("button", name=f"Accept {code}").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"You accepted {code}")
    await expect(page.get_by_role("main")).to_contain_text("within 12 hours")
    await for_everybody(page)
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"You accepted {code}")
    await expect(page.get_by_role("button")).to_have_count(0)
    await page.close()
    await me.sees(me.card(code), "Accepted by @Maya Okonkwo-Reyes", "Next: reach the client")


def her_message(me: Newcomer, code: str) -> Locator:
    return me.messages(f"{code} is yours")


async def the_plan_remembers(me: Newcomer, code: str, picture: Picture) -> None:
    await me.open("Messages")
    told = her_message(me, code)
    await me.sees(told, "within 12 hours", "Press Client details", "superbill, self-pay estimate", "voicemail")
    await told.get_by_label(re.compile("^Consultation")).check()
    await me.page.set_viewport_size(PHONE)
    await fits(me.page)
    await told.scroll_into_view_if_needed()
    await picture(me.page, "plan-dm")
    await me.page.set_viewport_size(DESKTOP)
    await me.open("referrals")
    await me.sees(me.card(code), "Plan 1 of 4")
    await me.page.reload()
    await me.open("Messages")
    await expect(told.get_by_label(re.compile("^Consultation"))).to_be_checked()
    await expect(told.get_by_role("checkbox", checked=True)).to_have_count(1)


async def nobody_answers(me: Newcomer, code: str) -> None:
    """A day that is over is refused with one that works; the card then counts the try, without the client."""
    await her_message(me, code).get_by_role("button", name=f"Nobody answered for {code}").click()
    form = me.page.get_by_role("dialog")
    await form.get_by_label("When will you try again?").fill("2020-02-03")
    await form.get_by_role("button", name="Record the try").click()
    await expect(form).to_contain_text("That day is over. Choose")
    tomorrow = datetime.now(UTC).astimezone(MAYAS_ZONE).date() + timedelta(days=1)
    await form.get_by_label("When will you try again?").fill(tomorrow.isoformat())
    await form.get_by_role("button", name="Record the try").click()
    await expect(form).to_have_count(0)
    await me.sees(her_message(me, code), "1 try without an answer, next on")
    await me.open("referrals")
    await me.sees(me.card(code), "1 try without an answer, next on")


async def she_opens_the_clients_page(me: Newcomer, code: str, client: Identity, picture: Picture) -> Page:
    await me.card(code).get_by_role("button", name=f"Who the client of {code} is").click()
    page = await me.follow(me.private(code).get_by_role("link", name="Open client details"))
    await expect(page.get_by_role("main")).to_contain_text("made for Maya Okonkwo-Reyes in Slack")
    await expect(page.get_by_role("main")).not_to_contain_text(client.name)
    await for_everybody(page)
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(client.name)
    assert client.preferred_name not in page.url and client.preferred_name not in await page.title()
    await for_everybody(page)
    await picture(page, "client-page")
    return page


async def she_reaches_the_client(me: Newcomer, page: Page, code: str, client: Identity) -> None:
    await expect(page.get_by_role("link", name="(307) 555")).to_have_attribute("href", f"tel:{client.phone}")
    await expect(page.get_by_role("main")).to_contain_text(client.notes)
    await expect(page.get_by_label("Consultation")).to_be_checked()
    await page.get_by_label("Scheduling").check()
    await page.get_by_role("button", name="Save the plan").click()
    await expect(page.get_by_role("status")).to_contain_text("Your plan is saved")
    await page.get_by_role("button", name="Contacted").click()
    await expect(page.get_by_role("status")).to_contain_text("you have reached the client")
    await page.close()
    await me.sees(me.card(code), "Client contacted by @Maya Okonkwo-Reyes", "Plan 2 of 4")
    await me.open("Messages")  # a tick here leaves the one of the page, which this message did not show yet
    await her_message(me, code).get_by_label(re.compile("^Payment")).check()
    await expect(her_message(me, code).get_by_role("checkbox", checked=True)).to_have_count(3)
    await me.sees(her_message(me, code), "It counts as contacted")


async def the_link_works_once(me: Newcomer, code: str) -> None:
    await me.open("referrals")
    before = len(me.troubles)
    page = await me.follow(me.private(code).get_by_role("link", name="Open client details"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("This link has been used")
    await for_everybody(page)
    await page.close()
    said, me.troubles[before:] = me.troubles[before:], []
    assert [one for one in said if "410" not in one] == []  # the browser's own remark on the page's status


async def without_scripts(context: BrowserContext, me: Newcomer, code: str, client: Identity) -> None:
    await me.card(code).get_by_role("button", name=f"Who the client of {code} is").click()
    links = me.private(code).get_by_role("link", name="Open client details")
    await expect(links).to_have_count(2)
    address = await links.last.get_attribute("href")
    assert address and context.browser
    plain = await context.browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = await plain.new_page()
    await page.goto(address)
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(client.name)
    await fits(page)
    await page.get_by_label("Scheduling").uncheck()
    await page.get_by_role("button", name="Save the plan").click()
    await expect(page.get_by_label("Scheduling")).not_to_be_checked()
    await page.get_by_role("button", name="Close this page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("This page is closed")
    await page.go_back()
    await expect(page.get_by_role("main")).not_to_contain_text(client.name)
    await plain.close()
    await me.sees(me.card(code), "Plan 2 of 4")


async def she_finds_the_client(me: Newcomer, code: str, client: Identity, picture: Picture) -> None:
    await me.command("/referrals find")
    page = await me.follow(me.page.get_by_role("link", name="Open the search"))
    await page.get_by_role("button", name="Open the page").click()
    first, _, last = client.name.partition(" ")
    await page.get_by_label("First name").fill(first.upper())
    await page.get_by_label("Last name").fill(last)
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page.get_by_role("heading", name="1 referral by that name")).to_be_visible()
    await for_everybody(page)
    await picture(page, "search")
    assert first.casefold() not in page.url.casefold()
    await page.get_by_role("button", name=f"Open {code}").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(client.name)
    await page.close()


async def no_name_in_slack(me: Newcomer, client: Identity) -> None:
    for place in ("referrals", "Messages", "Home"):
        await me.open(place)
        await expect(me.page.get_by_role("main")).to_contain_text("R-")
        text = await me.page.get_by_role("main").inner_text()
        assert not [one for one in (*client.name.split(), client.email, client.phone[-4:]) if one in text]
