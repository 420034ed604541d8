"""Rows 23 to 25 of the fault table: the mail server and the SMS service fail, and names that would be headers."""

from email import message_from_bytes

import pytest
from sqlmodel import select

from store.tables import Attention, Delivery
from store.vocabulary import AttentionKind

from .accounts import delivery_id
from .house import LIMIT, PATIENCE, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

MAYAS_MOBILE, NOORS_MOBILE = "+12025550140", "+12025550146"


# 23


async def test_23_smtp_4xx_5xx_and_a_drop_after_data(house: House) -> None:
    """Refused for now: it comes. Refused for good: a person phones. In the dark: once more with the same Message-ID."""
    house.slack.fault("smtp_4xx", times=2)
    house.slack.fault("smtp_4xx_rcpt")
    now = await house.submit()
    await house.quiet()
    assert len(house.client_mail(now.code)) == 1 and not house.told("robin", now.code)

    house.slack.fault("smtp_5xx")
    never = await house.submit()
    await house.quiet()
    await house.quiet()  # what the coordinators are told
    assert not house.client_mail(never.code)
    (task,) = house.told("robin", never.code)
    assert "Please phone the client" in task.all_text

    house.slack.fault("smtp_drop")
    dark = await house.submit()
    await house.quiet()
    mails = house.client_mail(dark.code)
    assert len(mails) == 2 and len({mail.headers["Message-ID"] for mail in mails}) == 1
    house.resent.add(delivery_id(mails[0].headers["Message-ID"]))
    assert not house.told("robin", dark.code)
    for one in (now, never, dark):
        assert (await house.person("maya").click(house.cards(one.code)[-1], "referral.accept")).ok


async def test_23_the_connection_to_the_mail_server_cut_and_refused(house: House) -> None:
    """At the level of the socket: the server is away, then it is back."""
    await house.wires["smtp"].refuse()
    done = await house.submit()

    async def tried() -> bool:
        return any(row.trouble == "smtp_unreachable" for row in await house.deliveries(done.referral_id))

    await house.until(tried)
    await house.wires["smtp"].mend()
    await house.quiet()
    assert len(house.client_mail(done.code)) == 1 and not house.told("robin", done.code)
    assert (await house.person("maya").click(house.cards(done.code)[-1], "referral.accept")).ok


# 24


@pytest.mark.parametrize(
    "name",
    [
        "Ana\r\nBcc: spy@example.com\r\n",
        "=?utf-8?q?=0ABcc:_spy@example.com?= Ana",
        "=?utf-8?b?CkJjYzogc3B5QGV4YW1wbGUuY29t?=",
    ],
)
async def test_24_crlf_or_encoded_word_in_a_name(house: House, name: str) -> None:
    """In what a client is called, and in the practice's own name, which stands in a subject."""
    practice = house.house.practice.name
    await house.change_practice(name=f"Juniper {name.strip()}")
    try:
        done = await house.submit(preferred_name=name)
        await house.slack.until(lambda: house.client_mail(done.code), PATIENCE)
        await house.quiet()
    finally:
        await house.change_practice(name=practice)
    for mail in house.client_mail(done.code):
        parsed = message_from_bytes(mail.raw)
        assert parsed["Bcc"] is None and mail.to == [house.clients[done.code].email]
        assert not any(header.lower() == "bcc" for header in parsed)
        assert parsed.get_all("Subject") is not None and len(parsed.get_all("Subject") or []) == 1
        assert "=?" not in mail.subject and "\n" not in mail.subject
    assert not house.mail("spy@example.com")
    assert (await house.person("maya").click(await house.card(done.code), "referral.accept")).ok


# 25


async def test_25_twilio_500(house: House) -> None:
    """It may have gone out: never sent again, and a coordinator hears of it."""
    before = len(_calls(house))
    house.slack.fault("twilio_500")
    done = await house.submit(preferred="maya")
    await house.quiet()
    await house.quiet()
    assert len(_calls(house)) == before + 1
    assert await house.notices(done.referral_id, "unknown") == {"provider_offer_sms": 1}
    (alert,) = house.told("robin", done.code)
    assert "text message" in alert.all_text
    assert (await house.person("maya").click(house.cards(done.code)[-1], "referral.accept")).ok


