"""A provider's Home on a phone, in a real browser: everything of it is there, nothing is wider than the screen."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import PHONE, Picture, fits
from tests.demo.newcomer import Newcomer, visit

LINK = "https://book.junipergrove.example.org/maya-okonkwo"


@pytest.mark.timeout(300)
async def test_a_providers_home_on_a_phone(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture
) -> None:
    async with visit(tmp_path, context, troubles) as (_, me):
        await me.become("Maya")
        await me.open("Home")
        await me.page.set_viewport_size(PHONE)
        await everything_is_there(me.page)
        await picture(me.page, "home-phone")
        await an_insurer_is_paused(me.page)
        await the_profile_is_edited(me, picture)


async def everything_is_there(page: Page) -> None:
    main = page.get_by_role("main")
    for title in ("Your referrals", "What comes to me", "My profile", "How I am doing"):
        await expect(main.get_by_role("heading", name=title)).to_be_visible()
    await expect(main).to_contain_text("In progress")
    await expect(main).to_contain_text("Only you see this")
    await fits(page)


async def an_insurer_is_paused(page: Page) -> None:
    """And comes back: two clicks, and nothing to type."""
    await page.get_by_role("button", name="Pause Aetna").click()
    await page.get_by_role("button", name="Resume Aetna").click()
    await expect(page.get_by_role("button", name="Pause Aetna")).to_be_visible()


async def the_profile_is_edited(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await page.get_by_role("button", name="Edit my profile").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Booking link").fill(LINK.replace("https", "http"))
    await form.get_by_label("Languages").fill("English, Igbo, French")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("begins with https://, such as")
    await picture(page, "profile-error-phone")
    await form.get_by_label("Booking link").fill(LINK)
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(page.get_by_role("main")).to_contain_text("English, Igbo, French")
    await expect(page.get_by_role("main").locator("code")).to_have_text(LINK)
    await expect(page.get_by_role("main").get_by_role("link", name=LINK)).to_have_count(0)
