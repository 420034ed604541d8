"""What a provider may take, and what is asked first, in the demo; then limits, reports, and details kept in Slack.

Also what must not be: a referral taken without an answer to what was asked, a client's name in Slack before a
coordinator has attested that it may stand there.
"""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.canary import Identity, Watch, somebody
from tests.demo.leaks import nothing_leaks
from tests.demo.newcomer import Newcomer, Wish, ask_for_care, visit
from tests.demo.running import Demo

WITHOUT_LICENCE = Wish("New York", "Aetna")  # Tomás has none for New York
OUT_OF_NETWORK = Wish("New York", "Medicaid")  # which is none of Maya's
FOR_MAYA = Wish("New York", "Aetna", (), "Maya Okonkwo-Reyes")


@pytest.mark.timeout(600)  # alone it takes a tenth of this
async def test_what_is_asked_before_it_is_taken(
    tmp_path: Path, context: BrowserContext, troubles: list[str], watch: Watch
) -> None:
    async with visit(tmp_path, context, troubles) as (demo, me):
        await tomas_asks_for_a_licence_and_robin_allows_it(context, demo, me)
        client = somebody()
        code = await out_of_network_is_asked(context, demo, me, client)
        await it_is_scheduled(me, code)
        await already_contacted(context, demo, me)
        await a_state_is_paused(me)
        await what_waits_is_released(context, demo, me)
        await a_weekly_limit(me)
        await how_am_i_doing(me)
        await nothing_leaks(demo, watch)
        await details_in_slack_once_attested(me, code, client)


async def a_client_asks(context: BrowserContext, demo: Demo, wish: Wish, client: Identity | None = None) -> str:
    page = await context.new_page()
    await page.goto(demo.form)
    code = await ask_for_care(page, client or somebody(), wish)
    await page.close()
    return code


async def tomas_asks_for_a_licence_and_robin_allows_it(context: BrowserContext, demo: Demo, me: Newcomer) -> None:
    code = await a_client_asks(context, demo, WITHOUT_LICENCE)
    await me.become("Tomás")
    await me.press("Accept", code)
    told = me.private("no current licence")
    await told.get_by_role("button", name="Ask a coordinator").click()
    await me.sees(me.private("have been asked whether you may take"), code)
    await expect(me.card(code)).to_contain_text("Open to everyone")
    await me.become("Robin")
    await me.open("Messages")
    asks = me.messages(code).filter(has_text="has no")
    await asks.get_by_role("button", name=f"Allow it for {code}", exact=True).click()
    form = me.page.get_by_role("dialog")
    await form.get_by_label("An interstate compact covers it").check()
    await form.get_by_role("button", name="Allow", exact=True).click()
    await expect(form).to_contain_text(f"{code} is with the provider")
    await form.get_by_test_id("modal-close").click()
    await me.open("referrals")
    await me.sees(me.card(code), "Accepted by @Tomás Lindqvist")


async def out_of_network_is_asked(context: BrowserContext, demo: Demo, me: Newcomer, client: Identity) -> str:
    code = await a_client_asks(context, demo, OUT_OF_NETWORK, client)
    await me.become("Maya")
    await me.press("Accept", code)
    form = me.page.get_by_role("dialog")
    await expect(form).to_contain_text("not among your networks")
    await expect(me.card(code)).to_contain_text("Open to everyone")
    await form.get_by_role("button", name="Accept anyway").click()
    await me.sees(me.card(code), "Accepted by @Maya Okonkwo-Reyes")
    return code


async def it_is_scheduled(me: Newcomer, code: str) -> None:
    await me.card(code).get_by_role("button", name=f"A first session of {code} is scheduled").click()
    await expect(me.messages(code).filter(has_text="Scheduled with")).to_have_count(1)


async def already_contacted(context: BrowserContext, demo: Demo, me: Newcomer) -> None:
    code = await a_client_asks(context, demo, Wish("New York", "Aetna"))
    await expect(me.card(code)).to_have_count(1)
    await me.card(code).get_by_role("button", name="More actions").click()
    await me.page.get_by_role("menuitem", name="I have already contacted the client").click()
    await me.sees(me.card(code), "Client contacted by @Maya Okonkwo-Reyes")


async def a_state_is_paused(me: Newcomer) -> None:
    await me.command("/referrals pause NJ")
    asked = me.private("New Jersey").filter(has_text="Nothing has changed yet")
    await asked.get_by_role("button", name="Pause them now").click()
    waits = me.private("waiting for your answer")  # one of the demo's own, from there
    await waits.get_by_role("button", name=re.compile("^Keep them")).click()
    await me.sees(me.private("Kept"), "until you answer or their deadline passes")
    await me.open("Home")
    await expect(me.page.get_by_role("button", name="Resume New Jersey")).to_be_visible()
    await expect(me.page.get_by_role("button", name="Pause New York")).to_be_visible()
    await expect(me.page.get_by_role("main")).to_contain_text("insurer's directory")


async def what_waits_is_released(context: BrowserContext, demo: Demo, me: Newcomer) -> None:
    await me.open("referrals")
    code = await a_client_asks(context, demo, FOR_MAYA)
    await me.sees(me.card(code), "This one is reserved for you")
    await me.command("/referrals pause")
    asked = me.private("Nobody can ask for you now")
    await asked.get_by_role("button", name=re.compile("^Release them now")).click()
    await me.sees(me.card(code).filter(has_text="round 2"), "Open to everyone")
    await me.command("/referrals resume")
    await me.sees(me.private("Welcome back"), "your referrals are on")


async def a_weekly_limit(me: Newcomer) -> None:
    await me.open("Home")
    await me.page.get_by_role("button", name=re.compile("weekly limit", re.IGNORECASE)).click()
    form = me.page.get_by_role("dialog")
    await form.get_by_label("New referrals a week").fill("9")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(me.page.get_by_role("main")).to_contain_text(re.compile(r"\d of 9"))


async def how_am_i_doing(me: Newcomer) -> None:
    await me.open("referrals")
    await me.command("/referrals report")
    await me.sees(me.private("Your report"), "Median time to answer", "Only you see this")
    await me.command("/referrals help")
    await me.sees(me.private("Whom to ask"), "/referrals find", "A clinical question")


async def details_in_slack_once_attested(me: Newcomer, code: str, client: Identity) -> None:
    await me.become("Robin")
    await me.open("Home")
    await me.page.get_by_role("button", name="Settings").click()
    await me.page.get_by_role("button", name="Change whether client information may stand in Slack").click()
    form = me.page.get_by_role("dialog")
    await form.get_by_role("button", name="Turn on").click()
    await expect(form).to_contain_text("Client details are not shown in Slack")  # the tick is missing
    await form.get_by_label("I attest that our agreement with Slack is signed").check()
    await form.get_by_role("button", name="Turn on").click()
    await expect(form).to_contain_text("Client details now open in Slack")
    await form.get_by_test_id("modal-close").click()
    await me.become("Maya")
    await me.open("referrals")
    first, _, last = client.name.partition(" ")
    await me.command(f"/referrals find {first} {last}")
    found = me.private(code).filter(has_text="Client details")
    await found.get_by_role("button", name=f"Who the client of {code} is").click()
    await expect(form).to_contain_text(client.name)
    await form.get_by_test_id("modal-close").click()
    await expect(me.page.get_by_role("main")).not_to_contain_text(client.name)
