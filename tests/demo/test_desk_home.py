"""A coordinator's Home in a real browser: what needs a person is settled, the queue narrowed, a coordinator added."""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, Picture, fits
from tests.demo.newcomer import Newcomer, visit

_ITEMS = re.compile(r"(\d+) items?\b")
#: Long enough that pictures show a room whole.
_WHOLE: ViewportSize = {"width": PHONE["width"], "height": 1800}


@pytest.mark.timeout(300)
async def test_a_coordinator_runs_the_desk_from_home(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture
) -> None:
    async with visit(tmp_path, context, troubles) as (_, me):
        await me.become("Robin")
        await me.open("Home")
        await expect(me.page.get_by_role("main")).to_contain_text(_ITEMS)
        await picture(me.page, "home-needs-desktop")
        await me.page.set_viewport_size(_WHOLE)
        await an_item_is_settled(me.page)
        await the_numbers_are_there(me.page)
        await picture(me.page, "home-needs-phone")
        await the_queue_is_narrowed(me.page, picture)
        await somebody_else_coordinates(me, picture)


async def an_item_is_settled(page: Page) -> None:
    """The list is shorter by it, at once."""
    main = page.get_by_role("main")
    await expect(main.get_by_role("heading", name="Needs a person")).to_be_visible()
    await expect(main).to_contain_text(_ITEMS)
    found = _ITEMS.search(await main.inner_text())
    assert found
    before = int(found[1])
    await main.get_by_role("button", name=re.compile("^Seen")).first.click()
    left = "Nothing needs you" if before == 1 else re.compile(rf"(?<!\d){before - 1} items?")
    await expect(main).to_contain_text(left)


async def the_numbers_are_there(page: Page) -> None:
    main = page.get_by_role("main")
    for words in ("due within 6 hours", "Half are accepted within", "Accepted within 48 hours", "Clients answered"):
        await expect(main).to_contain_text(words)
    await expect(main.locator("pre")).to_contain_text("Week of")
    await fits(page)


async def the_queue_is_narrowed(page: Page, picture: Picture) -> None:
    main = page.get_by_role("main")
    await main.get_by_role("button", name=re.compile("Queue")).click()
    await expect(main.get_by_role("heading", name="Queue")).to_be_visible()
    await picture(page, "home-queue-phone")
    await main.get_by_role("combobox", name="Any insurer").click()
    await page.get_by_role("option", name="Cigna").click()
    await expect(main).to_contain_text("Shown: Cigna")
    await picture(page, "home-queue-cigna-phone")
    await main.get_by_role("button", name=re.compile("^Show any insurer")).click()
    await expect(main).not_to_contain_text("Shown:")
    await fits(page)


async def somebody_else_coordinates(me: Newcomer, picture: Picture) -> None:
    page, main = me.page, me.page.get_by_role("main")
    await page.set_viewport_size(DESKTOP)
    await main.get_by_role("button", name=re.compile("Settings")).click()
    await main.get_by_role("button", name="Change who coordinates").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("combobox").click()
    await page.get_by_role("listbox").get_by_role("option", name=re.compile("Maya")).click()
    await form.get_by_role("heading", name="Coordinators").click()
    await expect(form.get_by_role("combobox")).to_contain_text("Maya")
    await picture(page, "coordinators-form")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(main).to_contain_text(re.compile("Coordinators.*Maya", re.DOTALL))
    await me.become("Maya")
    await me.open("Home")
    await expect(main.get_by_role("button", name=re.compile("My referrals"))).to_be_visible()
