"""The secure page in a real browser: at phone width, without JavaScript, and for everybody (WCAG 2.2 AA by axe)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from referrals.details import ask_for_details
from referrals.find import ask_to_find
from store.database import Database
from store.tables import Client
from store.vocabulary import PlanItem, Status
from tests.browser import PHONE, Picture, for_everybody, whole
from tests.canary import somebody
from tests.desk import CORA, by
from tests.engines import ON_SQLITE
from tests.web.client_stage import Stage, open_stage

pytestmark = [pytest.mark.anyio, ON_SQLITE]


@pytest.fixture
async def stage(shared_database: Database) -> AsyncIterator[Stage]:
    async with open_stage(shared_database) as stage:
        yield stage


async def test_everything_works_at_phone_width_without_javascript(stage: Stage, browser: Browser) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    id, who = await stage.accepted(maya, notes="Please ring after six.\nWe have a dog.")
    ticket = await office.do(ask_for_details, by(maya), id)
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False, has_touch=True)
    page = await context.new_page()
    await page.goto(f"{stage.base}/client/{stage.slug}/{ticket.token}")
    await expect(page.get_by_text("made for Maya Lin")).to_be_visible()
    await page.get_by_role("button", name="Open the page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(who.name)
    await expect(page.get_by_role("link", name="(307) 555")).to_have_attribute("href", f"tel:{who.phone}")

    await page.get_by_label("Consultation").check()
    await page.get_by_role("button", name="Save the plan").click()
    await expect(page.get_by_role("status")).to_contain_text("Your plan is saved")
    await expect(page.get_by_label("Consultation")).to_be_checked()
    assert (await office.referral(id)).plan == [PlanItem.CONSULTATION]

    await page.get_by_text("No answer", exact=True).click()
    await page.get_by_label("When will you try again?").fill("2025-11-17")
    await page.get_by_role("button", name="Note that nobody answered").click()
    await expect(page.get_by_text("Tried once, no answer. Next try: Monday, November 17.")).to_be_visible()

    await page.get_by_role("button", name="Contacted").click()
    await expect(page.get_by_role("status")).to_contain_text("you have reached the client")
    assert page.url.endswith("?said=contacted") and who.name.split()[0] not in page.url
    await page.get_by_role("button", name="Search for another client").click()
    first, _, last = who.name.partition(" ")
    await page.get_by_label("First name").fill(first)
    await page.get_by_label("Last name").fill(last)
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page.get_by_role("heading", name="1 referral by that name")).to_be_visible()
    assert first not in page.url
    await page.get_by_role("button", name="Open R-").click()

    await page.get_by_text("Release: give it back").click()
    await page.get_by_label("Yes: offer it to the others").check()
    await page.get_by_label("Why do you give it back?").select_option("schedule")
    await page.get_by_role("button", name="Release R-").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("open to everyone again")
    assert (await office.referral(id)).status is Status.PENDING
    await page.go_back()
    await page.reload()
    assert who.name not in await page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_accessibility_violation(stage: Stage, browser: Browser, scheme: Any, picture: Picture) -> None:
    office = stage.office
    maya = await office.provider("Maya Lin")
    plain, who = await stage.accepted(maya, concerns=("anxiety", "grief"), notes="Please ring after six.\nThank you.")
    guardian = somebody().guardian
    minor, _ = await stage.accepted(
        maya, age_band="13-17", guardian=guardian, email_ok=False, concerns=("substance_use",), urgency="urgent"
    )
    silent, _ = await stage.accepted(maya)
    await office.change(Client, (await office.referral(silent)).client_id, do_not_contact=True)
    waiting = await office.submit(await office.provider("Tomas Berg"), client_email="t@clients.example.net")
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = await context.new_page()

    async def check(what: str) -> None:
        await for_everybody(page)
        await whole(page, f"client-{what}-{scheme}", picture)

    async def enter(ticket: Any, what: str) -> None:
        await page.goto(f"{stage.base}/client/{stage.slug}/{ticket.token}")
        await check(f"{what}-sealed")
        await page.get_by_role("button", name="Open the page").click()
        await expect(page.get_by_role("button", name="Close this page")).to_be_visible()
        await check(what)

    await enter(await office.do(ask_for_details, by(maya), plain), "plain")
    await page.get_by_text("No answer", exact=True).click()
    await page.get_by_text("Release: give it back").click()
    await check("open-forms")
    await page.get_by_label("Yes: offer it to the others").check()
    await page.get_by_role("button", name="Release R-").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await check("incomplete")
    stale = await context.new_page()
    await stale.goto(f"{stage.base}/client/{stage.slug}")
    await enter(await office.do(ask_for_details, by(maya), minor), "minor")
    await stale.get_by_role("button", name="Contacted").click()
    await expect(stale.get_by_role("heading", name="This page has moved on")).to_be_visible()
    await stale.get_by_role("link", name="Go to the page that is open").click()
    await expect(stale.get_by_text(guardian)).to_be_visible()
    await enter(await office.do(ask_for_details, CORA, silent), "silent")
    await enter(await office.do(ask_for_details, CORA, waiting.referral_id), "waiting")
    for form in (
        "Act for a provider",
        "Decline for Tomas",
        "Extend the deadline",
        "Assign to",
        "Put on legal",
        "Close for",
    ):
        await page.get_by_text(form).first.click()
    await check("desk-forms")
    unlicensed = await office.provider("Noor Haddad", licences=[], insurers=[])
    anybodys = await office.submit(client_email="n@clients.example.net")
    await enter(await office.do(ask_for_details, CORA, anybodys.referral_id), "anybodys")
    await page.get_by_text("Act for a provider", exact=True).click()
    await page.get_by_label("For whom?").select_option(unlicensed.id)
    await page.get_by_label("They take it", exact=True).check()
    await page.get_by_role("button", name="Record it for them").click()
    await expect(page.get_by_label("Why may they see this client?")).to_be_visible()
    await check("desk-grounds")
    await enter(await office.do(ask_to_find, CORA), "find")
    await page.get_by_role("button", name="Search", exact=True).click()
    await check("find-incomplete")
    for first, last, what in (*[(*who.name.split(" "), "found")], ("Nobody", "Here", "nobody")):
        await page.get_by_label("First name").fill(first)
        await page.get_by_label("Last name").fill(last)
        await page.get_by_role("button", name="Search", exact=True).click()
        await check(what)
    await page.get_by_role("button", name="Close this page").click()
    await check("closed")
    await page.goto(f"{stage.base}/client/{stage.slug}")
    await check("over")
    await page.goto(f"{stage.base}/client/{stage.slug}/nonsense")
    await check("unknown")
