"""Rows 23 to 25 of the fault table: the mail server and the SMS service fail, and names that would be headers.

Row 25's forged or late callback: the desk hands Twilio no callback address yet, so there is none to forge.
"""

from email import message_from_bytes

import pytest

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


@pytest.mark.parametrize("kind", ["twilio_500", "twilio_500_after", "twilio_drop"])
async def test_25_twilio_500_or_a_connection_that_drops(house: House, kind: str) -> None:
    """It may have gone out: never sent again, and a coordinator hears of it."""
    before = len(_calls(house))
    house.slack.fault(kind)
    done = await house.submit(preferred="maya")
    await house.quiet()
    await house.quiet()
    assert len(_calls(house)) == before + 1
    assert await house.notices(done.referral_id, "unknown") == {"provider_offer_sms": 1}
    (alert,) = house.told("robin", done.code)
    assert "text message" in alert.all_text
    assert (await house.person("maya").click(house.cards(done.code)[-1], "referral.accept")).ok


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


def _calls(house: House) -> list[object]:
    return [entry for entry in house.slack.traffic if entry.medium == "sms"]
