"""What the page shows of what the app sends: blocks, mrkdwn, dates; hostile text stays text."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.conftest import section
from tests.sandbox.page.conftest import Look, post
from tests.sandbox.page.every_block import CHARTS, EVERY_BLOCK

pytestmark = pytest.mark.anyio


async def test_every_block_is_drawn(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    ts = await post(client, *EVERY_BLOCK)
    page = await look()
    message = page.get_by_test_id(f"message-{ts}")
    await expect(message.locator("[data-block]")).to_have_count(len(EVERY_BLOCK))
    await expect(message.locator(".unknown")).to_have_count(0)
    for action_id in (
        "plain",
        "go",
        "danger",
        "link",
        "more",
        "pick",
        "several",
        "who",
        "day",
        "hour",
        "radio",
        "boxes",
    ):
        await expect(message.locator(f"[data-action-id={action_id}]").first).to_be_visible()
    await expect(message.locator(".data-table tbody tr")).to_have_count(2)
    await message.get_by_role("button", name="Referrals").click()
    await expect(message.locator(".data-table tbody tr").first).to_contain_text("Optum")
    await expect(message.locator("a[data-action-id=link]")).to_have_attribute("rel", "noopener noreferrer")


async def test_charts(client: AsyncWebClient, look: Look) -> None:
    await post(client, *CHARTS[:2])
    await post(client, *CHARTS[2:])
    page = await look()
    for kind in ("bar", "line", "area", "pie"):
        await expect(page.locator(f"[data-chart={kind}] svg")).to_be_visible()
    await expect(page.locator("[data-chart=bar] rect")).to_have_count(4)
    await expect(page.locator("[data-chart=pie] path")).to_have_count(2)
    await expect(page.locator("[data-chart=bar] table")).to_contain_text("11")


MRKDWN = [
    ("*bold* _it_ ~no~ `a &lt;b&gt;`", "<strong>bold</strong> <em>it</em> <del>no</del> <code>a &lt;b&gt;</code>"),
    ("snake_case_name 2*3*4 * no * _no", "snake_case_name 2*3*4 * no * _no"),
    ("*_both_*", "<strong><em>both</em></strong>"),
    ("Tom &amp; Ann &lt;x&gt; &amp;amp;", "Tom &amp; Ann &lt;x&gt; &amp;amp;"),
    (
        "&lt;script&gt;x&lt;/script&gt; <script> &lt;!channel&gt;",
        "&lt;script&gt;x&lt;/script&gt; &lt;script&gt; &lt;!channel&gt;",
    ),
    ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
]


@pytest.mark.parametrize(("written", "shown"), MRKDWN)
async def test_mrkdwn(client: AsyncWebClient, look: Look, written: str, shown: str) -> None:
    ts = await post(client, section(written))
    line = (await look()).get_by_test_id(f"message-{ts}").locator(".mrkdwn > div")
    assert await line.inner_html() == shown


async def test_lines_links_and_chips(client: AsyncWebClient, look: Look) -> None:
    text = (
        "<@U0MAYA> <@U0TOMAS> <#C0GENERAL> <!channel> <https://example.org/?a=1&amp;b=2|a *link*> :white_check_mark:\n"
        "&gt; quoted\n• one\n```\npre *not bold*\n```"
    )
    ts = await post(client, section(text))
    message = (await look("maya")).get_by_test_id(f"message-{ts}")
    await expect(message.locator("[data-user=U0MAYA]")).to_have_class(re.compile(r"\bme\b"))
    await expect(message.locator("[data-user=U0TOMAS]")).not_to_have_class(re.compile(r"\bme\b"))
    await expect(message.locator(".chip.channel")).to_have_text("#general")
    await expect(message.locator("a[href='https://example.org/?a=1&b=2']")).to_have_text("a *link*")
    await expect(message.get_by_role("img", name="white check mark")).to_be_visible()
    await expect(message.locator("blockquote")).to_have_text("quoted")
    await expect(message.locator(".item")).to_contain_text("one")
    await expect(message.locator("pre")).to_have_text("pre *not bold*")
    await expect(message).to_have_class(re.compile("mentions"))


async def test_hostile_text_stays_text_everywhere(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    evil = "<img src=x onerror=window.pwned=1> <script>window.pwned=1</script> <!channel> & &amp; javascript:1"
    await box.person("gus").say(evil, "referrals")
    markdown = {"type": "markdown", "text": f"**a** {evil} [b](javascript:window.pwned=1)"}
    plain = {"type": "header", "text": {"type": "plain_text", "text": evil[:140]}}
    await post(client, plain, markdown, text=evil)
    await box.person("maya").change(real_name=evil, title=evil)
    page = await look("maya")
    await expect(page.get_by_test_id("messages")).to_contain_text("<script>window.pwned=1</script> <!channel> & &amp;")
    await expect(page.get_by_test_id("messages").locator("img, script, .chip, a")).to_have_count(0)
    assert await page.evaluate("window.pwned") is None


async def test_dates_are_in_the_zone_of_the_person(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    noon = 1893513600  # 2030-01-01 16:00 UTC
    ts = await post(client, section(f"By <!date^{noon}^{{date_short}} at {{time}}^https://example.org|later>"))
    for name, shown in (("maya", "By Jan 1, 2030 at 11:00 AM"), ("tomas", "By Jan 1, 2030 at 8:00 AM")):
        page = await look(name)
        await expect(page.get_by_test_id(f"message-{ts}").locator(".mrkdwn")).to_have_text(shown)


async def test_words_for_days_follow_the_turned_clock(box: Sandbox, client: AsyncWebClient, look: Look) -> None:
    now = int(box.workspace.clock.now())
    ts = await post(client, section(f"Due <!date^{now}^{{date_pretty}}|x>"))
    page = await look()
    line = page.get_by_test_id(f"message-{ts}").locator(".mrkdwn")
    await expect(line).to_have_text("Due today")
    await page.get_by_test_id("clock-24h").click()
    await expect(line).to_have_text("Due yesterday")
    await expect(page.get_by_test_id("clock")).to_contain_text("New York")
    assert box.workspace.clock.offset_seconds == 86400
