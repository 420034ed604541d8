"""A coordinator's report in the demo: figures and charts in Slack, the page to print, the file, the morning's digest.

Also what must not be: a client's or provider's name in any of them, anything wider than a phone, an inaccessible page.
"""

import csv
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import ASKED_FOR, DESKTOP, Picture, for_everybody, whole
from tests.canary import Watch
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, visit


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_the_report_and_the_mornings_digest(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture, watch: Watch
) -> None:
    async with visit(tmp_path, context, troubles) as (demo, me):
        await me.become("Robin")
        await what_is_no_period_is_explained(me)
        await figures_and_charts_in_slack(me, picture)
        page = await the_page(me, picture)
        await the_file(page)
        await it_prints(page, picture)
        await page.close()
        await the_next_mornings_digest(me, picture)
        await nothing_leaks(demo, watch)


async def what_is_no_period_is_explained(me: Newcomer) -> None:
    await me.command("/referrals report 2026-03-31 to 2026-01-01")
    await me.sees(me.private("Put the earlier day first"), "/referrals report last week")


async def figures_and_charts_in_slack(me: Newcomer, picture: Picture) -> None:
    await me.command("/referrals report last 60 days")
    answer = me.private("Report of the practice")
    await me.sees(answer, "received", "Time to accept: median", "Hours to accept", "Outcomes:")
    await expect(answer).not_to_contain_text("Okonkwo")
    await me.page.set_viewport_size({"width": 1120, "height": 1500})
    await picture(me.page, "report-slack")
    await me.page.set_viewport_size(DESKTOP)


async def the_page(me: Newcomer, picture: Picture) -> Page:
    answer = me.private("Report of the practice")
    await answer.get_by_role("button", name="Open to print").click()
    link = me.private("This opens a page").get_by_role("link", name="Open the page")
    page = await me.follow(link)
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Report")
    for name in ("Received and accepted", "Hours to accept"):
        await expect(page.get_by_role("img", name=name)).to_be_visible()
    await expect(page.get_by_role("table", name="By source")).to_contain_text("Cedar Street Family Medicine")
    await expect(page.get_by_role("main")).not_to_contain_text("Okonkwo")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await for_everybody(page)
        await whole(page, f"report-phone-{scheme}", picture)
    await page.set_viewport_size(DESKTOP)
    await page.emulate_media(color_scheme="light")
    await whole(page, "report-desktop", picture)
    await page.get_by_role("link", name="Last week").click()
    await expect(page.get_by_role("heading", name="Demand that nobody met")).to_be_visible()
    await page.go_back()
    return page


async def the_file(page: Page) -> None:
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Save as CSV").click()
    download = await downloading.value
    assert re.fullmatch(r"referrals-report-\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.csv", download.suggested_filename)
    path = await download.path()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = await page.locator(".figures div", has_text="Received").first.inner_text()
    (received,) = [row["value"] for row in rows if (row["section"], row["measure"]) == ("all", "received")]
    assert received in shown and {row["section"] for row in rows} >= {"period", "insurer", "service", "source"}


async def it_prints(page: Page, picture: Picture) -> None:
    """As the dark screen of somebody who prints: black on white, and no menu."""
    await page.emulate_media(media="print", color_scheme="dark")
    await expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    await expect(page.get_by_role("button", name="Show")).to_be_hidden()
    colours = "main => [getComputedStyle(document.body).backgroundColor, getComputedStyle(main).color]"
    assert await page.locator("main").evaluate(colours) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    if asked := os.environ.get(ASKED_FOR, "").removeprefix("1"):
        await page.pdf(path=Path(asked) / "report.pdf", format="A4", print_background=False)
    await whole(page, "report-print", picture)
    await page.emulate_media(media="screen", color_scheme="light")


async def the_next_mornings_digest(me: Newcomer, picture: Picture) -> None:
    """Turned to the next eight o'clock, with some minutes to spare: one message, and no second one later that day."""
    shown = re.search(r"(\d+):\d\d (AM|PM)", await me.page.get_by_test_id("clock").inner_text())
    assert shown
    hour = int(shown[1]) % 12 + (12 if shown[2] == "PM" else 0)
    to_go = (8 - hour) % 24 or 24
    for step in [12] * (to_go // 12) + [1] * (to_go % 12):
        await me.turn_clock(step)
    await me.open("Messages")
    digest = me.messages("Every day at 8 am")
    await me.sees(digest, "Needs a person", "the oldest for")
    await expect(digest).not_to_contain_text(re.compile("R-[0-9A-Z]{5}"))
    await expect(digest).not_to_contain_text("Okonkwo")
    await picture(digest, "digest")
    await me.turn_clock(1)
    await expect(digest).to_have_count(1)
