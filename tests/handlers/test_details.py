"""Client details, /referrals find, and the setting that lets client information into Slack."""

import re
from typing import Any

import pytest
from sqlmodel import select

from blocks.buttons import details_button
from blocks.ids import ActionId
from blocks.layout import actions, button
from referrals.tx import Tx
from store.tables import Link, Practice
from store.vocabulary import LinkPurpose, Status
from tests.handlers.conftest import CANARY, PUBLIC_URL, Stage
from tests.neighbour import ours

pytestmark = pytest.mark.anyio

ADDRESS = re.compile(re.escape(PUBLIC_URL) + r"/client/juniper/([\w-]{43})$")


async def links(stage: Stage) -> list[Link]:
    return await stage.desk.ask("p", lambda tx: list(tx.session.exec(ours(select(Link)))))


async def attested(stage: Stage, on: bool = True) -> None:
    def work(tx: Tx) -> None:
        row = tx.session.get(Practice, "p")
        assert row is not None
        row.phi_in_slack = on

    await stage.desk.do("p", work)


def link_button(blocks: Any) -> dict[str, Any]:
    [found] = [one for block in blocks for one in block.get("elements", []) if one.get("url")]
    return dict(found)


async def test_the_button_gives_a_link_privately_and_the_link_is_acknowledged_in_silence(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    maya = stage.person("maya")
    answer = await maya.click(message, "referral.details")
    [told] = answer.ephemerals
    button = link_button(told.blocks)
    assert ADDRESS.match(button["url"]) and button["action_id"] == "referral.open_page"
    assert "within 5 minutes" in told.all_text and done.code in told.all_text
    [link] = await links(stage)
    assert (link.purpose, link.referral_id, link.provider_id) == (LinkPurpose.DETAILS, done.referral_id, "maya")
    opened = await maya.click(told, "referral.open_page")
    assert opened.ok and not opened.ephemerals and opened.view is None
    assert ("view", "done") not in await stage.history(done.referral_id), "the page shows it, not the button"
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert len(stage.box.channel("referrals").messages) == 1


@pytest.mark.parametrize(
    ("name", "reason", "words"),
    [
        ("tomas", "not_theirs", "Only the provider who accepted"),
        ("robin", None, "Open client details"),
        ("noor", "unlinked", "not on the roster"),
    ],
)
async def test_others_are_told_why_not(stage: Stage, name: str, reason: str | None, words: str) -> None:
    done, message = await stage.refer("maya")
    answer = await stage.person(name).click(message, "referral.details")
    assert words in answer.ephemerals[0].all_text
    assert len(await links(stage)) == (0 if reason else 1)
    if reason == "not_theirs":
        assert ("view", reason) in await stage.history(done.referral_id)


async def test_it_stands_on_the_card_while_reserved_and_while_in_hand(stage: Stage) -> None:
    general, open_card = await stage.refer()
    assert "referral.details" not in open_card.action_ids, "there it is in the menu, for coordinators"
    option = f"referral.details:{general.referral_id}"
    told = await stage.person("robin").click(open_card, "referral.more", option)
    assert ADDRESS.match(link_button(told.ephemerals[0].blocks)["url"])
    await stage.person("maya").click(open_card, "referral.accept")
    assert "referral.details" in (await stage.redraw(general.offer_id)).action_ids
    _, reserved = await stage.refer("tomas")
    assert "referral.details" in reserved.action_ids


async def test_a_referral_that_is_not_here(stage: Stage) -> None:
    message = await stage.dm("maya", {"text": "x", "blocks": [actions("x", details_button("nothing", "R-AAAAA"))]})
    answer = await stage.person("maya").click(message, "referral.details")
    assert "not on this desk" in answer.ephemerals[0].all_text and await links(stage) == []


async def test_find_leads_to_the_search_and_repeats_nothing_that_was_typed(stage: Stage) -> None:
    await stage.refer("maya")
    for name, typed in (("maya", ""), ("maya", f" {CANARY} Ámbar"), ("robin", f" {CANARY}")):
        answer = await stage.person(name).command(f"/referrals find{typed}")
        assert ADDRESS.match(link_button(answer.ephemerals[0].blocks)["url"])
        assert CANARY not in answer.text and ("never type a client's name" in answer.text) is bool(typed)
    assert [link.purpose for link in await links(stage)] == [LinkPurpose.FIND] * 3
    refused = await stage.person("noor").command("/referrals find")
    assert "not on the roster" in refused.text and len(await links(stage)) == 3
    assert "search" not in dict(await stage.history("p"))
    stage.box.traffic.entries.clear()  # what somebody typed after a slash has gone through Slack already


async def test_with_the_attested_setting_details_open_in_slack_and_nowhere_else(stage: Stage) -> None:
    done, message = await stage.refer("maya", guardian="Bo Canary", age_band="13-17")
    await attested(stage)
    maya = stage.person("maya")
    answer = await maya.click(message, "referral.details")
    assert answer.view is not None and answer.ephemerals == []
    shown = str(answer.view["blocks"])
    for part in (f"{CANARY} Ámbar-Łuk", "(202) 555-0147", f"{CANARY}@mail.example.com", f"{CANARY} says", "Bo Canary"):
        assert part in shown
    assert answer.view["private_metadata"] == "" and "please leave no voicemail" in shown
    assert ("view", "done") in await stage.history(done.referral_id) and await links(stage) == []
    other = await stage.person("tomas").click(message, "referral.details")
    assert other.view is None and CANARY not in other.ephemerals[0].all_text
    leaks = stage.box.traffic.search(CANARY, "slack")
    assert leaks and {leak.split()[1] for leak in leaks} == {"views.open"}
    await attested(stage, False)
    again = await maya.click(message, "referral.details")
    assert again.view is None and link_button(again.ephemerals[0].blocks)
    stage.box.traffic.entries.clear()


async def test_the_details_in_slack_say_what_has_to_come_first(stage: Stage) -> None:
    _, message = await stage.refer("maya", age_band="13-17", guardian=None)
    await attested(stage)
    answer = await stage.person("maya").click(message, "referral.details")
    assert answer.view is not None
    shown = str(answer.view["blocks"])
    assert "Please accept it before you contact the client" in shown and "ask a coordinator before you call" in shown
    assert "referral.contacted" not in shown and "without an answer" not in shown
    stage.box.traffic.entries.clear()


async def test_the_details_in_slack_have_the_next_steps_for_who_may_take_them(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    await attested(stage)
    maya = stage.person("maya")
    assert (await maya.click(message, "referral.accept")).ok
    card = await stage.redraw(done.offer_id)
    await maya.click((await maya.click(card, "referral.details")).view, "referral.no_answer")
    sent = await maya.submit(values={})
    assert sent.ok and stage.box.views.stack("U0MAYA") == [], "and the details, which say what was, close with it"
    theirs = (await stage.person("robin").click(card, "referral.details")).view
    assert "with Maya" in str(theirs["blocks"]) and "referral.contacted" in str(theirs["blocks"])
    view = (await maya.click(card, "referral.details")).view
    shown = str(view["blocks"])
    assert "1 try without an answer." in shown and "with Maya" not in shown and "before you contact" not in shown
    told = await maya.click(view, "referral.contacted")
    assert told.ok and (await stage.referral(done.referral_id)).status is Status.CONTACTED
    stage.box.traffic.entries.clear()


async def test_with_the_attested_setting_find_takes_a_name_and_answers_privately(stage: Stage) -> None:
    mine, _ = await stage.refer("maya")
    theirs, _ = await stage.refer("tomas", client_email="second@mail.example.com")
    await attested(stage)
    maya = stage.person("maya")
    answer = await maya.command(f"/referrals find {CANARY.upper()}  ámbar")
    assert mine.code in answer.text and theirs.code not in answer.text and CANARY not in answer.text
    assert ("search", "done") in await stage.history("p")
    details = await maya.click(answer.ephemerals[0], "referral.details")
    assert details.view is not None and CANARY in str(details.view["blocks"])
    both = await stage.person("robin").command(f"/referrals find {CANARY} Łuk")
    assert mine.code in both.text and theirs.code in both.text
    assert "No client by that name" in (await maya.command("/referrals find Nobody Here")).text
    one_word = await maya.command(f"/referrals find {CANARY}")
    assert "first and last name" in one_word.text and CANARY not in one_word.text
    assert link_button((await maya.command("/referrals find")).ephemerals[0].blocks)
    assert "not on the roster" in (await stage.person("noor").command(f"/referrals find {CANARY} Łuk")).text
    assert len(stage.box.channel("referrals").messages) == 2
    stage.box.traffic.entries.clear()


async def test_hostile_details_mention_nobody_in_slack(stage: Stage) -> None:
    _, message = await stage.refer("maya", client_name="<!channel> & <@U0ROBIN>", notes="*x* " + "<&>" * 3000)
    await attested(stage)
    answer = await stage.person("maya").click(message, "referral.details")
    assert answer.view is not None
    shown = str(answer.view["blocks"])
    assert "<!channel>" not in shown and "<@U0ROBIN>" not in shown and "&lt;!channel&gt;" in shown
    stage.box.traffic.entries.clear()


async def setting(stage: Stage) -> tuple[bool, str | None]:
    practice = await stage.desk.ask("p", Tx.practice)
    return practice.phi_in_slack, practice.phi_attested_by


async def open_setting(stage: Stage, name: str) -> Any:
    person = stage.person(name)
    await person.click((await person.open_home()).view, "referral.room.settings")
    return await person.click(person.home, "referral.attest")


async def test_a_coordinator_attests_and_takes_it_back(stage: Stage) -> None:
    robin = stage.person("robin")
    opened = await open_setting(stage, "robin")
    assert opened.view is not None and "business associate agreement" in str(opened.view["blocks"])
    assert "Enterprise plan only" in str(opened.view["blocks"])
    refused = await robin.submit(opened.view, {})
    assert not refused.ok or refused.errors
    assert await setting(stage) == (False, None)
    sent = await robin.submit(opened.view, {"referral.attest": ["on"]})
    assert sent.ok and await setting(stage) == (True, "U0ROBIN")
    assert "Client information in Slack: *on*" in str(robin.home)
    opened = await open_setting(stage, "robin")
    assert "attested" in str(opened.view["blocks"])
    assert (await robin.submit(opened.view, {})).ok and await setting(stage) == (False, None)
    assert [one for one in await stage.history("p") if one[0] == "phi_in_slack"] == [("phi_in_slack", "done")] * 2


async def test_nobody_else_may_change_the_setting(stage: Stage) -> None:
    opened = await open_setting(stage, "robin")
    message = await stage.dm("maya", {"text": "x", "blocks": [actions("x", button(ActionId.ATTEST, "Change", "x"))]})
    answer = await stage.person("maya").click(message, "referral.attest")
    assert answer.view is None and "Only a coordinator" in answer.ephemerals[0].all_text
    stage.box.views.stack("U0MAYA").append(opened.view)  # as if she had it all the same
    sent = await stage.person("maya").submit(opened.view, {"referral.attest": ["on"]})
    assert "Only a coordinator" in str(sent.view) and await setting(stage) == (False, None)
    refusals = [one for one in await stage.history("p") if one[0] == "phi_in_slack"]
    assert refusals == [("phi_in_slack", "not_coordinator")] * 2


async def test_on_home_the_link_comes_in_a_modal(stage: Stage) -> None:
    await stage.refer("maya")
    maya = stage.person("maya")
    answer = await maya.click((await maya.open_home()).view, "referral.details")
    assert answer.view is not None and ADDRESS.match(link_button(answer.view["blocks"])["url"])
    opened = await maya.click(answer.view, "referral.open_page")
    assert opened.ok and len(await links(stage)) == 1
