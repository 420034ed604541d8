"""A browser for the pages alone, without a workspace around them."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser import chromium, picture

__all__ = ["picture"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        yield launched
