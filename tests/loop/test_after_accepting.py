"""What comes of an accepted referral: contacted, scheduled, given back, closed."""

from datetime import timedelta
from typing import Any

import pytest

from referrals.actor import Actor, Surface
from referrals.progress import plan
from store.vocabulary import CloseReason, DeclineReason, PlanItem

from .at_work import COORDINATOR
from .running import Running

pytestmark = pytest.mark.anyio

SOURCE = {"source": "Dr. Rivera", "source_email": "office@rivera.example.com"}


async def test_contacted_then_scheduled_and_the_source_is_thanked_once(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas", **SOURCE)
    assert len(desk.mail("office@rivera.example.com", "We have received your referral")) == 1
    card = desk.cards(done.code)[-1]
    reached = ["referral.contacted", "referral.scheduled", "referral.no_answer"]
    assert card.action_ids == ["referral.details", *reached, "referral.release", "referral.close", "referral.more"]
    await desk.person("tomas").click(card, "referral.contacted")
    card = await desk.card(done.code, "Client contacted")
    assert card.action_ids == [
        "referral.scheduled",
        "referral.details",
        "referral.release",
        "referral.close",
        "referral.more",
    ]
    assert (await desk.referral(done.code)).answered_at is not None

    stale = card.snapshot()
    await desk.person("tomas").click(card, "referral.scheduled")
    card = await desk.card(done.code, "*Scheduled*")
    assert card.action_ids == ["referral.details", "referral.release", "referral.close", "referral.more"]
    again = await desk.person("tomas").click(stale, "referral.scheduled")
    assert "scheduled" in again.text
    await desk.quiet()
    (thanks,) = desk.mail("office@rivera.example.com", "Thank you for thinking of")
    assert done.code not in thanks.text
    assert len(desk.slack.mailbox.messages) == 4  # confirmation, acknowledgement, acceptance, thanks


async def test_scheduling_again_after_a_release_thanks_nobody_twice(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas", **SOURCE)
    await desk.person("tomas").click(desk.cards(done.code)[-1], "referral.scheduled")
    await desk.release("tomas", await desk.card(done.code, "*Scheduled*"), DeclineReason.SCHEDULE)
    card = await desk.card(done.code, "Open to everyone")
    await desk.person("yuki").click(card, "referral.accept")
    await desk.person("yuki").click(await desk.card(done.code, "Accepted"), "referral.scheduled")
    await desk.card(done.code, "*Scheduled*")
    await desk.quiet()
    assert len(desk.mail("office@rivera.example.com")) == 2


async def test_a_release_goes_to_the_others_and_not_back(desk: Running) -> None:
    done = await desk.accepted("tomas", preferred=None)
    first = desk.cards(done.code)[-1]
    answer = await desk.release("tomas", first, DeclineReason.NOT_MY_SPECIALTY)
    assert answer.ok
    card = await desk.card(done.code, "Open to everyone")
    await desk.quiet()
    old, new = desk.cards(done.code)
    assert old.action_ids == [] and "has moved on" in old.all_text
    (mail,) = desk.client_mail(done.code, "no longer available")
    assert "specialty" not in mail.text and "now open to our other providers" in mail.text
    assert (await desk.offers(done.referral_id))[1].excluded == [(await desk.provider("tomas")).id]
    assert not any("do not contact" in dm.all_text for dm in desk.told("tomas", done.code)), "they did it themselves"

    back = await desk.person("tomas").click(card, "referral.accept")
    assert "gave this referral back" in back.text
    assert ("accept", "gave_it_back") in await desk.history(done.referral_id)
    taken = await desk.person("yuki").click(new, "referral.accept")
    assert taken.ok and not taken.ephemerals
    await desk.card(done.code, "<@U0YUKI>")


async def test_the_plan_the_tries_the_nudge_and_the_escalation(socket_desk: Running) -> None:
    """Two days with a client who does not answer, as the provider, the channel and the coordinators see them."""
    desk = socket_desk
    done = await desk.accepted("tomas")
    tomas, client = desk.person("tomas"), desk.clients[done.code]
    (dm,) = desk.told("tomas", done.code)
    assert "within 12 hours" in dm.all_text and "may be emailed" in dm.all_text
    assert (await tomas.click(dm, "referral.plan", ["cost", "consultation"])).ok
    await desk.card(done.code, "Plan 2 of 4.")
    opened = await tomas.click(dm, "referral.no_answer")
    assert (await tomas.submit(opened.view, {})).closed
    await desk.card(done.code, "1 try without an answer; plan 2 of 4.")
    assert "1 try without an answer." in desk.told("tomas", done.code)[0].all_text

    await desk.turn(12)
    dm, nudge = desk.told("tomas", done.code)
    assert "have you reached the client?" in nudge.all_text and "1 try without an answer" in nudge.all_text
    assert not desk.told(COORDINATOR, done.code), "not yet"
    opened = await tomas.click(nudge, "referral.no_answer")
    assert (await tomas.submit(opened.view, {})).closed
    await desk.card(done.code, "2 tries without an answer")

    await desk.turn(36)
    assert len(desk.told("tomas", done.code)) == 2, "nudged once"
    (alert,) = desk.told(COORDINATOR, done.code)
    assert "still waits to be contacted" in alert.all_text and "2 tries without an answer" in alert.all_text
    assert "<@U0TOMAS> accepted it" in alert.all_text
    await tomas.click(nudge, "referral.contacted")
    card = await desk.card(done.code, "Client contacted")
    assert "Plan 2 of 4" in card.all_text and "tries" not in card.all_text
    home = (await desk.person(COORDINATOR).open_home()).view
    assert done.code not in str(home), "it is off the list"
    said = "".join(message.all_text for message in (dm, nudge, alert, card))
    assert not any(part in said for part in (client.name, client.email)), "nobody's name is in Slack"


async def test_the_acceptors_message_follows_what_is_done_elsewhere(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    tomas = await desk.provider("tomas")
    actor = Actor(f"provider:{tomas.id}", Surface.PAGE, tomas.id)
    (dm,) = desk.told("tomas", done.code)
    assert ticked(dm) == []
    await desk.house.desk.do(desk.practice, plan, actor, done.referral_id, frozenset({PlanItem.COST}))  # on the page
    await desk.quiet()
    assert ticked(dm) == ["cost"]
    await desk.person("tomas").click(desk.cards(done.code)[-1], "referral.contacted")
    await desk.card(done.code, "Client contacted")
    await desk.quiet()
    assert "counts as contacted" in dm.all_text and "referral.contacted" not in dm.action_ids
    assert len(desk.told("tomas", done.code)) == 1, "the same message, not another"

    await desk.release("tomas", dm, DeclineReason.SCHEDULE)
    card = await desk.card(done.code, "Open to everyone")
    await desk.quiet()
    (gone,) = desk.slack.dm("tomas").messages[-1:]
    assert gone.ts == dm.ts and gone.action_ids == []
    assert f"{done.code} is not with you any more" in gone.all_text and "yours" not in gone.all_text

    await desk.person("yuki").click(card, "referral.accept")
    await desk.card(done.code, "Accepted")
    await desk.quiet()
    (dm,) = desk.told("yuki", done.code)
    await desk.choose(COORDINATOR, desk.cards(done.code)[-1], "referral.close", "referral.reason", CloseReason.OTHER)
    await desk.card(done.code, "Closed")
    await desk.quiet()
    assert dm.action_ids == [] and f"{done.code} is closed" in dm.all_text


async def test_a_message_that_cannot_be_brought_up_to_date_holds_up_nothing(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    channel = desk.slack.dm("tomas")
    (dm,) = desk.told("tomas", done.code)
    channel.messages.remove(dm)
    await desk.person("tomas").click(desk.cards(done.code)[-1], "referral.contacted")
    await desk.card(done.code, "Client contacted")
    await desk.quiet()
    await desk.house.waker.sweep()
    await desk.quiet()
    (offer,) = await desk.offers(done.referral_id)
    assert offer.shown_version == offer.card_version and offer.card_trouble is None
    assert desk.told("tomas", done.code) == [] and not desk.told(COORDINATOR, done.code)
    tried = [one for one in desk.slack.traffic.entries if "chat.update" in str(one) and dm.ts in str(one)]
    assert len(tried) <= 2, "once for each change, not for ever"


def ticked(message: Any) -> list[str]:
    (boxes,) = [e for b in message.blocks or [] if b["type"] == "actions" for e in b["elements"] if "options" in e]
    return [one["value"] for one in boxes.get("initial_options", [])]


async def test_whoever_had_forgotten_to_accept_does_both_at_once(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    answer = await desk.person("maya").click(card, "referral.more", f"referral.already_contacted:{done.offer_id}")
    assert answer.ok and not answer.ephemerals
    card = await desk.card(done.code, "Client contacted")
    await desk.quiet()
    (reply,) = desk.thread(done.code)
    assert "has accepted" in reply.all_text and "has contacted the client" in reply.all_text
    (dm,) = desk.told("maya", done.code)
    assert "counts as contacted" in dm.all_text and "Please reach" not in dm.all_text
    (mail,) = desk.mail("maya", "You accepted")
    assert "you have reached the client already" in mail.text and "Please contact the client within" not in mail.text
    await desk.turn(48)
    assert len(desk.told("maya", done.code)) == 1 and not desk.told(COORDINATOR, done.code)


async def test_only_the_acceptor_or_a_coordinator_may_move_it_on(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    card = desk.cards(done.code)[-1]
    for button in ("referral.contacted", "referral.scheduled", "referral.release"):
        answer = await desk.person("yuki").click(card, button)
        assert answer.view is None and "Only the provider who accepted" in answer.text
    assert (await desk.referral(done.code)).status == "accepted"
    assert (await desk.person(COORDINATOR).click(card, "referral.contacted")).ok
    await desk.card(done.code, "Client contacted")
    assert ("contacted", "not_theirs") in await desk.history(done.referral_id)


async def test_a_coordinators_release_tells_the_acceptor_to_stop(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    await desk.release(COORDINATOR, desk.cards(done.code)[-1], DeclineReason.NO_AVAILABILITY)
    await desk.card(done.code, "Open to everyone")
    await desk.quiet()
    assert any("do not contact" in dm.all_text for dm in desk.told("tomas", done.code))
    assert len(desk.mail("tomas", "do not contact the client")) == 1


async def test_no_longer_wants_care_closes(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    await desk.release("tomas", desk.cards(done.code)[-1], DeclineReason.NO_LONGER_WANTS)
    card = await desk.card(done.code, "Closed")
    await desk.quiet()
    assert card.action_ids == [] and len(desk.cards(done.code)) == 1
    assert len(desk.client_mail(done.code, "you no longer need our help")) == 1
    assert not desk.mail("tomas", "do not contact"), "they know"
    referral = await desk.referral(done.code)
    assert (referral.status, referral.close_reason) == ("closed", "no_longer_needed")
    before = len(desk.slack.mailbox.messages)
    await desk.turn(96)
    assert len(desk.slack.mailbox.messages) == before, "nothing is ever sent again"


async def test_a_coordinators_no_longer_wants_care_tells_the_acceptor_to_stop(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    await desk.release(COORDINATOR, desk.cards(done.code)[-1], DeclineReason.NO_LONGER_WANTS)
    await desk.card(done.code, "Closed")
    await desk.quiet()
    (stop,) = [dm for dm in desk.told("tomas", done.code) if "do not contact" in dm.all_text]
    assert stop.action_ids == []
    assert len(desk.mail("tomas", "do not contact the client")) == 1
    assert len(desk.client_mail(done.code, "you no longer need our help")) == 1


CLOSINGS = {
    CloseReason.WITHDRAWN: "Your request is withdrawn",
    CloseReason.UNREACHABLE: "We tried to reach you",
    CloseReason.REFERRED_OUT: "care outside our practice",
    CloseReason.DUPLICATE: "received your request twice",
    CloseReason.PLACED_ELSEWHERE: "found care elsewhere",
    CloseReason.NO_LONGER_NEEDED: "no longer need our help",
    CloseReason.OTHER: "We have closed your request",
}


async def test_every_reason_to_close_has_its_own_words(socket_desk: Running) -> None:
    desk = socket_desk
    codes = {reason: (await desk.submit(state="AK")).code for reason in CLOSINGS}  # nobody can take these
    await desk.quiet()
    for reason, code in codes.items():
        (alert,) = desk.told(COORDINATOR, code)
        answer = await desk.choose(COORDINATOR, alert, "referral.close", "referral.reason", reason)
        assert answer.ok
    await desk.quiet()
    for reason, code in codes.items():
        assert "Closed" in desk.cards(code)[-1].all_text
        assert len(desk.client_mail(code)) == 2 and len(desk.client_mail(code, CLOSINGS[reason])) == 1, reason
        assert (await desk.referral(code)).answered_at is not None


async def test_an_acceptor_who_leaves_the_workspace_without_contact_is_a_coordinators_business(
    socket_desk: Running,
) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    waiting = await desk.submit(preferred="tomas")
    await desk.card(waiting.code, "reserved for you")
    await desk.quiet()
    await desk.person("tomas").change(deleted=True)
    await desk.card(waiting.code, "Open to everyone")
    await desk.quiet()
    (alert,) = desk.told(COORDINATOR, done.code)
    assert "has lost its provider" in alert.all_text
    assert len(desk.client_mail(waiting.code, "not available at this time")) == 1
    await desk.release(COORDINATOR, alert, DeclineReason.NO_AVAILABILITY)
    await desk.card(done.code, "Open to everyone")


async def test_a_phone_task_stands_in_for_every_mail_to_a_client_without_one(socket_desk: Running) -> None:
    desk = socket_desk
    for facts in ({"client_email": None}, {"email_ok": False}):
        done = await desk.submit(preferred="maya", **facts)
        await desk.card(done.code)
        await desk.quiet()
        (task,) = desk.told(COORDINATOR, done.code)
        assert "Please phone the client" in task.all_text and task.action_ids[0] == "referral.phoned"
        client = desk.clients[done.code]
        assert not desk.slack.mailbox.to(client.email)
        (mail,) = desk.mail("robin", done.code)
        assert client.name in mail.text and "555" in mail.text

        stale = task.snapshot()
        answer = await desk.person(COORDINATOR).click(task, "referral.phoned")
        assert "phoned" in answer.text
        assert (await desk.referral(done.code)).answered_at is not None
        assert ("phoned", "done") in await desk.history(done.referral_id)
        again = await desk.person(COORDINATOR).click(stale, "referral.phoned")
        assert again.ok and (await desk.history(done.referral_id)).count(("phoned", "done")) == 1

        await desk.decline("maya", desk.cards(done.code)[-1], DeclineReason.SCHEDULE)
        await desk.card(done.code, "Open to everyone")
        await desk.quiet()
        tasks = desk.told(COORDINATOR, done.code)
        assert len(tasks) == 2, "one for each mail that could not be sent"
        assert not desk.slack.mailbox.to(client.email)
        refused = await desk.person("robin").click(tasks[-1], "referral.phoned")
        assert refused.ok


async def test_the_reminder_to_phone_comes_instead_of_the_reminder_mail(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(client_email=None)
    await desk.card(done.code)
    await desk.turn(24)
    await desk.turn(24)
    told = [dm for dm in desk.told(COORDINATOR, done.code) if "Please phone" in dm.all_text]
    assert len(told) == 3  # confirmation, reminder, final notice
    assert not [mail for mail in desk.slack.mailbox.messages if mail.to != ["robin@junipergrove.example.org"]]


async def test_a_minors_letters_address_the_guardian(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(minor=True)
    await desk.card(done.code)
    await desk.quiet()
    (mail,) = desk.slack.mailbox.to(desk.clients[done.code].email)
    client = desk.clients[done.code]
    assert f"Hello {client.guardian}" in mail.text and client.name not in mail.text


async def test_the_desk_remembers_when_each_window_began(socket_desk: Running) -> None:
    """A changed setting moves no running deadline."""
    desk = socket_desk
    done = await desk.submit()
    await desk.card(done.code)
    await desk.change_practice(expire_after=3600, remind_after=1800)
    await desk.turn(2)
    assert (await desk.referral(done.code)).status == "pending"
    later: Any = await desk.submit()
    (offer,) = await desk.offers(later.referral_id)
    assert offer.expires_at - offer.opened_at == timedelta(hours=1)
