"""A coordinator's records in the demo: who is past their time, erasing exactly those, and finding it in the history.

Also what must not be: a client's name on any of these pages, anything wider than a phone, an inaccessible page.
"""

import csv
import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, Picture, fits, for_everybody, whole
from tests.canary import Watch
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import DEMO_PATIENCE, Newcomer, visit


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_erasing_and_the_history_of_it(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture, watch: Watch
) -> None:
    async with visit(tmp_path, context, troubles) as (demo, me):
        await me.become("Robin")
        await me.open("Home")
        await me.page.get_by_role("button", name="Settings").click()
        await clients_are_kept_for_thirty_days(me)
        for _ in range(3):  # the first that was closed in the month that the demo has lived through is due by then
            await me.turn_clock(48)
        page = await the_dry_run(me, picture)
        many = await exactly_those_are_erased(page, picture)
        await the_history_tells_of_it(page, many, picture)
        assert ["400" in one for one in me.troubles] == [True], "the browser notes the refusal, and nothing else"
        me.troubles.clear()
        await the_desk_checks_itself(page, picture)
        await page.close()
        await nothing_leaks(demo, watch)


async def clients_are_kept_for_thirty_days(me: Newcomer) -> None:
    await me.page.get_by_role("button", name="Change keeping").click()
    form = me.page.get_by_role("dialog")
    await form.get_by_label("Clients are kept for").fill("30")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(me.page.get_by_role("main")).to_contain_text("Clients are kept for: 30 days")


async def the_dry_run(me: Newcomer, picture: Picture) -> Page:
    await me.page.get_by_role("button", name="Retention").click()
    page = await me.follow(me.page.get_by_role("dialog").get_by_role("link", name="Open the page"))
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Retention")
    await expect(page.get_by_role("main")).to_contain_text("30 days after a referral was closed")
    await looks_right(page, "retention", picture)
    return page


async def exactly_those_are_erased(page: Page, picture: Picture) -> int:
    """Answers how many."""
    button = page.get_by_role("button", name=re.compile(r"Erase (this|these [\d,]+) clients? now"))
    words = await button.inner_text()
    many = int(found[0]) if (found := re.findall(r"\d+", words)) else 1
    codes = await page.locator("tbody th").all_inner_texts()
    assert len(codes) == many and all(re.fullmatch(r"R-\w{5}", code) for code in codes)
    await page.get_by_label("I have looked at the list").check()
    await button.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Retention")
    main = page.get_by_role("main")
    await expect(main).to_contain_text("Nobody is past their time")
    await expect(main).to_contain_text("1 client was erased" if many == 1 else f"{many} clients were erased")
    await page.get_by_role("button", name="Erase each night from now on").click()
    await expect(main).to_contain_text("each night at 4 AM, by itself")
    await looks_right(page, "retention-done", picture)
    return many


async def the_history_tells_of_it(page: Page, many: int, picture: Picture) -> None:
    await page.get_by_role("link", name="Audit").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Audit")
    await looks_right(page, "audit", picture)
    await page.get_by_label("What").select_option(label="Erasing")
    await page.get_by_role("button", name="Show").click()
    rows = page.get_by_role("table").locator("tbody tr")
    await expect(rows.first).to_contain_text("Automatic erasing turned on")
    erased = page.get_by_text("Client's identity erased")
    assert await erased.count() == min(many, 48)
    await page.get_by_label("From").fill("2020-01-01")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("alert")).to_contain_text("more than 366 days")
    await looks_right(page, "audit-refused", picture)
    await page.get_by_role("link", name="Audit").click()
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Save as CSV").click()
    file = await (await waiting.value).path()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = list(csv.DictReader(opened))
    assert len(lines) > many and {"submit", "accept", "erase"} <= {line["event"] for line in lines}
    assert not [line for line in lines if line["what"][:1] in "=+-@"]


async def the_desk_checks_itself(page: Page, picture: Picture) -> None:
    await page.get_by_role("button", name="Check now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The desk checks itself")
    await fits(page)
    await picture(page, "audit-checking")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Audit", timeout=3 * DEMO_PATIENCE)
    await expect(page.get_by_role("main")).to_contain_text("Nothing is wrong")
    await page.get_by_label("What").select_option(label="Answers to offers")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("table")).to_contain_text("Accepted by")
    await page.set_viewport_size(DESKTOP)
    await picture(page, "audit-desktop")
    await page.set_viewport_size(PHONE)


async def looks_right(page: Page, name: str, picture: Picture) -> None:
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await for_everybody(page)
        await whole(page, f"{name}-{scheme}", picture)
    await page.emulate_media(color_scheme="light")
