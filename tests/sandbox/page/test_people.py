"""What a person does in the page: clicks, forms, threads, commands, in one window and in two."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.conftest import actions, button, section
from tests.sandbox.page.conftest import REFERRALS, Look, card, post

pytestmark = pytest.mark.anyio


async def test_accept_in_one_window_changes_the_card_in_another(
    box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look
) -> None:
    ts, still = await post(client, *card()), await post(client, section("untouched"))
    maya, tomas = await look("maya"), await look("tomas")
    await tomas.get_by_test_id("composer").fill("half a sentence")
    await tomas.evaluate("ts => { document.querySelector(`[data-ts='${ts}']`).kept = true }", still)

    await maya.get_by_test_id(f"message-{ts}").locator("[data-action-id=accept]").click()

    for page in (maya, tomas):
        await expect(page.get_by_test_id(f"message-{ts}").locator("[data-user=U0MAYA]")).to_be_visible()
        await expect(page.get_by_test_id(f"message-{ts}").locator("button[data-action-id]")).to_have_count(0)
        await expect(page.get_by_test_id(f"thread-{ts}")).to_contain_text("1 reply")
    await expect(maya.get_by_test_id("speed")).to_contain_text(re.compile(r"Accept answered in \d+ ms"))
    await expect(maya.get_by_text("Only visible to you")).to_be_visible()
    await expect(tomas.get_by_text("It is yours.")).to_have_count(0)
    await expect(tomas.get_by_test_id("composer")).to_have_value("half a sentence")
    await expect(tomas.get_by_test_id("composer")).to_be_focused()
    assert await tomas.evaluate("ts => document.querySelector(`[data-ts='${ts}']`).kept", still)
    await tomas.get_by_test_id(f"thread-{ts}").click()
    await expect(tomas.get_by_test_id("thread-pane")).to_contain_text("Also sent to the channel")


async def test_a_click_without_an_answer_says_so_and_can_be_tried_again(
    box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look
) -> None:
    box.config.answer_seconds = 0.4
    ts = await post(client, *card())
    page = await look()
    silent = page.get_by_test_id(f"message-{ts}").locator("[data-action-id=silent]")
    await silent.click()
    await expect(silent).to_have_attribute("aria-busy", "true")
    await expect(page.get_by_test_id("notice")).to_contain_text("did not respond")
    await expect(page.get_by_role("alert")).to_contain_text("did not answer in time")
    await expect(silent).to_be_enabled()
    await expect(silent).to_be_focused()


async def test_confirm_dialog_keeps_a_click_back(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    ts = await post(client, *card())
    page = await look()
    await page.get_by_test_id(f"message-{ts}").locator("[data-action-id=sure]").click()
    await page.get_by_test_id("confirm-no").click()
    await expect(page.get_by_test_id("confirm")).to_have_count(0)
    assert not [line for line in box.traffic.log if "block_actions" in line["what"]]


async def test_modal_keeps_what_was_typed_until_it_is_right(
    box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look
) -> None:
    ts = await post(client, *card())
    page = await look()
    decline = page.get_by_test_id(f"message-{ts}").locator("[data-action-id=decline]")
    await decline.click()
    form = page.get_by_test_id("modal")
    await page.get_by_test_id("modal-submit").click()
    await expect(form.locator("[data-block=why]")).to_contain_text("Please complete this required field.")
    await form.locator("[data-action-id=why]").click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(form.locator("[data-action-id=why]")).to_contain_text("Other")
    await form.locator("[data-action-id=text]").fill("no")
    await page.get_by_test_id("modal-submit").click()
    await expect(form.locator("[data-block=note]")).to_contain_text("Please say a little more.")
    await expect(form.locator("[data-action-id=text]")).to_have_value("no")
    await expect(form.locator("[data-action-id=why]")).to_contain_text("Other")
    await expect(form).to_contain_text(re.compile(r"answered in \d+ ms"))
    await form.locator("[data-action-id=text]").fill("no room this month")
    await page.get_by_test_id("modal-submit").click()
    await expect(form).to_have_count(0)
    await expect(decline).to_be_focused()


async def test_escape_closes_the_menu_first_and_then_the_modal(
    box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look
) -> None:
    ts = await post(client, *card())
    page = await look()
    await page.get_by_test_id(f"message-{ts}").locator("[data-action-id=decline]").click()
    await page.get_by_test_id("modal").locator("[data-action-id=why]").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("menu")).to_have_count(0)
    await expect(page.get_by_test_id("modal")).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    await box.until(lambda: box.person("maya").view is None, what="the modal closed at the server")


async def test_messages_threads_and_commands(box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look) -> None:
    ts = await post(client, *card())
    page = await look("maya")
    composer = page.get_by_test_id("composer")
    await composer.fill("Tom & <b>Ann</b>")
    await composer.press("Enter")
    await expect(page.get_by_test_id("messages")).to_contain_text("Tom & <b>Ann</b>")
    await composer.fill("/referrals open")
    await composer.press("Enter")
    await expect(page.locator(".ephemeral")).to_contain_text("You said open")
    await page.get_by_test_id(f"message-{ts}").hover()
    await page.get_by_test_id(f"thread-{ts}").click()
    await page.get_by_test_id("thread-composer").fill("in the thread")
    await page.get_by_test_id("thread-send").click()
    await expect(page.get_by_test_id("thread-pane")).to_contain_text("in the thread")
    await expect(page.get_by_test_id("messages")).not_to_contain_text("in the thread")
    await expect(page).to_have_url(re.compile(f"thread={re.escape(ts)}"))
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread-pane")).to_have_count(0)


async def test_an_answer_takes_the_place_of_what_asked_in_private(
    client: AsyncWebClient, app: AsyncApp, look: Look
) -> None:
    @app.action("yes")
    async def yes(ack: Any, respond: Any) -> None:
        await respond("Done.", replace_original=True)
        await ack()

    page = await look("maya")
    asks = [section("Really?"), actions(button("yes", "Yes"))]
    await client.chat_postEphemeral(channel=REFERRALS, user="U0MAYA", text="Really?", blocks=asks)
    await page.locator(".ephemeral").get_by_role("button", name="Yes").click()
    await expect(page.locator(".ephemeral")).to_contain_text("Done.")
    await expect(page.locator(".ephemeral")).not_to_contain_text("Really?")


async def test_an_open_menu_and_the_place_survive_what_arrives(
    box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look
) -> None:
    options = [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("one", "two")]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    for number in range(25):
        await post(client, section(f"filler {number}"))
    ts = await post(client, section("choose", block_id="choose"), actions(menu, block_id="menu"))
    page = await look()
    messages = page.get_by_test_id("messages")
    await page.get_by_test_id(f"message-{ts}").locator("[data-action-id=pick]").click()
    await client.chat_update(
        channel=REFERRALS,
        ts=ts,
        text="x",
        blocks=[section("changed", block_id="choose"), actions(menu, block_id="menu")],
    )
    await expect(page.get_by_test_id(f"message-{ts}")).to_contain_text("changed")
    await expect(page.get_by_role("option", name="two")).to_be_visible()
    await page.keyboard.press("Escape")
    await messages.evaluate("node => { node.scrollTop = 40 }")
    await post(client, text="new below")
    await expect(page.get_by_text("New messages")).to_be_visible()
    assert await messages.evaluate("node => node.scrollTop") == 40
    await page.get_by_text("New messages").click()
    await expect(page.get_by_text("new below").last).to_be_in_viewport()


async def test_home_and_direct_messages(box: Sandbox, client: AsyncWebClient, app: AsyncApp, look: Look) -> None:
    await client.chat_postMessage(channel="U0MAYA", text="Only for you")
    page = await look("maya")
    await expect(page.get_by_test_id("dm-link")).to_have_attribute("aria-label", "Messages, 1 new")
    await page.get_by_test_id("home-link").click()
    await expect(page.get_by_test_id("home")).to_contain_text("Your referrals")
    await page.get_by_test_id("tab-messages").click()
    await expect(page.get_by_test_id("messages")).to_contain_text("Only for you")
    await expect(page.get_by_test_id("dm-link")).to_have_attribute("aria-label", "Messages")


async def test_choosing_another_person_shows_their_world(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    await client.chat_postEphemeral(channel=REFERRALS, user="U0MAYA", text="for Maya alone")
    page = await look("maya")
    await expect(page.get_by_text("for Maya alone")).to_be_visible()
    await page.get_by_test_id("person").select_option("U0TOMAS")
    await expect(page.get_by_test_id("clock")).to_contain_text("Los Angeles")
    await expect(page.get_by_text("for Maya alone")).to_have_count(0)
    await expect(page).to_have_url(re.compile("as=U0TOMAS"))
    roles = await page.get_by_test_id("person").locator("option").all_inner_texts()
    for name, role in (("Robin", "Owner"), ("Maya", "Provider"), ("Gus", "Guest"), ("Petra", "Other workspace")):
        assert any(name in text and role in text for text in roles)


async def test_permalink_leads_to_the_message(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    ts = await post(client, section("the one"))
    for number in range(30):
        await post(client, section(f"later {number}"))
    link = await client.chat_getPermalink(channel=REFERRALS, message_ts=ts)
    page = await look()
    await page.goto(link["permalink"])
    await expect(page.get_by_test_id(f"message-{ts}")).to_be_in_viewport()
