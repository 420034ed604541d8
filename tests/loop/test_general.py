"""Nobody in particular is asked for: the first click wins, and whoever comes later is told who and when."""

import asyncio

import pytest

from store.vocabulary import Urgency

from .at_work import COORDINATOR
from .running import Running

pytestmark = pytest.mark.anyio


async def test_the_first_click_wins_and_the_second_is_told_who_and_when(desk: Running) -> None:
    done = await desk.submit()
    card = await desk.card(done.code, "Open to everyone")
    assert not card.alerted, "a General round tags nobody"
    stale = card.snapshot()
    first = await desk.person("tomas").click(card, "referral.accept")
    assert first.ok and not first.ephemerals and first.elapsed < 3
    second = await desk.person("yuki").click(stale, "referral.accept")
    assert second.ok and "<@U0TOMAS>" in second.text and "<!date^" in second.text
    await desk.card(done.code, "Accepted")
    await desk.quiet()
    assert (await desk.history(done.referral_id)).count(("accept", "done")) == 1
    assert not desk.told("yuki", done.code) and not desk.mail("yuki")
    assert not desk.slack.sms.messages, "an SMS is for whoever is asked for by name"


async def test_many_click_at_once_and_one_wins(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = (await desk.card(done.code)).snapshot()
    names = ["maya", "tomas", "yuki", "dara", "samir", "ines", "noor"]
    answers = await asyncio.gather(*(desk.person(name).click(card, "referral.accept") for name in names))
    assert all(answer.ok for answer in answers)
    winners = [name for name, answer in zip(names, answers, strict=True) if not answer.ephemerals]
    assert len(winners) == 1
    await desk.quiet()
    assert (await desk.history(done.referral_id)).count(("accept", "done")) == 1
    assert len(desk.thread(done.code)) == 1
    for name in names:
        assert len(desk.told(name, done.code)) == (name in winners)


async def test_a_double_click_and_a_payload_sent_twice_do_nothing_more(desk: Running) -> None:
    done = await desk.submit()
    card = await desk.card(done.code)
    desk.slack.fault("interaction_twice")
    answer = await desk.person("tomas").click(card, "referral.accept")
    assert answer.ok
    await desk.card(done.code, "Accepted")
    contacted = desk.cards(done.code)[-1].snapshot()
    both = await asyncio.gather(*(desk.person("tomas").click(contacted, "referral.contacted") for _ in range(2)))
    assert all(one.ok for one in both)
    await desk.quiet()
    recorded = await desk.history(done.referral_id)
    assert recorded.count(("accept", "done")) == 1
    assert recorded.count(("contacted", "done")) == 1
    assert len(desk.thread(done.code)) == 1 and len(desk.told("tomas", done.code)) == 1
    assert len(desk.mail("tomas", "Thank you for accepting")) == 1


async def test_when_everyone_has_passed_coordinators_hear_once_and_a_passer_may_still_accept(
    socket_desk: Running,
) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    able = ["maya", "tomas", "yuki", "dara", "samir", "ines", "noor"]  # walt: another network; ksenia: another state
    for name in able:
        answer = await desk.person(name).click(card, "referral.pass")
        assert answer.ok and "not for you" in answer.text
        assert len(desk.told(COORDINATOR, done.code)) == 0 or name == able[-1]
    await desk.quiet()
    assert len(desk.told(COORDINATOR, "Nobody is left")) == 1
    again = await desk.person("noor").click(card, "referral.pass")
    assert again.ok
    await desk.quiet()
    assert len(desk.told(COORDINATOR, done.code)) == 1, "once a round"
    assert len(desk.client_mail(done.code)) == 1, "the client hears nothing of it"
    assert "Open to everyone" in desk.cards(done.code)[-1].all_text

    answer = await desk.person("maya").click(card, "referral.accept")
    assert answer.ok and not answer.ephemerals
    assert "<@U0MAYA>" in (await desk.card(done.code, "Accepted")).all_text


async def test_where_nobody_is_licensed_coordinators_hear_at_once_and_once(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(state="AK")
    await desk.card(done.code)
    await desk.quiet()
    (alert,) = desk.told(COORDINATOR, done.code)
    assert "Nobody is left" in alert.all_text and "referral.assign" in alert.action_ids
    refused = await desk.person("maya").click(desk.cards(done.code)[0], "referral.accept")
    assert "licence" in refused.text
    assert ("accept", "no_licence") in await desk.history(done.referral_id)
    await desk.turn(1)
    assert len(desk.told(COORDINATOR, done.code)) == 1
    assert len(desk.client_mail(done.code)) == 1


async def test_an_urgent_one_is_told_to_coordinators_at_once_and_without_detail(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(urgency=Urgency.URGENT)
    await desk.card(done.code)
    await desk.quiet()
    (alert,) = desk.told(COORDINATOR, done.code)
    assert "urgent" in alert.all_text
    assert "urgent" not in desk.cards(done.code)[0].all_text.casefold()
