"""A browser, and where the README's pictures go when they are asked for."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
HAS_CHROMIUM = CHROMIUM.exists()
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
#: `REFERRALS_PICTURES=1` has the story write docs/pictures/ anew; otherwise a test leaves no trace.
ASKED_FOR = "REFERRALS_PICTURES"

Picture = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    if not HAS_CHROMIUM:
        pytest.skip("needs Debian's chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield await browser.new_context(reduced_motion="reduce", locale="en-US")
        await browser.close()


@pytest.fixture
def picture() -> Picture:
    """``await picture(page, "name")``: the page as it stands, if pictures were asked for."""

    async def take(page: Page, name: str) -> None:
        if os.environ.get(ASKED_FOR):
            PICTURES.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")

    return take
