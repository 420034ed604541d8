"""What only coordinators do to a referral, in Slack: by the card's menu, by the timeline, by its code."""

from typing import Any

from sqlmodel import select

from referrals.outcomes import Done
from sandbox.answer import Answer
from store.tables import History, Offer
from store.vocabulary import CloseReason, ProviderStatus, Status, Urgency
from tests.handlers.conftest import CANARY, Stage

MENU = "referral.more"


async def typed(stage: Stage, who: str, words: str) -> Answer:
    return await stage.person(who).command(f"/referrals {words}", "referrals")


async def pressed(stage: Stage, who: str, message: Any, action: str, done: Done) -> Answer:
    """An option of the card's menu."""
    return await stage.person(who).click(message, MENU, f"referral.{action}:{done.referral_id}")


async def offer_of(stage: Stage, referral_id: str) -> Offer:
    referral = await stage.referral(referral_id)
    found = await stage.desk.ask("p", lambda tx: tx.get(Offer, referral.offer_id))
    assert found is not None
    return found


async def recorded(stage: Stage, referral_id: str, event: str) -> History:
    def read(tx: Any) -> History:
        rows = select(History).where(History.subject_id == referral_id, History.event == event)
        return tx.session.exec(rows).one()  # type: ignore[no-any-return]

    return await stage.desk.ask("p", read)


async def two_coordinators(stage: Stage) -> None:
    def work(tx: Any) -> None:
        tx.practice().coordinators = ["U0ROBIN", "U0MAYA"]

    await stage.desk.do("p", work)


async def test_a_deadline_is_extended_above_the_timeline_which_then_shows_it(stage: Stage) -> None:
    done, message = await stage.refer("dara")
    robin = stage.person("robin")
    before = (await offer_of(stage, done.referral_id)).expires_at
    timeline = await pressed(stage, "robin", message, "timeline", done)
    assert timeline.view is not None and timeline.view["title"]["text"] == done.code
    assert "Reserved for <@U0DARA>" in str(timeline.view) and "Came in by the web form for Dara" in str(timeline.view)
    form = await robin.click(timeline.view, "referral.extend")
    assert form.view is not None and "gets an email with the new one" in str(form.view["blocks"])
    assert (await robin.submit(form.view, values={"form.extend_by": {"referral.reason": "24"}})).ok
    after = (await offer_of(stage, done.referral_id)).expires_at
    assert (after - before).total_seconds() == 24 * 3600
    assert robin.view is not None and robin.view["id"] == timeline.view["id"], "back at the timeline"
    assert "Deadline moved to" in str(robin.view) and CANARY not in str(robin.view)
    assert (await stage.deliveries()).count("client_confirmation") == 2, "the client was told the earlier one"


async def test_two_coordinators_extend_at_once_and_the_second_is_told(stage: Stage) -> None:
    await two_coordinators(stage)
    done, message = await stage.refer("dara")
    for who in ("robin", "maya"):
        assert (await pressed(stage, who, message, "extend", done)).view is not None
    first = await stage.person("robin").submit(values={"form.extend_by": {"referral.reason": "12"}})
    assert first.view is not None and "has a later deadline" in str(first.view["blocks"])
    until = (await offer_of(stage, done.referral_id)).expires_at
    late = await stage.person("maya").submit(values={"form.extend_by": {"referral.reason": "48"}})
    assert late.view is not None and "<@U0ROBIN> moved the deadline" in str(late.view["blocks"])
    assert (await offer_of(stage, done.referral_id)).expires_at == until
    assert await stage.history(done.referral_id) == [("submit", "done"), ("extend", "done")]


async def test_a_day_has_to_be_later_and_not_too_far(stage: Stage) -> None:
    done, message = await stage.refer("dara")
    form = await pressed(stage, "robin", message, "extend", done)
    before = (await offer_of(stage, done.referral_id)).expires_at
    for day in ("2020-01-01", "2099-01-01", ""):
        given: dict[str, Any] = {"form.extend_by": {"referral.reason": "day"}}
        given |= {"form.extend_day": {"referral.field": day}} if day else {}
        answer = await stage.person("robin").submit(form.view, values=given)
        assert not answer.ok and "form.extend_day" in answer.errors, day
    assert (await offer_of(stage, done.referral_id)).expires_at == before


async def test_accepting_for_somebody_asks_for_what_the_roster_does_not_show(stage: Stage) -> None:
    done, message = await stage.refer(state="CA", insurer="cigna")
    await stage.change("dara", status=ProviderStatus.PAUSED)
    timeline = await pressed(stage, "robin", message, "timeline", done)
    robin = stage.person("robin")
    form = await robin.click(timeline.view, "referral.act_for")
    assert form.view is not None and "Dara (no licence there, paused, out of network)" in str(form.view["blocks"])
    asked = await robin.submit(values={"referral.provider": "dara", "form.act_what": {"referral.reason": "takes"}})
    assert asked.view is not None and asked.view["callback_id"] == "referral.grounds"
    assert "California" in str(asked.view) and "paused" in str(asked.view)
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    grounds = {"form.grounds": {"referral.reason": "compact"}, "form.network": {"referral.reason": "other"}}
    assert (await robin.submit(values=grounds)).ok
    referral = await stage.referral(done.referral_id)
    assert (referral.status, referral.accepted_by) == (Status.ACCEPTED, "dara")
    row = await recorded(stage, done.referral_id, "accept")
    assert (row.actor, row.on_behalf_of) == ("slack:U0ROBIN", "dara")
    assert (row.data["override"], row.data["network"]) == ("compact", "other")
    assert "interstate compact" in str(robin.view) and ", for <@U0DARA>" in str(robin.view)


