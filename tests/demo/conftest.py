"""The browser that a story's windows and pages are opened in."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser import PATIENCE, chromium, picture
from tests.demo.newcomer import DEMO_PATIENCE

__all__ = ["picture"]


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    async with chromium() as browser:
        context = await browser.new_context(reduced_motion="reduce", locale="en-US")
        context.set_default_timeout(DEMO_PATIENCE)
        expect.set_options(timeout=DEMO_PATIENCE)
        yield context
        expect.set_options(timeout=PATIENCE)


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What the console of any window complains of; nothing may stand here at the end."""
    found: list[str] = []
    yield found
    assert found == []
