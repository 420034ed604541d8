"""A real browser on a running sandbox, a small app behind it, and what the tests of the page post."""

from __future__ import annotations

import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.browser import chromium
from tests.sandbox.conftest import actions, button, modal, section, socket_app, text_input

REFERRALS = "C0REFERRALS"
Look = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        yield launched


@pytest.fixture
async def look(browser: Browser, box: Sandbox) -> AsyncIterator[Look]:
    """`await look("maya", at=…)` is that person's window. Any error in the page's console fails the test."""
    troubles: list[str] = []
    contexts = []

    async def open_window(name: str = "maya", at: str = REFERRALS, hash_: str = "", **more: Any) -> Page:
        context = await browser.new_context(viewport=more.pop("viewport", {"width": 1280, "height": 800}), **more)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        await page.goto(f"{box.base_url}/#as={box.person(name).id}&at={at}{hash_}")
        await expect(page.get_by_test_id("clock")).not_to_be_empty()
        return page

    yield open_window
    for context in contexts:
        await context.close()
    # A mail's script is blocked with a message in the console: that one is wanted.
    assert [t for t in troubles if "Blocked script execution" not in t] == []


async def post(client: AsyncWebClient, *blocks: dict[str, Any], text: str = "A card", **more: Any) -> str:
    answer = await client.chat_postMessage(channel=REFERRALS, text=text, blocks=list(blocks) or None, **more)
    return str(answer["ts"])


def desk(app: AsyncApp) -> None:
    """A small app: Accept changes the card, Decline opens a form that wants a long reason, Silent never answers."""

    @app.action("accept")
    async def accept(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        who, ts = body["user"]["id"], body["message"]["ts"]
        await client.chat_update(
            channel=REFERRALS, ts=ts, text="taken", blocks=[section(f"Accepted by <@{who}>", block_id="top")]
        )
        await client.chat_postMessage(channel=REFERRALS, thread_ts=ts, text="*Accepted*", reply_broadcast=True)
        await client.chat_postEphemeral(channel=REFERRALS, user=who, text="It is yours.")

    @app.action("decline")
    async def decline(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        select = {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {
                "type": "static_select",
                "action_id": "why",
                "options": [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("Full", "Other")],
            },
        }
        await client.views_open(trigger_id=body["trigger_id"], view=modal(select, text_input("note", optional=True)))

    @app.view("form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        note = body["view"]["state"]["values"]["note"]["text"]["value"] or ""
        if len(note) < 5:
            await ack(response_action="errors", errors={"note": "Please say a little more."})
        else:
            await ack()

    @app.action("silent")
    async def silent(body: dict[str, Any]) -> None:
        return None

    @app.command("/referrals")
    async def command(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You said {command['text']}")

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [section("Your referrals", block_id="h"), actions(button("accept"))]}
        await client.views_publish(user_id=event["user"], view=view)


@pytest.fixture
async def app(box: Sandbox) -> AsyncIterator[AsyncApp]:
    async with socket_app(box, desk) as running:
        yield running


def card() -> list[dict[str, Any]]:
    ask = {key: {"type": "plain_text", "text": key} for key in ("title", "text", "confirm", "deny")}
    buttons = (button("accept", "Accept", style="primary"), button("decline", "Decline"), button("silent", "Silent"))
    return [section("Open <@U0MAYA>", block_id="top"), actions(*buttons, button("sure", "Sure?", confirm=ask))]


def send_mail(port: int) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Juniper Grove <desk@junipergrove.example.org>", "maya@junipergrove.example.org"
    mail["Subject"], mail["Message-ID"] = "A referral & a <b>tag</b>", "<one@junipergrove.example.org>"
    mail.set_content("Plain words\nhttps://example.org/x")
    html = "<script>parent.pwned=1</script><h1>Big words</h1><a href='https://example.org'>go</a>"
    mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail)
