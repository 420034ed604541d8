"""Texts in a desk at work: STOP counts at once, fates come back, a number that fails is known, forgeries are not."""

import pytest
from sqlmodel import select

from store.tables import Delivery

from .at_work import COORDINATOR, Running

pytestmark = pytest.mark.anyio

MAYAS_MOBILE = "+12025550140"


async def text_of(desk: Running, referral_id: str) -> Delivery:
    return await desk.read(
        select(Delivery).where(Delivery.referral_id == referral_id, Delivery.template == "provider_offer_sms")
    )


async def told_to(desk: Running, code: str, receipt: str) -> Delivery:
    referral = await desk.referral(code)

    async def there() -> bool:
        return (await text_of(desk, referral.id)).receipt == receipt

    await desk.until(there)
    return await text_of(desk, referral.id)


def calls(desk: Running) -> list[object]:
    return [entry for entry in desk.slack.traffic if entry.medium == "sms"]


async def test_a_texts_fate_comes_back_and_only_moves_on(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    await told_to(desk, done.code, "delivered")
    (text,) = desk.slack.sms.to(MAYAS_MOBILE)
    assert text.callback_trouble == "" and text.history == ["queued", "sent", "delivered"]
    assert await desk.slack.sms.report(text, "sent") == 204
    assert await desk.slack.sms.report(text, "undelivered", error_code="30006") == 204
    assert (await text_of(desk, done.referral_id)).receipt == "delivered"
    assert (await desk.provider("maya")).sms_trouble is None and not desk.slack.dm(COORDINATOR).messages


async def test_stop_counts_at_once_and_start_brings_them_back(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.submit(preferred="maya")
    await desk.quiet()
    assert await desk.slack.sms.answer(MAYAS_MOBILE, "Stop.") == 200
    maya = await desk.provider("maya")
    assert maya.sms_opted_out
    stopped = await desk.submit(preferred="maya")
    await desk.quiet()
    assert len(calls(desk)) == 1, "Twilio is not even asked"
    assert len(desk.mail("maya", stopped.code)) == 1, "the mail still comes"
    assert not desk.slack.dm(COORDINATOR).messages, "it is her wish, and nobody's task"
    robin = desk.person(COORDINATOR)
    await robin.open_home()
    assert robin.home is not None and "answered STOP: Maya" in str(robin.home["blocks"])

    assert await desk.slack.sms.answer(MAYAS_MOBILE, "start") == 200
    again = await desk.submit(preferred="maya")
    await desk.quiet()
    await told_to(desk, again.code, "delivered")
    assert [event for event, _ in await desk.history(maya.id) if event.startswith("sms")] == ["sms_stop", "sms_start"]


async def test_another_answer_changes_nothing(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.submit(preferred="maya")
    await desk.quiet()
    before = await desk.history((await desk.provider("maya")).id)
    for words in ("HELP", "Who is this?", "ok, I will look"):
        assert await desk.slack.sms.answer(MAYAS_MOBILE, words) == 200
    assert await desk.slack.sms.answer("+12025550177", "STOP") == 200, "a number that is nobody's"
    assert not any(text.callback_trouble for text in desk.slack.sms.messages)
    assert await desk.history((await desk.provider("maya")).id) == before


async def test_a_forged_webhook_is_refused_and_changes_nothing(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    row = await told_to(desk, done.code, "delivered")
    (text,) = desk.slack.sms.to(MAYAS_MOBILE)
    for signature in ("", "forged"):
        assert await desk.slack.sms.answer(MAYAS_MOBILE, "HELP STOP", signature=signature) == 403
        assert await desk.slack.sms.report(text, "failed", signature=signature, error_code="30006") == 403
    assert text.callback_trouble == "11200: HTTP 403"
    maya = await desk.provider("maya")
    assert not maya.sms_opted_out and maya.sms_trouble is None
    assert (await text_of(desk, done.referral_id)).receipt == row.receipt


async def test_a_number_that_takes_no_texts_is_known_until_it_is_another(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("sms_undelivered_30006")
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    await told_to(desk, done.code, "undelivered")
    await desk.quiet()
    assert (await desk.provider("maya")).sms_trouble == "30006"
    (alert,) = [dm.all_text for dm in desk.slack.dm(COORDINATOR).messages]
    assert "Text messages do not reach Maya" in alert and "another number" not in alert
    assert "555" not in alert and done.code not in alert
    robin = desk.person(COORDINATOR)
    await robin.open_home()
    assert robin.home is not None and "do not reach Maya" in str(robin.home["blocks"])

    silent = await desk.submit(preferred="maya")
    await desk.quiet()
    assert len(calls(desk)) == 1 and len(desk.mail("maya", silent.code)) == 1
    await desk.hire("name,email,mobile,states", "Maya Okonkwo-Reyes,maya@junipergrove.example.org,202-555-0199,NY;NJ")
    assert (await desk.provider("maya")).sms_trouble is None
    again = await desk.submit(preferred="maya")
    await desk.quiet()
    await told_to(desk, again.code, "delivered")
    assert len(desk.slack.sms.to("+12025550199")) == 1
    await robin.open_home()
    assert robin.home is not None and "do not reach Maya" not in str(robin.home["blocks"])


async def test_a_phone_that_is_off_is_tried_with_the_next_offer(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("sms_undelivered_30003")
    done = await desk.submit(preferred="maya")
    await desk.quiet()
    await told_to(desk, done.code, "undelivered")
    assert (await desk.provider("maya")).sms_trouble == "30003"
    again = await desk.submit(preferred="maya")
    await desk.quiet()
    await told_to(desk, again.code, "delivered")
    assert (await desk.provider("maya")).sms_trouble is None


async def test_somebody_without_a_licence_asks_and_a_coordinator_allows_it(socket_desk: Running) -> None:
    """From the card over a direct message to the acceptor's plan; and nobody's name is told to Slack."""
    desk = socket_desk
    done = await desk.submit(state="TX")
    card = await desk.card(done.code)
    refusal = await desk.person("maya").click(card, "referral.accept")
    assert (await desk.person("maya").click(refusal.ephemerals[-1], "referral.ask_licence")).ok
    await desk.quiet()
    asked = [dm for dm in desk.told(COORDINATOR, done.code) if "has no licence for Texas" in dm.all_text]
    assert len(asked) == 1 and "<@U0MAYA> would take" in asked[0].all_text
    answer = await desk.choose(COORDINATOR, asked[0], "referral.allow_licence", "referral.reason", "compact")
    assert answer.ok, answer
    await desk.card(done.code, "Accepted")
    await desk.quiet()
    maya = await desk.provider("maya")
    assert (await desk.referral(done.code)).accepted_by == maya.id
    assert len(desk.told("maya", done.code)) == 1 and "is yours" in desk.told("maya", done.code)[0].all_text
    robin = desk.person(COORDINATOR)
    await robin.open_home()
    assert robin.home is not None and "without a licence" not in str(robin.home["blocks"])
