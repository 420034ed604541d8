"""The page for everybody: no accessibility violation, on a phone, the introduction."""

from __future__ import annotations

import anyio
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.browser import PHONE, fits
from tests.sandbox.page.conftest import REFERRALS, Look, card, post, send_mail
from tests.sandbox.page.every_block import CHARTS, EVERY_BLOCK

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_accessibility_violation(
    box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look, scheme: str
) -> None:
    await post(client, *EVERY_BLOCK)
    await post(client, *CHARTS[2:])
    ts = await post(client, *card())
    await post(client, text="<@U0MAYA> a reply", thread_ts=ts)
    await client.chat_postEphemeral(channel=REFERRALS, user="U0MAYA", text="private")
    await anyio.to_thread.run_sync(send_mail, box.mailbox.port)
    page = await look("maya", color_scheme=scheme, reduced_motion="reduce")
    found: list[str] = []

    async def check(what: str) -> None:
        # The mail's own HTML is the app's, not the page's.
        for violation in (await Axe().run(page, context={"exclude": [["iframe"]]})).response["violations"]:
            nodes = [f"{node['target']} {node['failureSummary']}" for node in violation["nodes"][:2]]
            found.append(f"{what}: {violation['id']} {nodes}")

    await check("channel")
    await page.get_by_test_id(f"thread-{ts}").click()
    await check("thread")
    await page.get_by_test_id(f"message-{ts}").locator("[data-action-id=decline]").click()
    await page.get_by_test_id("modal-submit").click()
    await check("modal")
    await page.get_by_test_id("modal").locator("[data-action-id=why]").click()
    await check("menu")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    for at in ("home", "mail", "sms", "log", "faults"):
        await page.get_by_test_id(f"{at}-link").click()
        if at == "mail":
            await page.get_by_test_id(f"mail-{box.mailbox.messages[0].id}").click()
        await check(at)
    assert not found, "\n".join(found)


async def test_on_a_phone_the_sidebar_is_a_drawer(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    await post(client, *EVERY_BLOCK)
    page = await look(viewport=PHONE, has_touch=True)
    await fits(page)
    await expect(page.get_by_test_id("mail-link")).to_be_hidden()
    await page.get_by_test_id("drawer").click()
    await page.get_by_test_id("mail-link").click()
    await expect(page.get_by_test_id("mail-list")).to_be_visible()
    await expect(page.get_by_test_id("mail-link")).to_be_hidden()
    for hours in (1, 12, 24, 48):
        await expect(page.get_by_test_id(f"clock-{hours}h")).to_be_in_viewport()


async def test_introduction_is_put_away_for_good(box: Sandbox, look: Look) -> None:
    box.config.links = [{"text": "the public form", "url": "http://127.0.0.1:9/refer/juniper"}]
    page = await look()
    link = page.get_by_test_id("intro").get_by_role("link", name="the public form")
    await expect(link).to_have_attribute("href", "http://127.0.0.1:9/refer/juniper")
    await page.get_by_test_id("intro-close").click()
    await page.reload()
    await expect(page.get_by_test_id("messages")).to_be_visible()
    await expect(page.get_by_test_id("intro")).to_have_count(0)