async def test_passing_for_somebody_leaves_it_open_and_nobody_wins_twice(stage: Stage) -> None:
    await two_coordinators(stage)
    done, message = await stage.refer()
    for who in ("robin", "maya"):
        timeline = await pressed(stage, who, message, "timeline", done)
        await stage.person(who).click(timeline.view, "referral.act_for")
    passes = {"referral.provider": "tomas", "form.act_what": {"referral.reason": "passes"}}
    assert (await stage.person("robin").submit(values=passes)).ok
    assert (await recorded(stage, done.referral_id, "pass")).on_behalf_of == "tomas"
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    takes = {"referral.provider": "dara", "form.act_what": {"referral.reason": "takes"}}
    assert (await stage.person("maya").submit(values=takes)).ok
    timeline = await pressed(stage, "robin", message, "timeline", done)
    late = await stage.person("robin").click(timeline.view, "referral.contacted")
    assert late.ok and (await stage.referral(done.referral_id)).status is Status.CONTACTED
    assert (await recorded(stage, done.referral_id, "contacted")).on_behalf_of == "dara"


async def test_urgent_alerts_the_coordinators_and_the_channel_says_nothing(stage: Stage) -> None:
    await two_coordinators(stage)
    done, message = await stage.refer("dara")
    card = message.all_text
    robin = stage.person("robin")
    timeline = await pressed(stage, "robin", message, "timeline", done)
    marked = await robin.click(timeline.view, "referral.urgent")
    assert marked.ok and "the coordinators have been told" in str(robin.view) and "No longer urgent" in str(robin.view)
    assert (await stage.referral(done.referral_id)).urgency is Urgency.URGENT
    assert (await stage.deliveries()).count("coordinator_urgent") == 2
    redrawn = await stage.redraw(done.offer_id)
    assert redrawn.all_text == card and "rgent" not in card
    other = await pressed(stage, "maya", message, "timeline", done)
    assert (await stage.person("maya").click(other.view, "referral.not_urgent")).ok
    again = await robin.click(robin.view, "referral.not_urgent")
    assert again.ok and "is not urgent any more: <@U0MAYA> took the mark off" in str(robin.view)
    assert [one.settled_at is None for one in await stage.items() if one.kind == "urgent"] == [False]


async def test_a_hold_has_a_reason_and_is_lifted_after_a_question(stage: Stage) -> None:
    done, message = await stage.refer("dara")
    robin = stage.person("robin")
    timeline = await pressed(stage, "robin", message, "timeline", done)
    await robin.click(timeline.view, "referral.hold")
    assert not (await robin.submit(values={})).ok
    assert (await robin.submit(values={"referral.reason": "complaint"})).ok
    assert (await stage.referral(done.referral_id)).legal_hold and "On legal hold" in str(robin.view)
    assert (await recorded(stage, done.referral_id, "hold")).data["reason"] == "complaint"
    await robin.click(robin.view, "referral.lift_hold")
    assert (await stage.referral(done.referral_id)).legal_hold, "nothing before it is confirmed"
    assert (await robin.submit(values={})).ok
    assert not (await stage.referral(done.referral_id)).legal_hold


async def test_withdrawing_takes_one_press_and_a_confirmation(stage: Stage) -> None:
    done, message = await stage.refer("dara")
    timeline = await pressed(stage, "robin", message, "timeline", done)
    robin = stage.person("robin")
    await robin.click(timeline.view, "referral.withdraw")
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert (await robin.submit(values={})).ok
    assert (await stage.referral(done.referral_id)).close_reason is CloseReason.WITHDRAWN
    assert "Closed: the client withdrew" in str(robin.view) and "referral.withdraw" not in str(robin.view)


async def test_show_opens_the_same_by_the_code_however_it_is_written(stage: Stage) -> None:
    done, _ = await stage.refer("dara")
    robin = stage.person("robin")
    for written in (done.code, done.code.lower(), done.code.removeprefix("R-"), done.code.replace("-", "")):
        answer = await typed(stage, "robin", f"show {written}")
        assert "What has happened" in str(answer.ephemerals[-1].blocks), written
    shown = answer.ephemerals[-1]
    assert CANARY not in shown.all_text
    marked = await robin.click(shown, "referral.urgent")
    assert marked.ok and "the coordinators have been told" in robin.ephemerals[-1].all_text
    letters = done.code.removeprefix("R-")
    swapped = "R-" + ("3" if letters[0] != "3" else "4") + letters[1:]
    wrong = await typed(stage, "robin", f"show {swapped}")
    assert f"Did you mean `{done.code}`" in wrong.text and "There is no referral" in wrong.text
    nothing = await typed(stage, "robin", f"show {CANARY}")
    assert "such as `/referrals show R-7K3QM`" in nothing.text and CANARY not in nothing.text
    refused = await typed(stage, "tomas", f"show {done.code}")
    assert "Only a coordinator" in refused.text and "What has happened" not in str(refused.ephemerals)
    assert ("refuse", "not_coordinator") in await stage.history("p")


async def test_a_long_story_is_paged(stage: Stage) -> None:
    done, message = await stage.refer("dara")

    def often(tx: Any) -> None:
        from referrals.acting.urgency import mark_urgent
        from tests.desk import CORA

        for number in range(30):
            mark_urgent(tx, CORA, done.referral_id, number % 2 == 0)

    await stage.desk.do("p", often)
    robin = stage.person("robin")
    timeline = await pressed(stage, "robin", message, "timeline", done)
    assert timeline.view is not None and "Came in by the web form" not in str(timeline.view)
    while "referral.timeline_page" in str(robin.view) and "Show earlier" in str(robin.view):
        before = str(robin.view)
        assert (await robin.click(robin.view, "referral.timeline_page")).ok
        assert str(robin.view) != before
    assert "Came in by the web form" in str(robin.view) and "Show later" in str(robin.view)
