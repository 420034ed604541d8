"""What somebody does in the demo's windows, in their words. Waits for what is to be seen, never for time."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser import DESKTOP, PHONE, fits
from tests.canary import Identity
from tests.demo.running import Demo, started

#: Milliseconds. Cards are posted one a second, and some of the demo's own may stand before ours.
DEMO_PATIENCE = 60_000
_CODE = re.compile(r"R-[0-9A-Z]{5}")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a client fills the form in: the labels of the choices."""

    state: str
    insurer: str
    concerns: tuple[str, ...] = ()
    provider: str | None = None


class Newcomer:
    """One window on the workspace. ``troubles`` gathers what its console complains of, and that of pages it opens."""

    def __init__(self, page: Page, troubles: list[str]) -> None:
        self.page, self.troubles = page, troubles
        self.listen(page)

    async def become(self, name: str) -> None:
        chooser = self.page.get_by_test_id("person")
        label = await chooser.locator("option", has_text=name).text_content()
        await chooser.select_option(label=label)
        await expect(self.page.locator(".who-words strong")).to_have_text(re.compile(name))

    async def open(self, place: str) -> None:
        """``place``: the name of a link at the left."""
        await (
            self.page.get_by_role("navigation", name="Places").get_by_role("link", name=re.compile(f"^{place}")).click()
        )

    async def turn_clock(self, hours: int) -> None:
        await self.page.get_by_test_id(f"clock-{hours}h").click()
        await expect(self.page.get_by_test_id("notice").filter(has_text="It is now").last).to_be_visible()

    def messages(self, text: str) -> Locator:
        return self.page.get_by_test_id("messages").get_by_role("article").filter(has_text=text)

    def card(self, code: str) -> Locator:
        """The card of the referral's present round: the only message about it with a heading."""
        return self.messages(code).filter(has=self.page.get_by_role("heading"))

    def private(self, text: str) -> Locator:
        return self.messages(text).filter(has_text="Only visible to you")

    def thread(self) -> Locator:
        """What stands in the thread that is open."""
        return self.page.get_by_test_id("thread-pane").get_by_role("article")

    async def close_thread(self) -> None:
        await self.page.get_by_test_id("thread-close").click()

    async def press(self, button: str, code: str) -> None:
        """A button of the card, by what a screen reader says."""
        await self.card(code).get_by_role("button", name=f"{button} referral {code}").click()

    async def command(self, typed: str) -> None:
        """Typed where messages are, in the channel."""
        await self.page.get_by_test_id("composer").fill(typed)
        await self.page.get_by_test_id("composer").press("Enter")

    async def follow(self, link: Locator) -> Page:
        """Opens a link that leads out of the window, and looks at the page on a phone.

        By keyboard: Chromium discards clicks into a frame that has only just been scrolled there, as a mail has.
        """
        async with self.page.context.expect_page() as opening:
            await link.press("Enter")
        page = await opening.value
        self.listen(page)
        await page.set_viewport_size(PHONE)
        await page.wait_for_load_state()
        return page

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)

    async def sees(self, message: Locator, *texts: str | re.Pattern[str]) -> None:
        await expect(message).to_have_count(1)
        for text in texts:
            await expect(message).to_contain_text(text)

    async def read_mail(self, to: str, lead: str) -> FrameLocator:
        """Opens the newest mail to this address whose text holds ``lead``; answers what is inside it."""
        await self.open("Mailbox")
        await self.page.get_by_label("Find mail").fill(to)
        row = self.page.get_by_test_id("mail-list").get_by_role("link").filter(has_text=lead).first
        await row.click()
        return self.page.frame_locator("[data-testid=mail-html]")


@asynccontextmanager
async def window(context: BrowserContext, address: str, troubles: list[str]) -> AsyncIterator[Newcomer]:
    page = await context.new_page()
    me = Newcomer(page, troubles)
    await page.set_viewport_size(DESKTOP)
    await page.goto(address)
    await expect(page.get_by_test_id("clock")).not_to_be_empty()
    yield me
    await page.close()


@asynccontextmanager
async def visit(folder: Path, context: BrowserContext, troubles: list[str]) -> AsyncIterator[tuple[Demo, Newcomer]]:
    """`make demo` in an empty folder and a window on it, its introduction read; ended as people end it, without a word
    of complaint and with nothing left behind.
    """
    async with started(folder) as demo:
        async with window(context, demo.workspace, troubles) as me:
            await me.page.get_by_test_id("intro-close").click()
            yield demo, me
        await demo.ctrl_c()
        assert (demo.complained, demo.left_behind()) == ("", [])


async def ask_for_care(page: Page, client: Identity, wish: Wish) -> str:
    """Fills in the public form, which is open in this page, and sends it; answers the reference that it thanks with."""
    await page.get_by_label("Name", exact=True).fill(client.name)
    await page.get_by_label("What should we call you?").fill(client.preferred_name)
    await page.get_by_label("Adult (18–64)").check()
    await page.get_by_label("Email", exact=True).fill(client.email)
    await page.get_by_label("Phone", exact=True).fill(client.phone)
    await page.get_by_label("State").select_option(label=wish.state)
    await page.get_by_label("Kind of care").select_option(label="Individual therapy")
    await page.get_by_label("Telehealth").check()
    await page.get_by_label("Insurance").select_option(label=wish.insurer)
    for concern in wish.concerns:
        await page.get_by_label(concern).check()
    if wish.provider:
        choice = page.get_by_label("Would you like to see someone in particular?")
        await choice.select_option(label=await choice.locator("option", has_text=wish.provider).text_content())
    await page.get_by_label("Notes for your provider").fill(client.notes)
    await fits(page)
    await page.get_by_role("button", name="Send my request").click()
    await expect(page.get_by_role("heading", name="Thank you. We have your request.")).to_be_visible()
    found = _CODE.search(await page.get_by_role("main").inner_text())
    assert found
    return found[0]
