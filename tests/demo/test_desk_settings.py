"""A coordinator's settings in the demo: refused with the reason, saved, and a mail in the practice's own words.

Also what must not be: anything wider than a phone, an inaccessible page, a template of which only part works.
"""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, Picture, for_everybody, whole
from tests.demo.newcomer import Newcomer, visit

OWN = "Dear {{ greeting or 'friend' }},\n\nWe look after your request {{ code }} ourselves now.\n\n- We call\n- Soon"


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_settings_and_own_words(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture
) -> None:
    async with visit(tmp_path, context, troubles) as (_, me):
        await me.become("Robin")
        await me.open("Home")
        await me.page.get_by_role("button", name="Settings").click()
        await expect(me.page.get_by_role("main")).to_contain_text("Email link works for")
        await me.page.set_viewport_size(PHONE)
        await picture(me.page, "settings-phone")
        await a_contradiction_is_refused(me, picture)
        await a_channel_without_the_desk_is_refused(me, picture)
        await the_colour_is_changed(me, picture)
        page = await the_messages(me, picture)
        await own_words(me, page, picture)
        await page.close()
        await me.page.set_viewport_size(DESKTOP)
        mail = await me.read_mail("", "Test:")
        await expect(mail.locator("body")).to_contain_text("We look after your request R-7K3QM ourselves now.")
        await expect(mail.locator("body")).to_contain_text("988")
        await picture(me.page, "settings-test-mail")


async def a_contradiction_is_refused(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await page.get_by_role("button", name="Change times").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Email link works for").fill("72")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("longer than the offer is open, 48 hours")
    await picture(page, "settings-contradiction")
    await form.get_by_label("Email link works for").fill("24")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(page.get_by_role("main")).to_contain_text("Email link works for: 24 hours")


async def a_channel_without_the_desk_is_refused(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await page.get_by_role("button", name="Change channel").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("combobox").click()
    await page.get_by_role("option", name="general").click()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("/invite @Referral desk there, then save again")
    await picture(page, "settings-channel")
    await form.get_by_role("button", name="Cancel").click()


async def the_colour_is_changed(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await page.get_by_role("button", name="Change practice").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Colour").fill("#ffd700")
    await form.get_by_label("Address line below mails and pages").fill("12 Pine Street, Albany")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("hard to read")
    await form.get_by_label("Colour").fill("#7a4f9a")
    await picture(page, "settings-practice")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)


async def the_messages(me: Newcomer, picture: Picture) -> Page:
    await me.page.get_by_role("button", name="Messages").click()
    link = me.page.get_by_role("dialog").get_by_role("link", name="Open the page")
    page = await me.follow(link)
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Messages")
    await looks_right(page, "messages-list", picture)
    await page.get_by_role("link", name="Nobody is available yet").click()
    await me.page.get_by_test_id("modal-close").click()
    return page


async def own_words(me: Newcomer, page: Page, picture: Picture) -> None:
    await page.get_by_label("Text", exact=True).fill("Hello,\n\n{{ provider }} sends {{ greting }} regards.")
    await page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("Line 3: {{ greting }} is unknown. Did you mean {{ greeting }}?")
    await looks_right(page, "messages-refused", picture)
    assert ["422" in one for one in me.troubles] == [True], "the browser notes the refusal, and nothing else"
    me.troubles.clear()
    await page.get_by_label("Text", exact=True).fill(OWN)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("heading", name="Preview, not saved yet")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    await expect(page.get_by_role("article")).to_contain_text("Dear Wren,")
    await looks_right(page, "messages-editor", picture)
    await page.set_viewport_size(DESKTOP)
    await picture(page, "messages-editor-desktop")
    await page.get_by_role("button", name="Send me a test").click()
    await expect(page.get_by_role("status")).to_contain_text("A test is on its way to")
    accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    assert await page.evaluate(accent) == "#7a4f9a"
    await expect(page.get_by_role("contentinfo")).to_have_text("12 Pine Street, Albany")


async def looks_right(page: Page, name: str, picture: Picture) -> None:
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await for_everybody(page)
        await whole(page, f"{name}-{scheme}", picture)
    await page.emulate_media(color_scheme="light")
