"""Accept, decline, not for me: stories of clicks in the channel."""

import asyncio

import pytest
from sqlmodel import select

from referrals.outcomes import Done
from referrals.tx import Tx
from store.tables import History
from store.vocabulary import CloseReason, ProviderStatus, Status
from tests.handlers.conftest import Stage


async def test_accepting_needs_one_click_and_no_answer_but_the_card(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    answer = await stage.person("maya").click(message, "referral.accept")
    assert answer.ok and answer.ephemerals == [] and answer.view is None
    referral = await stage.referral(done.referral_id)
    assert (referral.status, referral.accepted_by) == (Status.ACCEPTED, "maya")
    drawn = await stage.redraw(done.offer_id)
    assert "Accepted" in drawn.all_text and "Contacted" in drawn.all_text
    assert {"acceptor_dm", "acceptor_mail", "thread_accepted"} <= set(await stage.deliveries())


async def test_the_second_click_is_told_who_and_when_and_changes_nothing(stage: Stage) -> None:
    done, message = await stage.refer()
    await stage.person("maya").click(message, "referral.accept")
    before = await stage.history(done.referral_id), sorted(await stage.deliveries())
    late = await stage.person("tomas").click(message, "referral.accept")
    assert late.ok and "<@U0MAYA> accepted" in late.text and "<!date^" in late.text
    again = await stage.person("maya").click(message, "referral.accept")
    assert "You accepted" in again.text
    assert (await stage.history(done.referral_id), sorted(await stage.deliveries())) == before
    assert stage.person("dara").ephemerals == []


async def test_two_clicks_at_once_have_one_winner(stage: Stage) -> None:
    done, message = await stage.refer()
    answers = await asyncio.gather(
        *(stage.person(name).click(message, "referral.accept") for name in ("maya", "tomas", "dara"))
    )
    assert sorted(len(answer.ephemerals) for answer in answers) == [0, 1, 1]
    assert [event for event, _ in await stage.history(done.referral_id)].count("accept") == 1


async def test_a_reserved_referral_answers_anyone_else_privately_until_when(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    for action in ("referral.accept", "referral.decline"):
        answer = await stage.person("tomas").click(message, action)
        assert answer.ok and "reserved for <@U0MAYA> until <!date^" in answer.text and answer.view is None
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert stage.person("maya").ephemerals == []
    results = [result for _, result in await stage.history(done.referral_id)]
    assert results.count("reserved") == 2


async def test_declining_asks_for_a_reason_and_gives_it_to_everyone(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    maya = stage.person("maya")
    answer = await maya.click(message, "referral.decline")
    assert answer.view is not None and answer.view["private_metadata"] == done.offer_id
    assert (await stage.referral(done.referral_id)).status is Status.PENDING  # nothing yet: only asked
    sent = await maya.submit(values={"referral.reason": "schedule"})
    assert sent.ok and sent.closed
    referral = await stage.referral(done.referral_id)
    assert referral.status is Status.PENDING and referral.offer_id != done.offer_id
    assert "client_declined" in await stage.deliveries()
    assert len((await stage.redraw(done.offer_id)).blocks or []) == 1


async def test_a_decline_without_a_reason_stays_open(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    await stage.person("maya").click(message, "referral.decline")
    sent = await stage.person("maya").submit(values={})
    assert not sent.ok and not sent.closed
    assert (await stage.referral(done.referral_id)).offer_id == done.offer_id


async def test_a_form_sent_too_late_says_what_has_happened_since(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    maya = stage.person("maya")
    await maya.click(message, "referral.decline")
    await stage.later(49)
    await stage.expire(done.offer_id)
    before = await stage.history(done.referral_id)
    sent = await maya.submit(values={"referral.reason": "schedule"})
    assert sent.ok and sent.view is not None and "has moved on" in str(sent.view["blocks"])
    assert await stage.history(done.referral_id) == before


async def test_a_stale_button_on_an_old_card_answers_with_the_new_round(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    await stage.later(49)
    await stage.expire(done.offer_id)
    for name, action in (("maya", "referral.accept"), ("maya", "referral.decline"), ("tomas", "referral.accept")):
        answer = await stage.person(name).click(message, action)
        assert "offered to everyone on a new card" in answer.text and answer.view is None
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_not_for_me_is_noted_and_may_be_taken_back(stage: Stage) -> None:
    done, message = await stage.refer()
    answer = await stage.person("maya").click(message, "referral.pass")
    assert "not for you" in answer.text and "may still accept" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert not [name for name in await stage.deliveries() if name == "client_declined"]
    await stage.person("maya").click(message, "referral.accept")
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_accepting_out_of_network_asks_first(stage: Stage) -> None:
    done, message = await stage.refer(insurer="cigna")
    maya = stage.person("maya")
    answer = await maya.click(message, "referral.accept")
    assert answer.view is not None and "networks" in str(answer.view["blocks"])
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    sent = await maya.submit()
    assert sent.ok and sent.closed
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_what_arose_while_the_question_stood_there_is_asked_before_it_counts(stage: Stage) -> None:
    done, message = await stage.refer(insurer="cigna")
    maya = stage.person("maya")
    asked = await maya.click(message, "referral.accept")
    assert asked.view is not None and "paused" not in str(asked.view["blocks"])
    await stage.change("maya", status=ProviderStatus.PAUSED)
    before = await stage.history(done.referral_id)
    again = await maya.submit(asked.view)
    assert again.ok and again.view is not None and again.view["callback_id"] == "referral.confirm"
    assert "paused" in str(again.view["blocks"]) and "networks" in str(again.view["blocks"])
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert await stage.history(done.referral_id) == before
    sent = await maya.submit(again.view)
    assert sent.ok and (await stage.referral(done.referral_id)).accepted_by == "maya"
    assert await confirmed(stage, done) == ["paused", "out_of_network"]


async def test_a_question_that_is_no_more_is_not_recorded_as_answered(stage: Stage) -> None:
    done, message = await stage.refer(insurer="cigna")
    maya = stage.person("maya")
    await stage.change("maya", status=ProviderStatus.PAUSED)
    await maya.click(message, "referral.accept")
    await stage.change("maya", status=ProviderStatus.ACTIVE)
    assert (await maya.submit()).closed
    assert await confirmed(stage, done) == ["out_of_network"]


async def confirmed(stage: Stage, done: Done) -> list[str]:
    """What history says was answered with yes."""

    def read(tx: Tx) -> list[str]:
        found = select(History).where(History.subject_id == done.referral_id, History.event == "accept")
        return list(tx.session.exec(found).one().data["confirmed"])

    return await stage.desk.ask("p", read)


async def test_closing_the_question_accepts_nothing(stage: Stage) -> None:
    done, message = await stage.refer(insurer="cigna")
    maya = stage.person("maya")
    await maya.click(message, "referral.accept")
    await maya.close()
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_a_coordinator_accepts_for_the_preferred_provider_after_confirming(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    answer = await stage.person("robin").click(message, "referral.accept")
    assert answer.view is not None and "for <@U0MAYA>" in str(answer.view["blocks"])
    await stage.person("robin").submit()
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_without_a_licence_where_the_client_is_it_is_refused_with_whom_to_ask(stage: Stage) -> None:
    done, message = await stage.refer(state="CA")
    answer = await stage.person("maya").click(message, "referral.accept")
    assert "no current licence" in answer.text and "<@U0ROBIN>" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_contacted_and_scheduled_from_the_card(stage: Stage) -> None:
    done, message = await stage.refer()
    maya = stage.person("maya")
    await maya.click(message, "referral.accept")
    message = await stage.redraw(done.offer_id)
    refused = await stage.person("tomas").click(message, "referral.contacted")
    assert "Only the provider who accepted" in refused.text
    assert (await maya.click(message, "referral.contacted")).ephemerals == []
    assert (await stage.referral(done.referral_id)).status is Status.CONTACTED
    message = await stage.redraw(done.offer_id)
    await maya.click(message, "referral.scheduled")
    assert (await stage.referral(done.referral_id)).status is Status.SCHEDULED


async def test_releasing_asks_why_and_opens_a_round_without_them(stage: Stage) -> None:
    done, message = await stage.refer()
    maya = stage.person("maya")
    await maya.click(message, "referral.accept")
    message = await stage.redraw(done.offer_id)
    other = await stage.person("tomas").click(message, "referral.release")
    assert other.view is None and "Only the provider who accepted" in other.text
    await maya.click(message, "referral.release")
    sent = await maya.submit(values={"referral.reason": "not_my_specialty", "referral.wants_care": "yes"})
    assert sent.ok and "is open again" in str(sent.view)
    referral = await stage.referral(done.referral_id)
    assert referral.status is Status.PENDING and referral.accepted_by is None
    fresh = await stage.post(referral.offer_id)
    assert "gave this referral back" in (await maya.click(fresh, "referral.accept")).text


async def test_a_client_who_wants_no_care_any_more_closes_it(stage: Stage) -> None:
    done, message = await stage.refer()
    maya = stage.person("maya")
    await maya.click(message, "referral.accept")
    await maya.click(await stage.redraw(done.offer_id), "referral.release")
    unsaid = await maya.submit(values={"referral.reason": "other"})
    assert not unsaid.closed and (await stage.referral(done.referral_id)).status is Status.ACCEPTED
    await maya.submit(values={"referral.reason": "other", "referral.wants_care": "no"})
    referral = await stage.referral(done.referral_id)
    assert (referral.status, referral.close_reason) == (Status.CLOSED, CloseReason.NO_LONGER_NEEDED)


@pytest.mark.parametrize("action", ["referral.contacted", "referral.release"])
async def test_a_stale_button_of_a_holder_who_is_none_any_more(stage: Stage, action: str) -> None:
    done, message = await stage.refer()
    maya = stage.person("maya")
    await maya.click(message, "referral.accept")
    drawn = (await stage.redraw(done.offer_id)).snapshot()
    await maya.click(drawn, "referral.release")
    await maya.submit(values={"referral.reason": "schedule", "referral.wants_care": "yes"})
    await maya.close()
    answer = await maya.click(drawn, action)
    assert answer.ok and answer.view is None and "offered to everyone on a new card" in answer.text
