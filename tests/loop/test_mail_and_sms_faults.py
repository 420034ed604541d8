"""The mail server and the SMS service fail: retried, sent once more, never again, or handed to a person."""

import pytest
from sqlmodel import select

from store.tables import Attention
from store.vocabulary import AttentionKind

from .at_work import COORDINATOR, Running

pytestmark = pytest.mark.anyio

MAYAS_MOBILE = "+12025550140"


async def test_a_mail_refused_for_now_is_tried_again(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("smtp_4xx", times=2)
    desk.slack.fault("smtp_4xx_rcpt")
    done = await desk.submit()
    await desk.quiet()
    assert desk.slack.mailbox.refused == 3
    assert len(desk.client_mail(done.code)) == 1
    assert not desk.told(COORDINATOR, done.code)


@pytest.mark.parametrize("kind", ["smtp_5xx", "smtp_5xx_rcpt"])
async def test_a_client_mail_refused_for_good_becomes_a_phone_task(socket_desk: Running, kind: str) -> None:
    desk = socket_desk
    desk.slack.fault(kind)
    done = await desk.submit()
    await desk.quiet()
    await desk.quiet()
    assert not desk.client_mail(done.code)
    (task,) = desk.told(COORDINATOR, done.code)
    assert "Please phone the client" in task.all_text and "we have their request" in task.all_text
    assert desk.clients[done.code].email not in task.all_text
    assert len(desk.mail("robin", done.code)) == 1
    assert (await desk.notices(done.referral_id, "failed")) == {"client_confirmation": 1}
    await desk.turn(1)
    assert desk.slack.mailbox.refused == 1, "a 5xx is final"


async def test_an_offer_mail_refused_for_good_alerts_the_coordinators(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("smtp_5xx", times=0)  # all of them
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    await desk.quiet()
    said = [dm.all_text for dm in desk.told(COORDINATOR, done.code)]
    assert len(said) == 2
    assert any("could not be delivered" in text and "the offer by email" in text for text in said)
    assert "reserved for you" in desk.cards(done.code)[-1].all_text, "the card is there all the same"


async def test_a_mail_that_ends_in_the_dark_is_sent_once_more_with_the_same_id(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("smtp_drop")
    done = await desk.submit()
    await desk.quiet()
    first, second = desk.client_mail(done.code)
    assert first.headers["Message-ID"] == second.headers["Message-ID"]
    assert await desk.notices(done.referral_id) == {"client_confirmation": 1}
    assert not desk.told(COORDINATOR, done.code)


async def test_a_mail_that_ends_in_the_dark_twice_is_a_persons_task(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("smtp_drop", times=2)
    done = await desk.submit()
    await desk.quiet()
    await desk.quiet()
    assert len({mail.headers["Message-ID"] for mail in desk.client_mail(done.code)}) == 1
    assert len(desk.client_mail(done.code)) == 2
    (task,) = desk.told(COORDINATOR, done.code)
    assert "Please phone the client" in task.all_text


async def test_a_mail_refused_for_now_and_then_lost_in_the_dark_is_still_sent_once_more(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("smtp_4xx")
    desk.slack.fault("smtp_drop")
    done = await desk.submit()
    await desk.quiet()
    assert len(desk.client_mail(done.code)) == 2
    assert not desk.told(COORDINATOR, done.code)


async def test_an_sms_that_may_have_gone_out_is_never_sent_again(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("twilio_500")
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    await desk.turn(1)
    await desk.turn(12)
    assert len(_sms_calls(desk)) == 1
    assert (await desk.notices(done.referral_id, "unknown")) == {"provider_offer_sms": 1}
    (alert,) = desk.told(COORDINATOR, done.code)
    assert "the offer by text message" in alert.all_text


@pytest.mark.parametrize("kind", ["twilio_500_after", "twilio_drop"])
async def test_an_sms_that_did_go_out_is_told_so_by_its_callback(socket_desk: Running, kind: str) -> None:
    """Its answer was lost, not the text: the desk learns of it by its own address, and nobody has a task left."""
    desk = socket_desk
    desk.slack.fault(kind)
    done = await desk.submit(preferred="maya")
    await desk.quiet()

    async def known() -> bool:
        (text,) = [row for row in await desk.deliveries(done.referral_id) if row.template == "provider_offer_sms"]
        return (text.state, text.receipt) == ("sent", "delivered")

    await desk.until(known)
    await desk.turn(12)
    assert len(_sms_calls(desk)) == 1 and len(desk.slack.sms.to(MAYAS_MOBILE)) == 1
    items = await desk.all(select(Attention).where(Attention.kind == AttentionKind.DELIVERY_FAILED))
    assert all(item.settled_at for item in items)


async def test_an_sms_refused_for_now_is_tried_again(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("twilio_20429", times=2)
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    assert len(desk.slack.sms.to(MAYAS_MOBILE)) == 1 and len(_sms_calls(desk)) == 3
    assert not desk.told(COORDINATOR, done.code)


@pytest.mark.parametrize("kind", ["twilio_21211", "twilio_21614"])
async def test_an_sms_to_what_is_no_mobile_is_not_repeated(socket_desk: Running, kind: str) -> None:
    desk = socket_desk
    desk.slack.fault(kind)
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    assert len(_sms_calls(desk)) == 1 and not desk.slack.sms.messages
    assert len(desk.told(COORDINATOR, done.code)) == 1
    again = await desk.submit(preferred="maya")
    await desk.quiet()
    assert len(_sms_calls(desk)) == 1, "the number is known to take none"
    said = [dm.all_text for dm in desk.slack.dm(COORDINATOR).messages]
    assert len([text for text in said if "do not reach Maya" in text]) == 1
    assert len(desk.mail("maya", again.code)) == 1 and not desk.told(COORDINATOR, again.code)


async def test_whoever_has_opted_out_gets_no_sms_and_nobody_is_bothered(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.sms.opted_out.add(MAYAS_MOBILE)  # Twilio knows; we have not been told
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    assert (await desk.notices(done.referral_id, "suppressed")) == {"provider_offer_sms": 1}
    assert (await desk.provider("maya")).sms_opted_out
    again = await desk.submit(preferred="maya")
    await desk.quiet()
    assert "provider_offer_sms" not in await desk.notices(again.referral_id, "suppressed")
    assert len(_sms_calls(desk)) == 1, "not even asked a second time"
    assert not desk.slack.sms.to(MAYAS_MOBILE) and not desk.told(COORDINATOR, done.code)
    assert len(desk.mail("maya", done.code)) == 1, "the mail still comes"


def _sms_calls(desk: Running) -> list[object]:
    return [entry for entry in desk.slack.traffic if entry.medium == "sms"]
