"""The page behind an offer's link in a real browser: on a phone, by keyboard, without scripts, for everybody."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize, expect

from referrals.accept import accept
from referrals.outcomes import Question
from store.database import Database
from store.tables import Offer, Provider
from store.vocabulary import ProviderStatus, Status
from tests.browser import Picture, for_everybody, whole
from tests.desk import by, new_office
from tests.engines import ON_SQLITE
from tests.web.test_decide import Site, open_site

pytestmark = [pytest.mark.anyio, ON_SQLITE]

#: The smallest that people still have.
PHONE: ViewportSize = {"width": 360, "height": 780}


@pytest.fixture
async def site(shared_database: Database) -> AsyncIterator[Site]:
    office = await new_office(shared_database)
    maya = await office.provider("Maya Okonkwo-Reyes", credential="LCSW", time_zone="America/Los_Angeles")
    async with open_site(office, maya, await office.provider("Noor Haddad")) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_state_on_a_phone(site: Site, browser: Browser, scheme: str, picture: Picture) -> None:
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = await context.new_page()
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)

    async def look(path: str, name: str) -> None:
        await page.goto(site.base + path)
        await is_fine(name)

    async def is_fine(name: str) -> None:
        await for_everybody(page)
        await whole(page, f"decide-{name}-{scheme}", picture)

    done, path = await site.offered(concerns=("anxiety", "grief", "child_teen"))
    await site.office.change(Offer, done.offer_id, card_link="https://harbor.slack.example.com/archives/C0/p1")
    await look(path, "1-fresh")
    await page.get_by_role("button", name="Decline").click()
    await expect(page.get_by_role("alert")).to_contain_text("Please choose a reason")
    await is_fine("2-no-reason")
    _, expensive = await site.offered(insurer="cigna")
    await site.office.change(Provider, site.maya.id, status=ProviderStatus.PAUSED)
    await page.goto(site.base + expensive)
    await page.get_by_role("button", name="Accept").click()
    await is_fine("3-asked")
    await site.office.do(accept, by(site.maya), done.offer_id, confirmed=frozenset(Question))
    await look(path, "4-accepted")
    later, third = await site.offered()
    later_link = "https://harbor.slack.example.com/archives/C0/p2"
    await site.office.change(Offer, later.offer_id, card_link=later_link)
    await site.office.change(Provider, site.maya.id, licences=[])
    await look(third, "5-no-licence")
    site.office.clock.turn(hours=13)
    await look(third, "6-expired")
    await site.office.change(Provider, site.maya.id, status=ProviderStatus.INACTIVE)
    await look(third, "7-inactive")
    await look(path + "x", "8-unknown")
    await context.close()
    assert [one for one in troubles if "Failed to load resource: the server responded with" not in one] == []


async def _without_scripts(browser: Browser) -> BrowserContext:
    return await browser.new_context(viewport=PHONE, java_script_enabled=False)


async def test_no_by_keyboard_and_without_scripts(site: Site, browser: Browser) -> None:
    done, path = await site.offered()
    context = await _without_scripts(browser)
    page = await context.new_page()
    await page.goto(site.base + path)
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.locator("select:focus").count():
            break
    await page.keyboard.type("Sched")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"You declined {done.code}")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"You declined {done.code}")
    assert await site.events(done) == ["submit", "decline"]
    await context.close()


async def test_yes_with_a_tick_and_without_scripts(site: Site, browser: Browser) -> None:
    done, path = await site.offered(insurer="cigna")
    context = await _without_scripts(browser)
    page = await context.new_page()
    await page.goto(site.base + path)
    await page.get_by_role("button", name=f"Accept {done.code}").click()
    await expect(page.get_by_role("alert")).to_contain_text("Please tick this box")
    assert await site.events(done) == ["submit"]
    await page.get_by_label("I want to accept all the same").check()
    await page.get_by_role("button", name=f"Accept {done.code}").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"You accepted {done.code}")
    assert (await site.office.referral(done.referral_id)).status is Status.ACCEPTED
    assert await site.events(done) == ["submit", "accept"]
    await context.close()
