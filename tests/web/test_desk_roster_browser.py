"""The roster's pages for everybody: WCAG 2.2 AA by axe at phone width, light and dark, nothing wider than that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from referrals import desk_page
from store.database import Database
from tests.desk import CORA
from tests.engines import ON_SQLITE
from web.desk_roster import DeskRoster

from .desk_stage import DeskStage, open_desk

pytestmark = [pytest.mark.anyio, ON_SQLITE]

_PHONE: dict[str, Any] = {"width": 390, "height": 844}
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_FILE = (
    "name,email,states,languages\nMaya Chen,maya@practice.example.org,{state},English\nIvo New,ivo@x.example.org,TX,\n"
)


@pytest.fixture
async def stage(shared_database: Database) -> AsyncIterator[DeskStage]:
    async def nobody(_practice_id: str) -> None:
        """No Slack here."""

    async with open_desk(shared_database, [DeskRoster(nobody)]) as stage:
        yield stage


async def is_fine(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the phone"
    found = await Axe().run(page, options=_RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_at_phone_width(stage: DeskStage, scheme: Any) -> None:
    await stage.office.provider("Maya Chen", languages=["Igbo"])
    ticket = await stage.office.do(desk_page.ask, CORA)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport=_PHONE, color_scheme=scheme)
        await page.goto(f"{stage.base}/open/{ticket.token}?to=roster")
        await page.get_by_role("button", name="Open the page").click()
        await is_fine(page)
        for state, heading in (("Texxas", "Roster"), ("NY", "What this file would change")):
            await page.get_by_label("Or paste its lines").fill(_FILE.format(state=state))
            await page.get_by_role("button", name="Show what would change").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            await is_fine(page)
        await page.get_by_role("button", name="Apply these changes").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("The roster was changed")
        await is_fine(page)
        await page.get_by_role("link", name="Where nobody is free").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Where nobody is free")
        await is_fine(page)
        await browser.close()
