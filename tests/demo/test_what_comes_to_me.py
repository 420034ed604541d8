"""What a provider lets come to them, in the demo: pauses read back, their end, text messages; and a client not reached.

Also what must not be: a pause that nobody confirmed, a nudge twice, a reason that the client learns.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser import DESKTOP, PHONE, Picture, fits
from tests.canary import Identity, Watch, somebody
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, Wish, ask_for_care, visit
from tests.demo.running import Demo

FOR_ANYBODY = Wish("New York", "Aetna", ("Stress and work",))
MAYAS_MOBILE = "+12125550171"
MAYAS_ZONE = ZoneInfo("America/New_York")


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_pauses_texts_and_a_client_not_reached(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture, watch: Watch
) -> None:
    client = somebody()
    async with visit(tmp_path, context, troubles) as (demo, me):
        await me.become("Maya")
        await a_pause_is_read_back(me, picture)
        await it_is_in_force_and_ends(me)
        await what_nobody_can_read_gets_an_example(me)
        await an_insurer_is_paused_until_tomorrow(me)
        await a_text_is_answered_stop(me, picture)
        code = await a_client_asks(context, demo, client)
        await she_takes_it_all_the_same(me, code)
        await half_a_day_passes(me, code)
        await she_gives_it_back(me, code, client)
        await the_pause_of_the_insurer_is_over(me)
        await nothing_leaks(demo, watch)


async def a_client_asks(context: BrowserContext, demo: Demo, client: Identity) -> str:
    page = await context.new_page()
    await page.goto(demo.form)
    code = await ask_for_care(page, client, FOR_ANYBODY)
    await page.close()
    return code


async def a_pause_is_read_back(me: Newcomer, picture: Picture) -> None:
    """With the day and the hour in her own time zone; nothing has changed until she confirms."""
    day = datetime.now(UTC).astimezone(MAYAS_ZONE) + timedelta(weeks=2)
    await me.open("referrals")
    await me.command("/referrals pause for 2 weeks")
    asked = me.private("Nothing has changed yet")
    await me.sees(asked, re.compile(rf"{day:%A, %B} {day.day}, {day.year}, \d+:\d\d [AP]M E[SD]T\?"))
    await me.sees(asked, "insurer directories are not changed")
    await me.command("/referrals status")
    await me.sees(me.private("Networks:"), "Receiving referrals")
    await me.page.set_viewport_size(PHONE)
    await asked.scroll_into_view_if_needed()
    await picture(me.page, "pause-read-back")
    await me.page.set_viewport_size(DESKTOP)
    await asked.get_by_role("button", name="Pause them now").click()
    await me.sees(me.private("are paused until"), "Nobody can ask for you now")


async def it_is_in_force_and_ends(me: Newcomer) -> None:
    await me.open("Home")
    main = me.page.get_by_role("main")
    await expect(main).to_contain_text("Your referrals are paused until")
    await me.open("referrals")
    await me.command("/referrals resume")
    await me.sees(me.private("Welcome back"), "your referrals are on")
    await me.open("Home")
    await expect(main).not_to_contain_text("Your referrals are paused")


async def what_nobody_can_read_gets_an_example(me: Newcomer) -> None:
    """And what was typed is not repeated: it may be anything, a client's name too."""
    await me.open("referrals")
    await me.command("/referrals pause until yesteryear")
    told = me.private("could not tell until when")
    await me.sees(told, "For example: /referrals pause until", "Nothing has changed")
    await expect(told).not_to_contain_text("yesteryear")
    await me.command("/referrals pause Etna")
    await me.sees(me.private("Did you mean Aetna"), "Nothing has changed")


