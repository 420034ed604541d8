"""A browser, and where the README's pictures go when they are asked for."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Locator, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
#: The README's. `REFERRALS_PICTURES=1` has the stories write these to docs/pictures/ anew, and a folder's name there
#: all pictures to that folder; otherwise a test leaves no trace.
README = frozenset({"card-pending", "card-accepted", "reminder-mail", "decision-page", "plan-dm", "client-page"})
ASKED_FOR = "REFERRALS_PICTURES"

Picture = Callable[[Page | Locator, str], Awaitable[None]]


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield await browser.new_context(reduced_motion="reduce", locale="en-US")
        await browser.close()


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What the console of any window complains of; nothing may stand here at the end."""
    found: list[str] = []
    yield found
    assert found == []


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
