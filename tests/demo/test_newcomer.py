"""What the README promises of `make demo`, done in a real browser by somebody who has just cloned the project.

The form, Accept by one while another is told, card, thread, mails; the reminders at 24 hours and the automatic decline
at 48; a General referral that nobody takes and a coordinator reopens; Ctrl-C.
"""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Route, expect

from tests.browser import DESKTOP, PHONE, Picture
from tests.canary import Identity, Watch, somebody
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, Wish, ask_for_care, window
from tests.demo.running import Demo, started

#: Seconds; a terminal that hangs longer is closed by hand.
A_FEW = 5

FOR_MAYA = Wish("New York", "Aetna", ("Anxiety", "Grief"), "Maya Okonkwo-Reyes")
FOR_ANYBODY = Wish("New York", "Aetna", ("Stress and work",))
FOR_TOMAS = Wish("California", "Cigna", ("Relationship",), "Tomás Lindqvist")
FOR_NOBODY = Wish("California", "Cigna", ("Sleep",))


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_a_newcomer_sees_the_whole_loop(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture, watch: Watch
) -> None:
    clients = [somebody() for _ in range(4)]
    async with started(tmp_path) as demo:
        async with window(context, demo.workspace, troubles) as me:
            for_maya = await send_the_first_request(me, clients[0])
            await only_she_may_accept(me, for_maya, picture)
            await she_accepts(me, for_maya, picture)
            await everyone_is_told(me, for_maya, clients[0])
            for_anybody, for_tomas, for_nobody = await send_more_requests(context, demo, clients[1:])
            await the_first_has_it(me, context, demo, for_anybody, troubles)
            await a_day_passes(me, for_tomas, for_nobody, clients[2], picture)
            await another_day_passes(me, for_tomas, clients[2])
            await nobody_took_it(me, for_nobody, clients[3])
            await nothing_leaks(demo, watch)
        assert await demo.ctrl_c() < A_FEW
        assert (demo.process.returncode, demo.complained, demo.left_behind()) == (0, "", [])


@pytest.mark.timeout(300)
async def test_ctrl_c_while_it_is_still_posting(tmp_path: Path) -> None:
    async with started(tmp_path) as demo:
        assert await demo.ctrl_c() < A_FEW
        assert (demo.process.returncode, demo.complained, demo.left_behind()) == (0, "", [])


async def send_the_first_request(me: Newcomer, client: Identity) -> str:
    """By the link of the introduction, on a phone."""
    async with me.page.context.expect_page() as opening:
        await me.page.get_by_test_id("intro").get_by_role("link", name="The practice's public form").click()
    phone = await opening.value
    await phone.set_viewport_size(PHONE)
    code = await ask_for_care(phone, client, FOR_MAYA)
    await phone.close()
    await me.page.get_by_test_id("intro-close").click()
    return code


async def send_more_requests(context: BrowserContext, demo: Demo, clients: list[Identity]) -> list[str]:
    page = await context.new_page()
    codes = []
    for client, wish in zip(clients, (FOR_ANYBODY, FOR_TOMAS, FOR_NOBODY), strict=True):
        await page.goto(demo.form)
        codes.append(await ask_for_care(page, client, wish))
    await page.close()
    return codes


async def only_she_may_accept(me: Newcomer, code: str, picture: Picture) -> None:
    await me.become("Maya")
    await me.sees(me.card(code), "@Maya Okonkwo-Reyes This one is reserved for you", "New York", "Aetna")
    await picture(me.page, "card-pending")
    await me.become("Tomás")
    await me.press("Accept", code)
    await me.sees(me.private(code), "is reserved for @Maya Okonkwo-Reyes until", "If they cannot take it")
    await expect(me.card(code)).not_to_contain_text("Accepted")


async def she_accepts(me: Newcomer, code: str, picture: Picture) -> None:
    await me.become("Maya")
    await me.press("Accept", code)
    await me.sees(me.card(code), "Accepted by @Maya Okonkwo-Reyes")
    announced = me.messages(f"has accepted {code}")
    await me.sees(announced, "replied to a thread", "@Maya Okonkwo-Reyes")
    await announced.get_by_role("button", name="replied to a thread").click()
    await me.sees(me.thread().filter(has_text="will contact the client"), f"has accepted {code}")
    await me.page.set_viewport_size({"width": DESKTOP["width"], "height": 820})
    await picture(me.page, "card-accepted")
    await me.page.set_viewport_size(DESKTOP)
    await me.close_thread()


