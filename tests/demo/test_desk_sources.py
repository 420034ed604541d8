"""Who refers clients, as a coordinator keeps it: added on Home, linked to, referred by, and counted, in a real browser.

Also what must not be: a name that a client typed on the form, standing as a source in Slack.
"""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser import DESKTOP, PHONE, Picture, fits, for_everybody
from tests.canary import Watch, somebody
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, Wish, ask_for_care, visit
from tests.demo.running import Demo

WISH = Wish("New York", "Aetna")
CLINIC = "Bluestone Pediatrics"


@pytest.mark.timeout(300)
async def test_sources(
    tmp_path: Path, context: BrowserContext, troubles: list[str], watch: Watch, picture: Picture
) -> None:
    async with visit(tmp_path, context, troubles) as (demo, me):
        await me.become("Robin")
        await me.open("Home")
        await me.page.get_by_role("button", name="Show Sources").click()
        main = me.page.get_by_role("main")
        await expect(main).to_contain_text("Cedar Street Family Medicine")
        await expect(main).to_contain_text("ideal clients")
        await picture(me.page, "sources-home")
        await a_source_is_added(me, picture)
        address = await its_link(me, picture)
        await somebody_comes_by_it(context, demo, me, address, picture)
        await only_the_quiet(me)
        await the_funnel(me, picture)
        await nothing_leaks(demo, watch)


async def a_source_is_added(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await page.set_viewport_size(PHONE)
    await picture(page, "sources-home-phone")
    await fits(page)
    await page.get_by_role("button", name="Add a source").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("cedar street family medicine")
    await form.get_by_role("combobox").click()
    await page.get_by_role("option", name="Physician").click()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("There is a source of that name already")
    await picture(page, "source-form-phone")
    await form.get_by_label("Name").fill(CLINIC)
    await form.get_by_label("Email of the source").fill("office@bluestone.example.com")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(page.get_by_role("main")).to_contain_text(CLINIC)


async def its_link(me: Newcomer, picture: Picture) -> str:
    page = me.page
    line = page.get_by_role("main").locator("[data-block]").filter(has_text=CLINIC)
    await line.get_by_role("button").click()
    await page.get_by_role("menuitem", name="Link").click()
    shown = page.get_by_role("dialog")
    await expect(shown).to_contain_text("/refer/")
    await picture(page, "source-link-phone")
    found = re.search(r"http://\S+/refer/[\w-]+/[\w-]{16}", await shown.inner_text())
    assert found
    await shown.get_by_test_id("modal-close").click()
    return found[0]


async def somebody_comes_by_it(
    context: BrowserContext, demo: Demo, me: Newcomer, address: str, picture: Picture
) -> None:
    page = await context.new_page()
    me.listen(page)
    await page.set_viewport_size(PHONE)
    await page.goto(address)
    await expect(page.get_by_role("main")).to_contain_text(f"Referred by {CLINIC}")
    await picture(page, "source-form-public-phone")
    await page.get_by_label(f"You may tell {CLINIC} how it went").check()
    await ask_for_care(page, somebody(), WISH)
    await page.goto(demo.form)
    mother = somebody()
    await page.get_by_label("How did you hear about us?").fill(mother.name)
    await ask_for_care(page, mother, WISH)
    await page.close()
    await me.page.get_by_role("button", name="Sources, shown now").click()
    main = me.page.get_by_role("main")
    await expect(main.locator("[data-block]").filter(has_text=CLINIC)).to_contain_text("1 referred")
    await expect(main).to_contain_text("Other (from the form)")
    await expect(main).not_to_contain_text(mother.name)


async def only_the_quiet(me: Newcomer) -> None:
    main = me.page.get_by_role("main")
    await main.get_by_role("combobox").filter(has_text="All sources").click()
    await me.page.get_by_role("option", name="Quiet ones").click()
    await expect(main).not_to_contain_text(CLINIC)
    await expect(main).to_contain_text("Riverbend Listening Line")


async def the_funnel(me: Newcomer, picture: Picture) -> None:
    await me.page.get_by_role("button", name=re.compile("Funnel and CSV")).click()
    page = await me.follow(me.page.get_by_role("link", name="Open the page"))
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", name="Sources", exact=True)).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("Cedar Street Family Medicine")
    await expect(page.get_by_role("main").locator("tr").filter(has_text="Riverbend")).to_contain_text("Quiet")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await for_everybody(page)
        await picture(page, f"sources-page-phone-{scheme}")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(DESKTOP)
    await fits(page)
    await picture(page, "sources-page")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download as CSV").click()
    lines = saved(await (await downloading.value).path())
    assert lines[0].startswith("\ufeffsource,kind,referred") and any(CLINIC in line for line in lines)
    await page.close()


def saved(file: Path) -> list[str]:
    return file.read_text().splitlines()