@pytest.mark.parametrize("kind", ["twilio_500_after", "twilio_drop"])
async def test_25_an_answer_of_twilios_that_is_lost(house: House, kind: str) -> None:
    """The text did go out, and its callback says so: never sent again, and nobody has a task left."""
    before, texts = len(_calls(house)), len(house.slack.sms.to(MAYAS_MOBILE))
    house.slack.fault(kind)
    done = await house.submit(preferred="maya")
    await house.quiet()
    text = await _reported(house, done.referral_id, "delivered")
    await house.quiet()
    assert (text.state, len(_calls(house)), len(house.slack.sms.to(MAYAS_MOBILE))) == ("sent", before + 1, texts + 1)
    assert all(one.settled_at for one in await _items(house, done.referral_id))
    assert (await house.person("maya").click(house.cards(done.code)[-1], "referral.accept")).ok


async def test_25_a_callback_that_is_forged_or_late(house: House) -> None:
    """403, and nothing changes; a status never goes back."""
    done = await house.submit(preferred="maya")
    await house.quiet()
    await _reported(house, done.referral_id, "delivered")
    text = house.slack.sms.to(MAYAS_MOBILE)[-1]
    for signature in ("", "forged"):
        assert await house.slack.sms.report(text, "undelivered", signature, "30006") == 403
        assert await house.slack.sms.answer(MAYAS_MOBILE, "STOP", signature=signature) == 403
    for status in ("queued", "sent", "undelivered"):
        assert await house.slack.sms.report(text, status, error_code="30006") == 204
    assert (await _text(house, done.referral_id)).receipt == "delivered"
    maya = await house.provider("maya")
    assert not maya.sms_opted_out and maya.sms_trouble is None
    house.slack.sms.opted_out.discard(MAYAS_MOBILE)  # the stand-in took the forged word for an answer
    assert (await house.person("maya").click(house.cards(done.code)[-1], "referral.accept")).ok


async def test_25_stop_and_start_by_text(house: House) -> None:
    before = len(_calls(house))
    assert await house.slack.sms.answer(MAYAS_MOBILE, "Stop") == 200
    assert (await house.provider("maya")).sms_opted_out
    silent = await house.submit(preferred="maya")
    await house.quiet()
    assert len(_calls(house)) == before and len(house.mail("maya", silent.code)) == 1
    assert await house.slack.sms.answer(MAYAS_MOBILE, "Start") == 200
    again = await house.submit(preferred="maya")
    await house.quiet()
    await _reported(house, again.referral_id, "delivered")
    assert len(_calls(house)) == before + 1
    for one in (silent, again):
        assert (await house.person("maya").click(house.cards(one.code)[-1], "referral.accept")).ok


async def test_25_twilio_too_many_requests(house: House) -> None:
    before = len(_calls(house))
    house.slack.fault("twilio_20429", times=2)
    done = await house.submit(preferred="maya")
    await house.quiet()
    assert len(_calls(house)) == before + 3
    assert (await house.notices(done.referral_id))["provider_offer_sms"] == 1
    assert not house.told("robin", done.code)
    assert (await house.person("maya").click(house.cards(done.code)[-1], "referral.accept")).ok


async def test_25_opted_out(house: House) -> None:
    """They answered STOP: suppressed, remembered, not asked again, and nobody is bothered."""
    before, texts = len(_calls(house)), len(house.slack.sms.to(NOORS_MOBILE))
    house.slack.sms.opted_out.add(NOORS_MOBILE)
    done = await house.submit(preferred="noor")
    await house.quiet()
    assert await house.notices(done.referral_id, "suppressed") == {"provider_offer_sms": 1}
    assert (await house.provider("noor")).sms_opted_out
    again = await house.submit(preferred="noor")
    await house.quiet()
    assert "provider_offer_sms" not in {row.template for row in await house.deliveries(again.referral_id)}
    assert len(_calls(house)) == before + 1 and len(house.slack.sms.to(NOORS_MOBILE)) == texts
    assert len(house.mail("noor", done.code)) == 1, "the mail still comes"
    assert not house.told("robin", done.code)
    for one in (done, again):
        assert (await house.person("noor").click(house.cards(one.code)[-1], "referral.accept")).ok


async def _text(house: House, referral_id: str) -> Delivery:
    (text,) = [row for row in await house.deliveries(referral_id) if row.template == "provider_offer_sms"]
    return text


async def _reported(house: House, referral_id: str, receipt: str) -> Delivery:
    async def there() -> bool:
        return (await _text(house, referral_id)).receipt == receipt

    await house.until(there)
    return await _text(house, referral_id)


async def _items(house: House, referral_id: str) -> list[Attention]:
    failed = Attention.kind == AttentionKind.DELIVERY_FAILED
    return await house.all(select(Attention).where(Attention.referral_id == referral_id, failed))


def _calls(house: House) -> list[object]:
    return [entry for entry in house.slack.traffic if entry.medium == "sms"]
