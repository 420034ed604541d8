"""The roster as a coordinator keeps it: on Home in Slack, and on the page with a file, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, Picture, fits
from tests.demo.newcomer import Newcomer, visit


@pytest.mark.timeout(300)
async def test_the_roster(tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture) -> None:
    async with visit(tmp_path, context, troubles) as (_, me):
        await me.become("Robin")
        await me.open("Home")
        await me.page.get_by_role("button", name="Show Roster").click()
        await expect(me.page.get_by_role("main")).to_contain_text("Add a provider")
        await picture(me.page, "roster-home")
        await me.page.set_viewport_size(PHONE)
        await picture(me.page, "roster-home-phone")
        await fits(me.page)
        await somebody_is_edited(me, picture)
        await somebody_becomes_inactive(me, picture)
        await me.page.set_viewport_size(DESKTOP)
        await a_file_comes_in(me, picture, tmp_path)
        refused = [one for one in troubles if "status of 422" in one]  # the file with its mistake
        assert len(refused) == 1 and troubles == refused
        troubles.clear()


async def chosen(me: Newcomer, who: str, what: str) -> None:
    """From the menu of somebody's line."""
    line = me.page.get_by_role("main").locator("[data-block^='roster.']").filter(has_text=who)
    await line.get_by_role("button").click()
    await me.page.get_by_role("menuitem", name=what).click()


async def somebody_is_edited(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await chosen(me, "Dara", "Edit")
    form = page.get_by_role("dialog")
    await expect(form).to_contain_text("Licences")
    await picture(page, "roster-form-phone")
    await form.get_by_label("NPI").fill("1234567890")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("check digit")
    await form.get_by_label("NPI").fill("1234567893")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)


async def somebody_becomes_inactive(me: Newcomer, picture: Picture) -> None:
    page = me.page
    await chosen(me, "Dara", "Make inactive")
    form = page.get_by_role("dialog")
    await expect(form).to_contain_text("insurance company's directory")
    await picture(page, "roster-inactive-phone")
    await form.get_by_role("button", name="Make inactive").click()
    await expect(page.get_by_role("main")).to_contain_text("Inactive: unlisted")


async def a_file_comes_in(me: Newcomer, picture: Picture, folder: Path) -> None:
    await me.page.get_by_role("button", name=re.compile("Import, export, coverage")).click()
    page = await me.follow(me.page.get_by_role("link", name="Open the page"))
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Roster")
    await picture(page, "roster-page-phone")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Export as CSV").click()
    file = folder / "roster.csv"
    await (await downloading.value).save_as(file)
    text = file.read_text()
    assert "Maya Okonkwo-Reyes" in text
    file.write_text(text.replace("Igbo", "Yoruba").replace("1234567893", "1234567890"))
    await a_mistake_is_told(page, file, picture)
    fields = len(text.partition("\n")[0].split(","))
    new = ["New Person", "LCSW", "new@junipergrove.example.org", "", "", "", "", "", "NY:2027-03-01"]
    file.write_text(text.replace("Igbo", "Yoruba") + ",".join(new + [""] * (fields - len(new))) + "\n")
    await page.get_by_label("A CSV file").set_input_files(file)
    await page.get_by_role("button", name="Show what would change").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What this file would change")
    await expect(page.locator(".was").filter(has_text="Igbo")).to_be_visible()
    await picture(page, "roster-preview-phone")
    await page.set_viewport_size(DESKTOP)
    await picture(page, "roster-preview")
    await page.get_by_role("button", name="Apply these changes").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The roster was changed")
    await page.get_by_role("link", name="Where nobody is free").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Where nobody is free")
    await picture(page, "roster-coverage")
    await page.set_viewport_size(PHONE)
    await picture(page, "roster-coverage-phone")
    await fits(page)


async def a_mistake_is_told(page: Page, file: Path, picture: Picture) -> None:
    await page.get_by_label("A CSV file").set_input_files(file)
    await page.get_by_role("button", name="Show what would change").click()
    await expect(page.get_by_role("table")).to_contain_text("check digit")
    await picture(page, "roster-mistakes-phone")
