"""Left alone: reminders at 24 hours, the auto-decline at 48, and what coordinators do then."""

from datetime import timedelta
from pathlib import Path

import pytest

from .at_work import COORDINATOR
from .running import Running, running

pytestmark = pytest.mark.anyio


async def test_a_preferred_offer_is_reminded_and_then_goes_to_everyone(desk: Running) -> None:
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    await desk.turn(24)
    (reminder,) = desk.thread(done.code)
    assert reminder.alerted == ["U0MAYA"], "an edit alerts nobody; the reply does"
    assert "24 hours" in reminder.all_text
    (mail,) = desk.mail("maya", "left to answer")
    assert f"p{card.ts.replace('.', '')}" in mail.text, "the reminder brings its own link"
    (told,) = desk.client_mail(done.code, "We have not forgotten you")
    assert "Maya Okonkwo-Reyes" in told.text and "555-0120" in told.text
    assert "555-0140" not in told.text, "the mobile is for SMS only"
    assert len(desk.slack.sms.messages) == 1, "no second SMS"
    assert not desk.told(COORDINATOR, done.code)

    await desk.turn(24)
    old, new = desk.cards(done.code)
    assert "has moved on" in old.all_text and "Open to everyone" in new.all_text
    assert len(desk.client_mail(done.code, "not available at this time")) == 1
    assert [offer.outcome for offer in await desk.offers(done.referral_id)] == ["expired", None]
    assert not desk.told(COORDINATOR, done.code), "it is not lost yet"
    assert len(desk.thread(done.code)) == 1

    await desk.turn(24)
    (reminder,) = new.replies
    assert reminder.reply_broadcast and not reminder.alerted
    assert len(desk.client_mail(done.code, "We have not forgotten you")) == 2, "24 h after each round opens"
    assert len(desk.mail("maya", "left to answer")) == 1


async def test_a_general_round_is_reminded_in_the_channel(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    await desk.card(done.code)
    await desk.turn(24)
    (reminder,) = desk.thread(done.code)
    assert reminder.reply_broadcast and reminder in desk.slack.channel("referrals").messages
    assert "still open to everyone" in reminder.all_text
    assert len(desk.client_mail(done.code, "still waiting for a provider")) == 1
    assert [mail.to for mail in desk.slack.mailbox.messages] == [[desk.clients[done.code].email]] * 2


async def test_the_reminder_of_somebody_accepted_says_so(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    await desk.turn(24)
    (mail,) = desk.client_mail(done.code, "already in touch")
    assert "Tomás Lindqvist" in mail.text
    assert len(desk.thread(done.code)) == 1, "no reminder in the channel: it is taken"


async def test_there_is_no_reminder_once_contacted(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.accepted("tomas")
    await desk.person("tomas").click(desk.cards(done.code)[-1], "referral.contacted")
    await desk.card(done.code, "Client contacted")
    before = len(desk.slack.mailbox.messages)
    await desk.turn(24)
    await desk.turn(48)
    assert len(desk.slack.mailbox.messages) == before
    assert (await desk.referral(done.code)).status == "contacted"


async def test_a_general_round_ends_with_a_final_notice_and_the_coordinators(desk: Running) -> None:
    done = await desk.submit()
    await desk.card(done.code)
    await desk.turn(24)
    await desk.turn(24)
    card = desk.cards(done.code)[-1]
    assert "Nobody took this one" in card.all_text and card.action_ids == ["referral.more"]
    (final,) = desk.client_mail(done.code, "none of our providers has been available")
    assert "202 555 0111" in final.text, "the support number"
    (alert,) = desk.told(COORDINATOR, done.code)
    assert alert.action_ids == ["referral.reopen", "referral.assign", "referral.details", "referral.close"]
    assert (await desk.referral(done.code)).answered_at is not None

    stale = alert.snapshot()
    answer = await desk.person(COORDINATOR).click(alert, "referral.reopen")
    assert answer.ok and "open again" in answer.text
    await desk.slack.until(lambda: len(desk.cards(done.code)) == 2)
    await desk.quiet()
    assert "Open to everyone" in desk.cards(done.code)[-1].all_text
    assert len(desk.client_mail(done.code, "We have received your request")) == 2, "what they were told has changed"
    assert (await desk.referral(done.code)).answered_at is None
    again = await desk.person(COORDINATOR).click(stale, "referral.reopen")
    assert "moved on" in again.text and len(await desk.offers(done.referral_id)) == 2


async def test_an_expired_one_is_assigned_to_one_provider(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    await desk.card(done.code)
    await desk.turn(48)
    (alert,) = desk.told(COORDINATOR, done.code)
    yuki = (await desk.provider("yuki")).id
    answer = await desk.choose(COORDINATOR, alert, "referral.assign", "referral.provider", yuki)
    assert answer.ok
    card = await desk.card(done.code, "reserved for you")
    assert card.alerted == ["U0YUKI"] and "referral.decline" in card.action_ids
    await desk.quiet()
    assert len(desk.mail("yuki", done.code)) == 1 and len(desk.slack.sms.to("+12025550142")) == 1
    assert len(desk.client_mail(done.code, "Yuki Tanabe")) == 1


async def test_after_three_days_without_a_worker_only_the_expiry_happens(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    await desk.turn(72)
    assert [offer.outcome for offer in await desk.offers(done.referral_id)] == ["expired", None]
    assert not desk.thread(done.code), "no reminder for what has expired"
    assert not desk.mail("maya", "left to answer")
    assert not desk.client_mail(done.code, "We have not forgotten you")
    assert len(desk.client_mail(done.code, "not available at this time")) == 1
    assert len(desk.cards(done.code)) == 2


async def test_another_persons_click_on_an_overdue_reservation_expires_it_first(tmp_path: Path, flushed: str) -> None:
    async with running(tmp_path, flushed, sweep_every=None) as desk:
        done = await desk.submit(preferred="maya")
        card = (await desk.card(done.code)).snapshot()
        desk.house.clock.offset = timedelta(hours=48)  # no sweep has noticed it
        answer = await desk.person("tomas").click(card, "referral.accept")
        assert answer.ok and not answer.ephemerals
        first, second = await desk.offers(done.referral_id)
        assert (first.outcome, second.outcome) == ("expired", "accepted")
        await desk.quiet()
        assert (await desk.referral(done.code)).accepted_by == (await desk.provider("tomas")).id
