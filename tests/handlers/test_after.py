"""After accepting, clicked: already contacted, no answer, the plan, and the direct message that follows all of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from blocks.notices import notice
from referrals.composing import compose
from referrals.letters import Letter
from referrals.notices import Template
from referrals.outcomes import Done
from referrals.tx import Tx
from sandbox.workspace import Message
from store.tables import Delivery
from store.vocabulary import DeliveryState, Status
from tests.handlers.conftest import Stage

ALREADY, NO_ANSWER, PLAN = "referral.already_contacted", "referral.no_answer", "referral.plan"


async def taken(stage: Stage, **facts: Any) -> tuple[Done, Message]:
    """Accepted by Maya, and the card drawn anew."""
    done, card = await stage.refer(**facts)
    assert (await stage.person("maya").click(card, "referral.accept")).ok
    return done, await stage.redraw(done.offer_id)


async def told(stage: Stage, done: Done, template: Template = Template.ACCEPTOR_DM) -> Message:
    """The direct message, sent as the jobs would send it."""

    def letter(tx: Tx) -> tuple[Letter, str]:
        wanted = select(Delivery).where(Delivery.referral_id == done.referral_id, Delivery.template == template)
        row = tx.session.exec(wanted).one()
        found = compose(tx, row)
        assert isinstance(found, Letter)
        return found, row.id

    found, id = await stage.desk.ask("p", letter)
    message = await stage.dm("maya", notice(found, id).arguments())

    def sent(tx: Tx) -> None:
        row = tx.lock(Delivery, id)
        assert row is not None
        row.state, row.reference = DeliveryState.SENT, message.ts

    await stage.desk.do("p", sent)
    return message


def ticked(message: Message) -> list[str]:
    (boxes,) = [e for b in message.blocks or [] if b["type"] == "actions" for e in b["elements"] if "options" in e]
    return [one["value"] for one in boxes.get("initial_options", [])]


async def done_of_plan(stage: Stage, done: Done) -> list[str]:
    return (await stage.referral(done.referral_id)).plan


async def test_already_contacted_is_in_the_cards_menu_and_does_both(stage: Stage) -> None:
    done, card = await stage.refer("maya")
    answer = await stage.person("maya").click(card, "referral.more", f"{ALREADY}:{done.offer_id}")
    assert answer.ok and answer.ephemerals == [] and answer.view is None
    assert (await stage.referral(done.referral_id)).status is Status.CONTACTED
    assert [event for event, _ in await stage.history(done.referral_id)] == ["submit", "accept", "contacted"]
    assert "Client contacted" in (await stage.redraw(done.offer_id)).all_text


async def test_already_contacted_is_reserved_as_accepting_is(stage: Stage) -> None:
    done, card = await stage.refer("maya")
    answer = await stage.person("tomas").click(card, "referral.more", f"{ALREADY}:{done.offer_id}")
    assert "reserved for <@U0MAYA>" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_already_contacted_out_of_network_asks_and_remembers_what_was_said(stage: Stage) -> None:
    done, card = await stage.refer(insurer="cigna")
    maya = stage.person("maya")
    answer = await maya.click(card, "referral.more", f"{ALREADY}:{done.offer_id}")
    assert answer.view is not None and "networks" in str(answer.view["blocks"])
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    sent = await maya.submit()
    assert sent.ok and sent.closed
    assert (await stage.referral(done.referral_id)).status is Status.CONTACTED


async def test_the_plan_is_ticked_in_the_message_and_the_message_shows_it(stage: Stage) -> None:
    done, _ = await taken(stage)
    dm, maya = await told(stage, done), stage.person("maya")
    assert ticked(dm) == []
    answer = await maya.click(dm, PLAN, ["cost"])
    assert answer.ok and answer.ephemerals == []
    assert await done_of_plan(stage, done) == ["cost"]
    assert ticked(stage.box.message(dm.ts)) == ["cost"]
    await maya.click(stage.box.message(dm.ts), PLAN, ["cost", "consultation"])
    await maya.click(stage.box.message(dm.ts), PLAN, ["consultation"])
    assert await done_of_plan(stage, done) == ["consultation"] == ticked(stage.box.message(dm.ts))
    assert "Plan 1 of 4." in (await stage.redraw(done.offer_id)).text
    assert (stage.box.message(dm.ts).metadata or {})["event_type"] == "referral_notice", "it can be found again"
    assert len(stage.box.dm("maya").messages) == 1, "changed, not sent again"


async def test_a_message_that_shows_an_old_state_overwrites_nothing(stage: Stage) -> None:
    done, _ = await taken(stage)
    dm, maya = await told(stage, done), stage.person("maya")
    old = dm.snapshot()
    await maya.click(dm, PLAN, ["cost", "consultation"])
    await maya.click(old, PLAN, ["payment"])
    assert await done_of_plan(stage, done) == ["consultation", "cost", "payment"] == ticked(stage.box.message(dm.ts))


async def test_two_ticks_at_once_are_both_kept_and_both_shown(stage: Stage) -> None:
    done, _ = await taken(stage)
    dm, maya = await told(stage, done), stage.person("maya")
    old = dm.snapshot()
    await asyncio.gather(*(maya.click(old, PLAN, [item]) for item in ("cost", "consultation", "payment", "scheduling")))
    assert await done_of_plan(stage, done) == ["consultation", "scheduling", "cost", "payment"]
    assert ticked(stage.box.message(dm.ts)) == await done_of_plan(stage, done)


async def test_a_tick_counts_even_when_slack_does_not_take_the_update(stage: Stage) -> None:
    done, _ = await taken(stage)
    dm = await told(stage, done)
    stage.box.fault("internal_error", "chat.update", times=0)
    assert (await stage.person("maya").click(dm, PLAN, ["cost"])).ok
    assert await done_of_plan(stage, done) == ["cost"]


async def test_a_tick_in_a_message_of_something_given_away_says_so(stage: Stage) -> None:
    done, card = await taken(stage)
    dm, maya = await told(stage, done), stage.person("maya")
    await maya.click(card, "referral.release")
    await maya.submit(values={"referral.reason": "schedule", "referral.wants_care": "yes"})
    await maya.close()
    answer = await maya.click(dm, PLAN, ["cost"])
    assert "offered to everyone on a new card" in answer.text
    assert await done_of_plan(stage, done) == []


async def test_no_answer_counts_and_keeps_the_day_and_the_message_follows(stage: Stage) -> None:
    done, _ = await taken(stage)
    dm, maya = await told(stage, done), stage.person("maya")
    opened = await maya.click(dm, NO_ANSWER)
    assert opened.view is not None and (await stage.referral(done.referral_id)).tries == 0
    day = stage.desk.clock.now().date() + timedelta(days=10)
    sent = await maya.submit(values={"referral.next_try": day.isoformat()})
    assert sent.ok and sent.closed
    referral = await stage.referral(done.referral_id)
    assert (referral.tries, referral.next_try, referral.status) == (1, day, Status.ACCEPTED)
    words = f"1 try without an answer, next on {day:%A, %B} {day.day}."
    assert words in (await stage.redraw(done.offer_id)).text
    assert words in stage.box.message(dm.ts).all_text


async def test_no_answer_without_a_day_from_the_card(stage: Stage) -> None:
    done, card = await taken(stage)
    maya = stage.person("maya")
    await maya.click(card, NO_ANSWER)
    assert (await maya.submit(values={})).closed
    opened = await maya.click(await stage.redraw(done.offer_id), NO_ANSWER)
    assert opened.view is not None and "1 try without an answer" in str(opened.view["blocks"])
    assert (await maya.submit(values={})).closed
    assert (await stage.referral(done.referral_id)).tries == 2
    assert stage.box.dm("maya").messages == [], "there was no message to bring up to date"


async def test_a_form_sent_twice_counts_once(stage: Stage) -> None:
    done, card = await taken(stage)
    maya = stage.person("maya")
    view = (await maya.click(card, NO_ANSWER)).view
    await asyncio.gather(*(maya.submit(view) for _ in range(2)), return_exceptions=True)
    assert (await stage.referral(done.referral_id)).tries == 1


@pytest.mark.parametrize(("days", "words"), [(-3, "That day is over"), (61 + 2, "too far off")])
async def test_a_day_that_will_not_do_is_said_beside_the_field(stage: Stage, days: int, words: str) -> None:
    done, card = await taken(stage)
    maya = stage.person("maya")
    await maya.click(card, NO_ANSWER)
    day = stage.desk.clock.now().date() + timedelta(days=days)
    sent = await maya.submit(values={"referral.next_try": day.isoformat()})
    assert not sent.closed and words in str(sent.errors) and "leave it empty" in str(sent.errors)
    assert (await stage.referral(done.referral_id)).tries == 0


async def test_only_who_has_it_gets_the_form(stage: Stage) -> None:
    done, card = await taken(stage)
    answer = await stage.person("tomas").click(card, NO_ANSWER)
    assert answer.view is None and "Only the provider who accepted" in answer.text
    assert (await stage.person("robin").click(card, NO_ANSWER)).view is not None
    assert ("no_answer", "not_theirs") in await stage.history(done.referral_id)


async def test_a_form_of_something_reached_meanwhile_says_so_and_counts_nothing(stage: Stage) -> None:
    done, card = await taken(stage)
    maya = stage.person("maya")
    await maya.click(card, NO_ANSWER)
    await stage.person("robin").click(card, "referral.contacted")
    sent = await maya.submit(values={})
    assert sent.ok and "contacted the client" in str(sent.view)
    assert (await stage.referral(done.referral_id)).tries == 0


async def test_contacted_in_the_message_brings_it_up_to_date(stage: Stage) -> None:
    done, _ = await taken(stage)
    dm, maya = await told(stage, done), stage.person("maya")
    await maya.click(dm, "referral.contacted")
    now = stage.box.message(dm.ts)
    assert "counts as contacted" in now.all_text and "referral.contacted" not in now.action_ids
    await maya.click(now, "referral.scheduled")
    assert "first session is scheduled" in stage.box.message(dm.ts).all_text


async def test_a_coordinators_message_is_left_as_it_is(stage: Stage) -> None:
    """What stands there is not the acceptor's, so a click on it must not turn it into theirs."""
    done, card = await taken(stage)
    await told(stage, done)
    shown = card.snapshot()
    robin = await stage.dm("robin", {"text": "An alert", "blocks": shown.blocks})
    before = robin.all_text
    await stage.person("robin").click(robin, "referral.contacted")
    assert stage.box.message(robin.ts).all_text == before


async def test_a_form_that_comes_too_late_keeps_what_was_chosen(stage: Stage) -> None:
    """Nothing of it is taken; whoever filled it in sees both what they chose and what has happened."""
    done, card = await taken(stage)
    maya = stage.person("maya")
    await maya.click(card, "referral.release")
    await stage.person("robin").click(card, "referral.close")
    assert (await stage.person("robin").submit(values={"referral.reason": "withdrawn"})).ok
    before = await stage.history(done.referral_id)
    choice = {"referral.reason": "schedule", "referral.wants_care": "yes"}
    for _ in range(2):
        sent = await maya.submit(values=choice)
        assert sent.ok and sent.view is not None
        chosen = [b["element"]["initial_option"]["value"] for b in sent.view["blocks"] if b["type"] == "input"]
        assert chosen == ["schedule", "yes"]
        told = [b["text"]["text"] for b in sent.view["blocks"] if b["type"] == "section" and "was closed" in str(b)]
        assert len(told) == 1, "said once, however often it is sent"
    assert await stage.history(done.referral_id) == before
