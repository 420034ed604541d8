"""A coordinator looks after one referral in the demo: its timeline, a later deadline, urgent, for a provider, on hold.

Also what must not be: a word of urgency in the channel, a client's name in the timeline, a withdrawal by one slip.
"""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser import DESKTOP, PHONE, Picture, fits
from tests.canary import Identity, Watch, somebody
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, Wish, ask_for_care, visit
from tests.demo.running import Demo

FOR_MAYA = Wish("New York", "Aetna", (), "Maya Okonkwo-Reyes")


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_a_coordinator_looks_after_one_referral(
    tmp_path: Path, context: BrowserContext, troubles: list[str], picture: Picture, watch: Watch
) -> None:
    client = somebody()
    async with visit(tmp_path, context, troubles) as (demo, me):
        code = await a_client_asks(context, demo, client)
        await me.become("Robin")
        await me.open("referrals")
        timeline = await the_timeline_opens(me, code, client, picture)
        await the_deadline_moves(timeline, me.page)
        await it_is_urgent_and_the_channel_is_not_told(me, timeline, code)
        await accepted_for_maya(me, timeline, code)
        await it_is_put_on_hold(timeline, me.page, picture)
        await the_same_on_the_secure_page(me, timeline, code, client, picture)
        await it_is_withdrawn(me, code)
        await by_its_code(me, code)
        await nothing_leaks(demo, watch)


async def a_client_asks(context: BrowserContext, demo: Demo, client: Identity) -> str:
    page = await context.new_page()
    await page.goto(demo.form)
    code = await ask_for_care(page, client, FOR_MAYA)
    await page.close()
    return code


async def menu(me: Newcomer, code: str, option: str) -> None:
    await me.card(code).get_by_role("button", name="More actions").click()
    await me.page.get_by_role("menuitem", name=option).click()


async def the_timeline_opens(me: Newcomer, code: str, client: Identity, picture: Picture) -> Locator:
    await menu(me, code, "Timeline and more")
    timeline = me.page.get_by_role("dialog").last
    await expect(timeline).to_contain_text("Came in by the web form for Maya")
    await expect(timeline).to_contain_text("Email to the client")
    await expect(timeline).not_to_contain_text(client.name)
    await picture(me.page, "timeline")
    await me.page.set_viewport_size(PHONE)
    await picture(me.page, "timeline-phone")
    await me.page.set_viewport_size(DESKTOP)
    return timeline


async def the_deadline_moves(timeline: Locator, page: Page) -> None:
    await timeline.get_by_role("button", name="Extend the deadline").click()
    await expect(timeline).to_contain_text("gets an email with the new one")
    await timeline.get_by_label("24 hours more").check()
    await timeline.get_by_role("button", name="Extend", exact=True).click()
    await expect(timeline).to_contain_text("Deadline moved to")
    await expect(page.get_by_role("dialog")).to_have_count(1)


async def it_is_urgent_and_the_channel_is_not_told(me: Newcomer, timeline: Locator, code: str) -> None:
    await timeline.get_by_role("button", name="Mark as urgent").click()
    await expect(timeline).to_contain_text("the coordinators have been told")
    await expect(timeline.get_by_role("button", name="No longer urgent")).to_be_visible()
    await expect(me.messages(code).filter(has_text="rgent")).to_have_count(0)


async def accepted_for_maya(me: Newcomer, timeline: Locator, code: str) -> None:
    await timeline.get_by_role("button", name="Act for a provider").click()
    await expect(timeline).to_contain_text("You act for them")
    await timeline.get_by_label("They take it", exact=True).check()
    await timeline.get_by_role("button", name="Go on").click()
    await expect(timeline).to_contain_text("Accepted by Maya Okonkwo-Reyes")
    await expect(me.card(code)).to_contain_text("Accepted by")


async def it_is_put_on_hold(timeline: Locator, page: Page, picture: Picture) -> None:
    await timeline.get_by_role("button", name="Legal hold").click()
    await timeline.get_by_label("A complaint").check()
    await timeline.get_by_role("button", name="Put on hold").click()
    await expect(timeline).to_contain_text("Put on legal hold. A complaint")
    await page.set_viewport_size(PHONE)
    await picture(page, "timeline-held-phone")
    await page.set_viewport_size(DESKTOP)


async def the_same_on_the_secure_page(
    me: Newcomer, timeline: Locator, code: str, client: Identity, picture: Picture
) -> None:
    await timeline.get_by_role("button", name="Client details").click()
    opened = await me.follow(timeline.get_by_role("link", name="Open client details"))
    await opened.get_by_role("button", name="Open the page").click()
    await expect(opened.get_by_role("heading", level=1)).to_have_text(client.name)
    story = opened.get_by_role("region", name="What has happened")
    await expect(story).to_contain_text("Deadline moved to")
    await expect(story).not_to_contain_text(client.name)
    await opened.get_by_text("Lift the legal hold").click()
    await fits(opened)
    await picture(opened.get_by_role("region", name="For coordinators"), "client-page-desk")
    await picture(story, "client-page-story")
    await opened.get_by_role("button", name="Lift the hold").click()
    await expect(opened.get_by_role("status")).to_contain_text("on no legal hold any more")
    await opened.get_by_text("Put on legal hold", exact=True).click()
    await expect(opened.get_by_label("Why is it kept?")).to_be_visible()
    await opened.close()
    await timeline.get_by_test_id("modal-close").click()


async def it_is_withdrawn(me: Newcomer, code: str) -> None:
    await menu(me, code, "Withdraw: the client wants no more")
    form = me.page.get_by_role("dialog").last
    await expect(form).to_contain_text("That is final")
    await expect(me.card(code)).to_contain_text("Accepted by")
    await form.get_by_role("button", name="Withdraw", exact=True).click()
    await expect(form).to_contain_text(f"{code} is closed")
    await form.get_by_test_id("modal-close").click()
    await me.sees(me.messages(code).filter(has_text="the client withdrew"))


async def by_its_code(me: Newcomer, code: str) -> None:
    await me.command(f"/referrals show {code.lower()}")
    shown = me.private("What has happened")
    await me.sees(shown, "Closed: the client withdrew", code)
    await me.command("/referrals show me everything")
    await me.sees(me.private("Please write a referral's code"), "R-7K3QM")
