"""Debian's Chromium, and what holds for every page in it. Waits for what is to be seen, never for time."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1120, "height": 720}
#: Milliseconds, for a page alone.
PATIENCE = 20_000
_WCAG: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
#: The README's. `REFERRALS_PICTURES=1` has the stories write these to docs/pictures/ anew, and a folder's name there
#: all pictures to that folder; otherwise a test leaves no trace.
README = frozenset({"card-pending", "card-accepted", "reminder-mail", "decision-page", "plan-dm", "client-page"})
ASKED_FOR = "REFERRALS_PICTURES"

Picture = Callable[[Page | Locator, str], Awaitable[None]]

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        await browser.close()


async def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways. A window that has just become narrow may need a moment to be laid out."""
    assert page.viewport_size
    await expect(page.locator("html")).to_have_js_property("scrollWidth", page.viewport_size["width"])


async def for_everybody(page: Page) -> None:
    """WCAG 2.2 AA as far as axe can tell, and nothing wider than the window."""
    await page.wait_for_load_state()
    await fits(page)
    found = (await Axe().run(page, options=_WCAG)).response["violations"]
    assert not [(one["id"], one["nodes"][0]["target"], one["nodes"][0]["failureSummary"]) for one in found], page.url


@pytest.fixture
def picture() -> Picture:
    """``await picture(what, "name")``: a page, or a part of one, as it stands, if pictures were asked for."""

    async def take(what: Page | Locator, name: str) -> None:
        asked = os.environ.get(ASKED_FOR, "")
        if not asked or (asked == "1" and name not in README):
            return
        folder = PICTURES if asked == "1" else Path(asked)
        folder.mkdir(parents=True, exist_ok=True)
        await (what if isinstance(what, Page) else what.page).mouse.move(0, 0)  # nothing is pointed at
        await what.screenshot(path=folder / f"{name}.png", animations="disabled", caret="hide")

    return take


async def whole(page: Page, name: str, picture: Picture) -> None:
    """A picture from its top to its end."""
    before = page.viewport_size
    assert before is not None
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": before["width"], "height": min(int(height), 8000)})
    await picture(page, name)
    await page.set_viewport_size(before)