async def everyone_is_told(me: Newcomer, code: str, client: Identity) -> None:
    await me.open("Messages")
    await me.sees(me.messages(f"{code} is yours"), "within 12 hours", "Consultation")
    mail = await me.read_mail(client.email, "We have received your request")
    await expect(mail.locator("body")).to_contain_text(f"Hello {client.preferred_name}")
    await expect(mail.locator("body")).to_contain_text("Maya Okonkwo-Reyes")
    mail = await me.read_mail("maya@junipergrove.example.org", f"Referral {code} is")
    await expect(mail.locator("body")).not_to_contain_text(client.name)
    mail = await me.read_mail("maya@junipergrove.example.org", f"Thank you for accepting referral {code}")
    for detail in (client.name, client.email, client.notes):
        await expect(mail.locator("body")).to_contain_text(detail)
    await me.open("Text messages")
    texts = me.page.get_by_test_id("phone-+12125550171").get_by_role("listitem")
    await expect(texts.filter(has_text="a referral is waiting for you").last).to_be_visible()


async def the_first_has_it(me: Newcomer, context: BrowserContext, demo: Demo, code: str, troubles: list[str]) -> None:
    """Samir's window is a moment behind, as Slack's may be, so that he presses a button that is no longer there."""
    go_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    async with window(context, demo.workspace, troubles) as samir:
        await samir.become("Samir")
        await expect(samir.card(code)).to_have_count(1)
        await samir.page.route("**/ui/state*", hold)
        await me.open("referrals")
        await me.press("Accept", code)
        await me.sees(me.card(code), "Accepted by @Maya Okonkwo-Reyes")
        await samir.press("Accept", code)
        go_on.set()
        await samir.sees(samir.private(code), "@Maya Okonkwo-Reyes accepted")
        await samir.sees(samir.card(code), "Accepted by @Maya Okonkwo-Reyes")


async def a_day_passes(me: Newcomer, preferred: str, general: str, client: Identity, picture: Picture) -> None:
    await me.become("Tomás")
    await me.sees(me.card(preferred), "@Tomás Lindqvist This one is reserved for you")
    await me.sees(me.card(general), "Open to everyone")
    await me.turn_clock(24)
    await me.card(preferred).get_by_role("button", name="1 reply").click()
    await me.sees(me.thread().filter(has_text="still waits for your answer"), "@Tomás Lindqvist", "24 hours")
    await me.close_thread()
    await me.sees(me.messages("is still open to everyone").filter(has_text=general), "24 hours")
    mail = await me.read_mail(client.email, "We have not forgotten you")
    await expect(mail.locator("body")).to_contain_text("Tomás Lindqvist")
    mail = await me.read_mail("tomas@junipergrove.example.org", f"24 hours left to answer referral {preferred}")
    await expect(mail.locator("body")).to_contain_text("no penalty")
    await me.page.set_viewport_size({"width": PHONE["width"], "height": 1300})  # the whole mail
    await picture(me.page.get_by_test_id("mail-html"), "reminder-mail")
    await me.page.set_viewport_size(DESKTOP)


async def another_day_passes(me: Newcomer, code: str, client: Identity) -> None:
    """The preferred provider never answered: the desk declines for them, and everyone is asked."""
    await me.open("referrals")
    await me.turn_clock(24)
    await me.sees(me.card(code).filter(has_text="round 2"), "Open to everyone")
    await me.sees(me.messages(f"{code} has moved on"), "see its new card")
    mail = await me.read_mail(client.email, "is not available at this time")
    await expect(mail.locator("body")).to_contain_text("You do not need to do anything")


async def nobody_took_it(me: Newcomer, code: str, client: Identity) -> None:
    """No referral ends in silence: the client is told, and a coordinator offers it again."""
    mail = await me.read_mail(client.email, "We are sorry")
    await expect(mail.locator("body")).to_contain_text("(212) 555-0100")
    await me.become("Robin")
    await me.open("Messages")
    told = me.messages(f"{code} has expired")
    await me.sees(told, "Nobody took it in time")
    await told.get_by_role("button", name=f"Offer {code} to everyone again").click()
    await me.open("referrals")
    await me.sees(me.card(code).filter(has_text="round 2"), "Open to everyone")
    await me.sees(me.messages(f"{code} has moved on"), "see its new card")
