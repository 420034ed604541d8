"""``/referrals``, the Home tab, and pausing."""

from typing import Any

import pytest

from .at_work import COORDINATOR
from .running import Running

pytestmark = pytest.mark.anyio


async def test_the_lists(desk: Running) -> None:
    maya = desk.person("maya")
    assert "Nothing is open" in (await maya.command("/referrals open")).text
    assert "Nothing waits" in (await maya.command("/referrals mine")).text
    asked = await desk.submit(preferred="maya")
    anyones = await desk.submit()
    others = await desk.submit(preferred="tomas")
    elsewhere = await desk.submit(state="HI")
    await desk.quiet()
    listed = (await maya.command("/referrals open")).text
    assert asked.code in listed and anyones.code in listed
    assert others.code not in listed and elsewhere.code not in listed
    mine = (await maya.command("/referrals mine")).text
    assert asked.code in mine and anyones.code not in mine
    status = (await maya.command("/referrals status")).text
    assert "Receiving referrals" in status and "Waiting for your answer: 1" in status and "Aetna" in status
    everything = (await desk.person(COORDINATOR).command("/referrals open")).text
    assert all(done.code in everything for done in (asked, anyones, others, elsewhere))
    assert not desk.slack.channel("general").messages, "every answer is for one person"


async def test_help_and_what_is_no_command(socket_desk: Running) -> None:
    maya = socket_desk.person("maya")
    answer = await maya.command("/referrals help")
    for word in ("open", "mine", "pause", "resume", "status", "<@U0ROBIN>"):
        assert word in answer.text
    assert "/referrals open" in (await maya.command("/referrals")).text
    meant = await maya.command("/referrals puase")
    assert "Did you mean `/referrals pause`?" in meant.text
    assert (await socket_desk.provider("maya")).status == "active"
    name = await maya.command("/referrals find Qzxanna9999")
    assert "never type a client's name" in name.text  # the search after this test sees that it is repeated nowhere
    odd = await maya.command("/referrals Qzxanna9999")
    assert "no such command" in odd.text


async def test_pausing_asks_what_becomes_of_what_waits_and_releases_it(desk: Running) -> None:
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    answer = await desk.person("maya").command("/referrals pause")
    assert "are paused" in answer.text and "1 referral is" in answer.text
    assert (await desk.provider("maya")).status == "paused"
    (question,) = answer.ephemerals
    assert question.action_ids == ["referral.release_waiting", "referral.keep_waiting", "referral.resume"]
    assert len(await desk.offers(done.referral_id)) == 1, "nothing happens before the answer"
    assert (await desk.person("maya").click(question, "referral.release_waiting")).ok
    assert "now open to everyone" in question.all_text and not question.action_ids, "the answer takes its place"
    await desk.card(done.code, "Open to everyone")
    await desk.quiet()
    assert len(desk.client_mail(done.code, "not available at this time")) == 1
    assert [offer.outcome for offer in await desk.offers(done.referral_id)] == ["released", None]

    assert "Paused" in (await desk.person("maya").command("/referrals status")).text
    assert "Welcome back" in (await desk.person("maya").command("/referrals resume")).text
    assert (await desk.provider("maya")).status == "active"


async def test_pausing_may_keep_what_waits(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    (question,) = (await desk.person("maya").command("/referrals pause")).ephemerals
    assert (await desk.person("maya").click(question, "referral.keep_waiting")).ok
    assert "stay yours" in question.all_text and not question.action_ids
    await desk.turn(24)
    assert len(desk.cards(done.code)) == 1 and desk.thread(done.code)[0].alerted == ["U0MAYA"]
    asked = await desk.person("maya").click(card, "referral.accept")
    assert asked.view is not None and "paused" in str(asked.view["blocks"])
    assert (await desk.person("maya").submit(asked.view, {})).ok
    assert "<@U0MAYA>" in (await desk.card(done.code, "*Accepted*")).all_text
    assert (await desk.provider("maya")).status == "paused", "accepting one leaves the pause as it is"


async def test_whoever_is_paused_and_requested_is_neither_tagged_nor_waited_for(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.person("maya").command("/referrals pause")
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code, "Open to everyone")
    await desk.quiet()
    assert "U0MAYA" not in card.all_text and not card.alerted
    (mail,) = desk.client_mail(done.code)
    assert "Maya Okonkwo-Reyes, LCSW, who is not taking new referrals right now" in mail.text
    assert "555-0120" not in mail.text, "the number is for those whom they may reach"
    assert not desk.mail("maya", done.code) and not desk.slack.sms.messages


async def test_when_the_last_one_pauses_coordinators_hear_of_it(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(state="HI")
    await desk.card(done.code)
    await desk.quiet()
    assert not desk.told(COORDINATOR, done.code)
    await desk.person("ksenia").command("/referrals pause")
    await desk.quiet()
    assert len(desk.told(COORDINATOR, done.code)) == 1


async def test_out_of_network_asks_first(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    asked = await desk.person("walt").click(await desk.card(done.code), "referral.accept")
    assert asked.view is not None and "not among your networks" in str(asked.view["blocks"])
    assert (await desk.referral(done.code)).status == "pending", "asking decides nothing"
    answer = await desk.person("walt").submit(asked.view, {})
    assert answer.ok and answer.closed
    assert "<@U0WALT>" in (await desk.card(done.code, "*Accepted*")).all_text


async def test_a_question_that_was_overtaken_says_so(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    asked = await desk.person("walt").click(card, "referral.accept")
    await desk.person("maya").click(card, "referral.accept")
    answer = await desk.person("walt").submit(asked.view, {})
    assert "<@U0MAYA>" in str(answer.view) and not answer.closed
    assert (await desk.referral(done.code)).accepted_by == (await desk.provider("maya")).id


async def test_home_opens_for_a_provider_and_its_buttons_work(desk: Running) -> None:
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    maya = desk.person("maya")
    home = (await maya.open_home()).view
    assert home is not None and done.code in str(home["blocks"]) and "Waiting for me" in str(home["blocks"])
    answer = await maya.click(home, "referral.accept", value=done.offer_id)
    assert answer.ok
    await desk.slack.until(lambda: "Accepted, not yet contacted" in str(maya.home))
    await desk.card(done.code, "*Accepted*")
    assert (await maya.click(maya.home, "referral.pause")).ok  # type: ignore[arg-type]
    await desk.slack.until(lambda: "Resume referrals" in str(maya.home))


async def test_home_opens_for_a_coordinator_with_what_needs_attention(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(state="AK")
    await desk.quiet()
    robin = desk.person(COORDINATOR)
    home: Any = (await robin.open_home()).view
    assert "Needs a person" in str(home) and done.code in str(home)
    opened = await robin.click(home, "referral.more", f"referral.close:{done.referral_id}")
    assert opened.view is not None
    assert (await robin.submit(opened.view, {"referral.reason": "withdrawn"})).ok
    await desk.slack.until(lambda: done.code not in str(robin.home))
    await desk.card(done.code, "*Closed*")


async def test_home_opens_for_a_guest_with_whom_to_ask(socket_desk: Running) -> None:
    home = (await socket_desk.person("gus").open_home()).view
    assert "Guests of the workspace" in str(home) and "<@U0ROBIN>" in str(home)
