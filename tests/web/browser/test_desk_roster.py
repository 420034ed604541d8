"""The roster's pages for everybody: WCAG 2.2 AA by axe at phone width, light and dark, nothing wider than that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from referrals import desk_page
from store.database import Database
from tests.browser import PHONE, for_everybody
from tests.desk import CORA
from tests.engines import ON_SQLITE
from tests.web.desk_stage import DeskStage, open_desk
from web.desk_roster import DeskRoster

pytestmark = [pytest.mark.anyio, ON_SQLITE]

_FILE = (
    "name,email,states,languages\nMaya Chen,maya@practice.example.org,{state},English\nIvo New,ivo@x.example.org,TX,\n"
)


@pytest.fixture
async def stage(shared_database: Database) -> AsyncIterator[DeskStage]:
    async def nobody(_practice_id: str) -> None:
        """No Slack here."""

    async with open_desk(shared_database, [DeskRoster(nobody)]) as stage:
        yield stage


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_at_phone_width(stage: DeskStage, browser: Browser, scheme: Any) -> None:
    await stage.office.provider("Maya Chen", languages=["Igbo"])
    ticket = await stage.office.do(desk_page.ask, CORA)
    page = await browser.new_page(viewport=PHONE, color_scheme=scheme)
    await page.goto(f"{stage.base}/open/{ticket.token}?to=roster")
    await page.get_by_role("button", name="Open the page").click()
    await for_everybody(page)
    for state, heading in (("Texxas", "Roster"), ("NY", "What this file would change")):
        await page.get_by_label("Or paste its lines").fill(_FILE.format(state=state))
        await page.get_by_role("button", name="Show what would change").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        await for_everybody(page)
    await page.get_by_role("button", name="Apply these changes").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The roster was changed")
    await for_everybody(page)
    await page.get_by_role("link", name="Where nobody is free").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Where nobody is free")
    await for_everybody(page)
