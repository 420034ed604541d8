"""The wrapping of a mail: stable ids, honest headers, and no way to smuggle one in."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from jobs.errors import DeliveryError, FailureKind
from jobs.mail import Rendered, build_message
from jobs.mail.message import header_text

TO, SENDER = "wren@example.org", "referrals@junipergrove.example.com"


def a_mail(**changes: str) -> Rendered:
    values = {"subject": "Your request", "text": "Hello — Wren\n", "html": "<p>Hello — Wren</p>", **changes}
    return Rendered(**values)


def wrapped(rendered: Rendered | None = None, *, to: str = TO, sender: str = SENDER) -> EmailMessage:
    return build_message(rendered or a_mail(), to=to, sender=sender, delivery_id="01abc", domain="desk.example.com")


def received(message: EmailMessage) -> EmailMessage:
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_headers_and_both_parts() -> None:
    mail = received(wrapped(a_mail(from_name="Juniper Grove", reply_to="support@example.com")))
    assert mail["From"] == f"Juniper Grove <{SENDER}>"
    assert mail["To"] == TO and mail["Reply-To"] == "support@example.com"
    assert mail["Message-ID"] == "<01abc@desk.example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and text.get_content().splitlines() == ["Hello — Wren"]
    assert html is not None and html.get_content().splitlines() == ["<p>Hello — Wren</p>"]
    assert mail.get_content_type() == "multipart/alternative"


def test_the_message_id_is_the_same_every_time() -> None:
    first, second = wrapped(), wrapped(a_mail(subject="Changed"), to="other@example.org")
    assert first["Message-ID"] == second["Message-ID"]


def test_the_message_id_takes_nothing_but_harmless_letters() -> None:
    message = build_message(a_mail(), to=TO, sender=SENDER, delivery_id="a>\r\nb", domain="x.example.com>")
    assert message["Message-ID"] == "<a---b@x.example.com>"


def test_without_a_support_address_nothing_asks_for_replies_elsewhere() -> None:
    assert "Reply-To" not in wrapped()


def test_the_senders_own_name_stands_in_for_the_practices() -> None:
    assert wrapped(sender=f"The Desk <{SENDER}>")["From"] == f"The Desk <{SENDER}>"


SMUGGLED = {
    "line break": "Grove\r\nBcc: evil@example.org",
    "bare line feed": "Grove\nBcc: evil@example.org",
    "folded": "Grove\r\n\tBcc: evil@example.org",
    "encoded line feed": "=?utf-8?q?=0ABcc:_evil=40example.org?=",
    "encoded in base64": "=?utf-8?b?CkJjYzogZXZpbEBleGFtcGxlLm9yZw==?=",
    "nested": "=?utf-8?q?=?utf-8?q?=0ABcc:_evil=40example.org?=?=",
    "split": "=?utf-8?q?x=?= =?utf-8?q?=0ABcc:_evil=40example.org?=",
    "left open": "=?utf-8?q?=0ABcc:_evil=40example.org",
    "unicode lines": "Grove\u2028Bcc: evil@example.org\u0085Bcc: evil@example.org",
    "quotes": 'Grove" <evil@example.org>, "x',
    "long": "Grove " * 2000,
    "nul": "Grove\x00Bcc: evil@example.org",
}


@pytest.mark.parametrize("name", SMUGGLED.values(), ids=SMUGGLED)
def test_no_header_can_be_smuggled_in(name: str) -> None:
    raw = wrapped(a_mail(subject=f"Your request to {name}", from_name=name)).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\nbcc" not in head.lower()
    mail = message_from_bytes(raw, policy=default)
    usual = "From To Subject Date Message-ID Auto-Submitted X-Auto-Response-Suppress MIME-Version Content-Type"
    assert sorted(mail.keys()) == sorted(usual.split())
    assert [one.addr_spec for one in mail["From"].addresses] == [SENDER]
    assert [one.addr_spec for one in mail["To"].addresses] == [TO]
    assert "=?" not in mail["Subject"]
    assert all(len(line) < 1000 for line in raw.splitlines())


def test_encoded_words_leave_no_trace() -> None:
    assert header_text("a =?utf-8?q?=0ABcc:_x=40example.org?= b") == "a b"
    assert header_text("=?=?utf-8?q?x?=") == ""


@pytest.mark.parametrize(
    "name", ["Søren & Töchter, LLC", 'The "Grove" (West)', "王小明 心理咨询", "A\\B; C", "=", "?="]
)
def test_names_come_through_as_they_are(name: str) -> None:
    mail = received(wrapped(a_mail(from_name=name, subject=f"Your request to {name}")))
    assert mail["From"].addresses[0].display_name == name
    assert mail["Subject"] == f"Your request to {name}"


def test_an_internationalised_domain_needs_no_special_server() -> None:
    message = wrapped(to="wren@bücher.example.com")
    assert message["To"].addresses[0].addr_spec == "wren@xn--bcher-kva.example.com"
    assert not message.policy.utf8
    assert message.as_bytes().isascii()


def test_an_internationalised_mailbox_does() -> None:
    message = wrapped(to="jürgen@bücher.example.com")
    assert message["To"].addresses[0].addr_spec == "jürgen@xn--bcher-kva.example.com"
    assert message.policy.utf8
    assert "To: jürgen@xn--bcher-kva.example.com".encode() in message.as_bytes()


@pytest.mark.parametrize(
    "address", ["", "wren", "a@b@c", "wren@example.org, evil@example.org", "wren @example.org", "@"]
)
def test_a_bad_address_is_permanent_and_is_not_quoted(address: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        wrapped(to=address)
    assert caught.value.kind is FailureKind.PERMANENT and caught.value.code == "bad_recipient"
    assert str(caught.value) == "bad_recipient"
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def test_a_bad_sender_is_told_apart() -> None:
    with pytest.raises(DeliveryError, match="bad_sender"):
        wrapped(sender="nobody")


def test_a_mistyped_support_address_stops_no_mail() -> None:
    message = wrapped(a_mail(reply_to="support at example.com"))
    assert "Reply-To" not in message and message["To"] == TO


def test_nothing_is_attached_and_nothing_is_fetched() -> None:
    mail = received(wrapped())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not list(mail.iter_attachments())
