"""Mailbox, text messages, faults, and a connection that is cut off."""

from __future__ import annotations

import anyio
import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.page.conftest import Look, post, send_mail

pytestmark = pytest.mark.anyio

#: A socket that never connects, until the page gets the real one back.
DEAD_SOCKET = """() => {
    window.RealSocket = WebSocket
    window.WebSocket = class { constructor() { setTimeout(() => this.onclose()) } close() {} }
}"""


async def test_mailbox(box: Sandbox, look: Look) -> None:
    page = await look()
    await anyio.to_thread.run_sync(send_mail, box.mailbox.port)
    await page.get_by_test_id("mail-link").click()
    await page.get_by_test_id(f"mail-{box.mailbox.messages[0].id}").click()
    reader = page.get_by_test_id("mail-reader")
    await expect(reader).to_contain_text("A referral & a <b>tag</b>")
    await expect(reader).to_contain_text("maya@junipergrove.example.org")
    await expect(page.frame_locator("[data-testid=mail-html]").locator("h1")).to_have_text("Big words")
    assert "allow-scripts" not in str(await page.get_by_test_id("mail-html").get_attribute("sandbox"))
    assert await page.evaluate("window.pwned") is None
    await page.get_by_test_id("mail-narrow").click()
    frame = await page.get_by_test_id("mail-html").bounding_box()
    assert frame is not None
    assert frame["width"] == 390
    await page.get_by_test_id("mail-tab-text").click()
    await expect(page.get_by_test_id("mail-text").locator("a")).to_have_attribute("href", "https://example.org/x")
    await page.get_by_test_id("mail-tab-headers").click()
    await expect(page.get_by_test_id("mail-headers")).to_contain_text("<one@junipergrove.example.org>")


async def test_text_messages_and_stop(box: Sandbox, look: Look) -> None:
    page = await look(at="sms")
    url = f"{box.base_url}/2010-04-01/Accounts/{box.config.twilio_sid}/Messages.json"
    form = {"To": "+12125550142", "From": "+12125550100", "Body": "A referral is waiting <b>"}
    login = {"username": box.config.twilio_sid, "password": box.config.twilio_token}
    request = await page.context.browser.new_context(http_credentials=login | {"send": "always"})  # type: ignore[union-attr]
    assert (await request.request.post(url, form=form)).status == 201
    await request.close()
    phone = page.get_by_test_id("phone-+12125550142")
    await expect(phone).to_contain_text("A referral is waiting <b>")
    await expect(phone).to_contain_text("delivered")
    box.config.sms_inbound_url = f"{box.base_url}/nobody/listens/here"
    await phone.get_by_role("button", name="STOP").click()
    await expect(phone.locator(".theirs")).to_contain_text("STOP")
    await expect(phone.locator(".theirs")).to_contain_text("The app's webhook: 11200: HTTP 404")
    assert "+12125550142" in box.sms.opted_out
    box.fault("sms_undelivered_30006")
    assert await box.sms.answer("+12125550142", "START") == 404
    request = await page.context.browser.new_context(http_credentials=login | {"send": "always"})  # type: ignore[union-attr]
    assert (await request.request.post(url, form=form)).status == 201
    await request.close()
    await expect(phone).to_contain_text("undelivered (30006)")


async def test_faults_and_people(box: Sandbox, look: Look) -> None:
    page = await look(at="faults")
    await page.get_by_test_id("fault-kind").select_option("http_502")
    await page.get_by_test_id("fault-method").select_option("chat.update")
    await page.get_by_test_id("fault-times").fill("2")
    await page.get_by_test_id("fault-add").click()
    await expect(page.get_by_test_id("faults")).to_contain_text("chat.update · 2 more")
    assert [fault.kind for fault in box.faults.active] == ["http_502"]
    await page.get_by_test_id("fault-clear").click()
    await expect(page.get_by_test_id("faults").locator("li")).to_have_count(0)
    assert not box.faults.active
    offered = await page.get_by_test_id("fault-kind").locator("option").evaluate_all("all => all.map(o => o.value)")
    for kind in set(offered) - {"socket_drop", "socket_refresh", "socket_warning"}:
        box.fault(kind)
    box.faults.clear()
    await page.locator(".person-row", has_text="Tomás").get_by_label("deactivated").check()
    await box.until(lambda: box.person("tomas").user.deleted, what="Tomás deactivated")


async def test_it_says_when_it_is_cut_off_and_comes_back(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    page = await look()
    await expect(page.get_by_test_id("offline")).to_be_hidden()
    await page.evaluate(DEAD_SOCKET)
    for socket in list(box.live._sockets):
        await socket.close()
    await expect(page.get_by_test_id("offline")).to_be_visible()
    await post(client, text="missed meanwhile")
    await page.evaluate("() => { window.WebSocket = window.RealSocket }")
    await expect(page.get_by_test_id("offline")).to_be_hidden(timeout=15000)
    await expect(page.get_by_test_id("messages")).to_contain_text("missed meanwhile")
