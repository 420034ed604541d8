"""Real SMTP with aiosmtplib: kept whole, refused and dropped on demand."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib
import pytest

from sandbox import Sandbox

pytestmark = pytest.mark.anyio


def mail(to: str = "maya@junipergrove.example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Referral desk <desk@junipergrove.example.org>"
    message["To"] = to
    message["Subject"] = "Your request — Инна"
    message["Message-ID"] = "<d-1@junipergrove.example.org>"
    message.set_content("Plain words\n")
    message.add_alternative("<p>Rich words</p>", subtype="html")
    return message


async def send(box: Sandbox, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname="127.0.0.1", port=box.mailbox.port, start_tls=False)


async def test_kept_whole(box: Sandbox) -> None:
    await send(box, mail())
    [kept] = box.mailbox.to("MAYA@junipergrove.example.org")
    assert kept.subject == "Your request — Инна"
    assert (kept.text, kept.html) == ("Plain words\n", "<p>Rich words</p>\n")
    assert kept.mail_from == "desk@junipergrove.example.org"
    assert kept.headers["Message-ID"] == "<d-1@junipergrove.example.org>"
    assert b"Plain words" in kept.raw
    assert box.traffic.search("plain words", medium="email")
    assert not box.mailbox.to("someone@example.org")


@pytest.mark.parametrize(
    ("kind", "code"), [("smtp_4xx", 451), ("smtp_5xx", 554), ("smtp_4xx_rcpt", 450), ("smtp_5xx_rcpt", 550)]
)
async def test_refused(box: Sandbox, kind: str, code: int) -> None:
    box.fault(kind)
    with pytest.raises((aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused)) as caught:
        await send(box, mail())
    error = caught.value
    got = error.recipients[0].code if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error.code
    assert got == code
    assert not box.mailbox.messages
    await send(box, mail())
    assert len(box.mailbox.messages) == 1


async def test_dropped_after_data_was_kept(box: Sandbox) -> None:
    box.fault("smtp_drop")
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(box, mail())
    assert len(box.mailbox.messages) == 1


async def test_login_is_possible(box: Sandbox) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=box.mailbox.port, start_tls=False) as smtp:
        await smtp.login("user", "password")
        await smtp.send_message(mail())
    assert len(box.mailbox.messages) == 1