async def an_insurer_is_paused_until_tomorrow(me: Newcomer) -> None:
    await me.command("/referrals pause Aetna until tomorrow")
    asked = me.private("Pause referrals with Aetna until")
    await me.sees(asked, "Nothing has changed yet", re.compile("12:00 AM E[SD]T"))
    await asked.get_by_role("button", name="Pause them now").click()
    await me.sees(me.private("Referrals with Aetna are paused until"), "/referrals resume Aetna")
    await me.open("Home")
    await expect(me.page.get_by_role("button", name="Resume Aetna")).to_be_visible()
    await expect(me.page.get_by_role("button", name="Pause Cigna")).to_be_visible()


async def a_text_is_answered_stop(me: Newcomer, picture: Picture) -> None:
    """Home says so, and what still comes; START brings texts back."""
    await me.open("Text messages")
    phone = me.page.get_by_test_id(f"phone-{MAYAS_MOBILE}")
    await phone.get_by_role("button", name="STOP").click()
    await expect(phone.get_by_role("listitem").filter(has_text="STOP")).to_be_visible()
    await expect(phone).not_to_contain_text("webhook")
    await me.open("Home")
    main = me.page.get_by_role("main")
    await expect(main).to_contain_text("You get no text messages")
    await expect(main).to_contain_text("Offers still come by Slack and email")
    await me.page.set_viewport_size(PHONE)
    await fits(me.page)
    await picture(me.page, "home")
    await me.page.set_viewport_size(DESKTOP)
    await me.open("Text messages")
    await phone.get_by_role("button", name="START").click()
    await me.open("Home")
    await expect(main).not_to_contain_text("You get no text messages")


async def she_takes_it_all_the_same(me: Newcomer, code: str) -> None:
    """It is with Aetna, which she has paused: the desk asks before it lets her."""
    await me.open("referrals")
    await me.press("Accept", code)
    form = me.page.get_by_role("dialog")
    await expect(form).to_contain_text("paused")
    await expect(me.card(code)).to_contain_text("Open to everyone")
    await form.get_by_role("button", name="Accept anyway").click()
    await me.sees(me.card(code), "Accepted by @Maya Okonkwo-Reyes")


async def half_a_day_passes(me: Newcomer, code: str) -> None:
    """She has not said that she reached the client: the desk asks, once, with what she can say."""
    nudge = me.messages(f"{code}: have you reached the client?")
    await me.open("Messages")
    await expect(nudge).to_have_count(0)
    await me.turn_clock(12)
    await me.sees(nudge, "You accepted it", "That carries no penalty")
    await me.turn_clock(1)
    await expect(nudge).to_have_count(1)


async def she_gives_it_back(me: Newcomer, code: str, client: Identity) -> None:
    """Why, and whether the client still wants care, are both asked; then everyone is offered it again."""
    nudge = me.messages(f"{code}: have you reached the client?")
    await nudge.get_by_role("button", name=f"Give referral {code} back").click()
    form = me.page.get_by_role("dialog")
    await form.get_by_role("radiogroup", name="Why are you giving it back?").get_by_label("Schedule").check()
    await form.get_by_role("button", name="Release").click()
    await expect(form.get_by_role("radiogroup", name="Does the client still want care?")).to_be_visible()
    await form.get_by_role("radiogroup", name="Does the client still want care?").get_by_label("Yes").check()
    await form.get_by_role("button", name="Release").click()
    await expect(form).to_contain_text(f"{code} is open again")
    await form.get_by_test_id("modal-close").click()
    await me.open("referrals")
    await me.sees(me.card(code).filter(has_text="round 2"), "Open to everyone")
    mail = await me.read_mail(client.email, "Hello")
    await expect(mail.locator("body")).not_to_contain_text(re.compile("schedule", re.IGNORECASE))


async def the_pause_of_the_insurer_is_over(me: Newcomer) -> None:
    """By itself, at midnight where she is, and she is told."""
    await me.open("Messages")
    await me.turn_clock(12)
    await me.sees(me.messages("Your pause is over"), "referrals with Aetna are on again")
    await me.open("Home")
    await expect(me.page.get_by_role("button", name="Pause Aetna")).to_be_visible()
