"""Sending to a real SMTP server that accepts, refuses, hangs, drops, restarts, or is not there."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jobs.errors import DeliveryError, FailureKind
from jobs.mail import Mailer, Rendered, build_message
from jobs.mail.smtp import parse_smtp_url

TO = "canary.client@example.org"
CANARIES = ("canary.client", "Canarybody", "s3cret")
RETRY, PERMANENT, UNKNOWN = FailureKind.RETRY, FailureKind.PERMANENT, FailureKind.UNKNOWN


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Post:
    """What the server got, and how it answers: a reply, or a deed."""

    mail: str = "250 OK"
    rcpt: str = "250 OK"
    data: str = "250 queued"
    kept: list[Envelope] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)
    talks: int = 0
    open_now: int = 0
    most_at_once: int = 0
    gate: asyncio.Event | None = None
    two_open: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.mail == "drop" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if self.mail.startswith("250"):
            envelope.mail_from, envelope.mail_options = address, options
        return self.mail

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        if self.gate:
            self.open_now += 1
            self.most_at_once = max(self.most_at_once, self.open_now)
            if self.open_now == 2:
                self.two_open.set()
            await self.gate.wait()
            self.open_now -= 1
        if self.data == "drop" and isinstance(server.transport, asyncio.Transport):
            self.kept.append(envelope)
            server.transport.abort()
            return "250 never seen"
        if self.data.startswith("250"):
            self.kept.append(envelope)
        return self.data

    def authenticate(self, _: SMTP, __: Session, ___: Envelope, ____: str, login: LoginPassword) -> AuthResult:
        self.logins.append(login)
        return AuthResult(success=login.password == b"p@ss/word", handled=False)


@asynccontextmanager
async def serving(
    post: Post,
    *,
    port: int = 0,
    utf8: bool = True,
    tls: ssl.SSLContext | None = None,
    make: Callable[[], asyncio.Protocol] | None = None,
) -> AsyncIterator[Post]:
    loop = asyncio.get_running_loop()

    def protocol() -> asyncio.Protocol:
        post.talks += 1
        return SMTP(
            post,
            enable_SMTPUTF8=utf8,
            hostname="mail.example.com",
            loop=loop,
            tls_context=tls,
            auth_require_tls=False,
            authenticator=post.authenticate,
        )

    server = await loop.create_server(make or protocol, "127.0.0.1", port)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()


def a_message(delivery_id: str = "01abc", to: str = TO) -> EmailMessage:
    mail = Rendered("Your request", "Canarybody\n.\n.. dots\n", "<p>Canarybody</p>", "Juniper Grove")
    return build_message(
        mail, to=to, sender="referrals@example.com", delivery_id=delivery_id, domain="desk.example.com"
    )


def mailer(post: Post, timeout: float = 5.0, **more: float) -> Mailer:
    return Mailer(f"smtp://127.0.0.1:{post.port}", timeout=timeout, data_timeout=more.pop("data_timeout", timeout))


async def failing(sender: Mailer, message: EmailMessage | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await sender.send(message or a_message())
    return caught.value


async def test_it_arrives_once_as_it_was_written() -> None:
    async with serving(Post()) as post:
        reference = await mailer(post).send(a_message())
    assert reference == "<01abc@desk.example.com>"
    (got,) = post.kept
    assert got.mail_from == "referrals@example.com" and got.rcpt_tos == [TO]
    assert isinstance(got.content, bytes) and b"\r\n.\r\n.. dots\r\n" in got.content
    assert b"Message-ID: <01abc@desk.example.com>" in got.content


async def test_many_at_once_but_not_too_many() -> None:
    async with serving(Post(gate=asyncio.Event())) as post:
        sender = Mailer(f"smtp://127.0.0.1:{post.port}", at_once=2)
        sending = [asyncio.create_task(sender.send(a_message(f"d{number}"))) for number in range(6)]
        await post.two_open.wait()
        assert post.gate is not None
        post.gate.set()
        assert len(set(await asyncio.gather(*sending))) == 6
    assert len(post.kept) == 6 and post.most_at_once == 2


@pytest.mark.parametrize(
    ("answers", "code", "kind"),
    [
        ({"mail": "451 4.3.0 later canary.client"}, "smtp_451", RETRY),
        ({"mail": "550 5.7.1 no"}, "smtp_550", PERMANENT),
        ({"mail": "drop"}, "smtp_unreachable", RETRY),
        ({"rcpt": "450 4.2.1 busy: canary.client@example.org"}, "smtp_450", RETRY),
        ({"rcpt": "550 5.1.1 no such user canary.client@example.org"}, "smtp_550", PERMANENT),
        ({"data": "452 4.3.1 disk full"}, "smtp_452", RETRY),
        ({"data": "554 5.7.1 refused: Canarybody"}, "smtp_554", PERMANENT),
        ({"data": "drop"}, "smtp_dropped_after_data", UNKNOWN),
    ],
)
async def test_each_failure_is_told_for_what_it_is(
    answers: dict[str, str], code: str, kind: FailureKind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="aiosmtplib")
    caplog.set_level(logging.DEBUG, logger="jobs")
    async with serving(Post(**answers)) as post:
        error = await failing(mailer(post))
    assert (error.code, error.kind) == (code, kind)
    assert post.talks == 1, "nothing may be tried again here: that is the outbox's to decide"
    assert error.__cause__ is None and error.__context__ is None, "the library's error quotes addresses"
    logged = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail.log"))
    for canary in CANARIES:
        assert canary not in repr(error) and canary not in logged


async def test_a_server_that_never_answers_the_text_leaves_it_unknown() -> None:
    async with serving(Post(gate=asyncio.Event())) as post:
        error = await failing(mailer(post, data_timeout=0.2))
        assert (error.code, error.kind) == ("smtp_timeout_after_data", UNKNOWN)


async def test_a_server_that_never_greets_is_tried_again() -> None:
    async with serving(Post(), make=asyncio.Protocol) as post:
        error = await failing(mailer(post, timeout=0.2))
    assert (error.code, error.kind) == ("smtp_timeout", RETRY)


class _Busy(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"554 5.3.2 no service for canary.client\r\n")
        transport.close()


async def test_a_server_that_turns_everyone_away_has_judged_no_message() -> None:
    async with serving(Post(), make=_Busy) as post:
        error = await failing(mailer(post))
    assert error.kind is RETRY


async def test_nobody_there() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        error = await failing(Mailer(f"smtp://127.0.0.1:{held.getsockname()[1]}", timeout=2))
    assert (error.code, error.kind) == ("smtp_unreachable", RETRY)


async def test_it_outlives_a_restart_of_the_server() -> None:
    post = Post()
    async with serving(post):
        sender = mailer(post)
        await sender.send(a_message("d1"))
    assert (await failing(sender)).kind is RETRY
    async with serving(post, port=post.port):
        await sender.send(a_message("d2"))
    assert len(post.kept) == 2


async def test_the_password_is_unescaped_and_given() -> None:
    async with serving(Post()) as post:
        await Mailer(f"smtp://desk%40example.com:p%40ss%2Fword@127.0.0.1:{post.port}").send(a_message())
    assert post.logins == [LoginPassword(b"desk@example.com", b"p@ss/word")]


async def test_a_wrong_password_is_for_someone_to_mend_not_the_messages_fault() -> None:
    async with serving(Post()) as post:
        error = await failing(Mailer(f"smtp://desk:s3cret@127.0.0.1:{post.port}"))
    assert (error.code, error.kind) == ("smtp_535", RETRY)
    assert not post.kept and "s3cret" not in repr(error)


async def test_no_text_goes_out_in_the_clear_when_tls_was_asked_for() -> None:
    async with serving(Post()) as post:
        error = await failing(Mailer(f"smtp+starttls://127.0.0.1:{post.port}", timeout=2))
        assert error.kind is RETRY and not post.kept
        error = await failing(Mailer(f"smtps://127.0.0.1:{post.port}", timeout=2))
        assert error.kind is RETRY and not post.kept


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For 127.0.0.1, with its key, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.com")])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path / "mail.pem"
    path.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()) + built.public_bytes(pem))
    return path


async def test_starttls_to_a_server_whose_certificate_is_trusted_only(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with serving(Post(), tls=context) as post:
        sender = Mailer(f"smtp+starttls://desk:p%40ss%2Fword@127.0.0.1:{post.port}", timeout=5)
        error = await failing(sender)
        assert error.kind is RETRY and not post.kept and not post.logins
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        await sender.send(a_message())
    assert len(post.kept) == 1 and len(post.logins) == 1


async def test_an_international_mailbox_needs_a_server_that_takes_it() -> None:
    message = a_message(to="jürgen@bücher.example.com")
    async with serving(Post()) as post:
        await mailer(post).send(message)
    assert post.kept[0].rcpt_tos == ["jürgen@xn--bcher-kva.example.com"]
    assert "SMTPUTF8" in post.kept[0].mail_options
    async with serving(Post(), utf8=False) as post:
        error = await failing(mailer(post), message)
    assert (error.code, error.kind) == ("smtp_no_smtputf8", PERMANENT) and not post.kept


async def test_an_ordinary_mail_asks_for_nothing_special() -> None:
    async with serving(Post(), utf8=False) as post:
        await mailer(post).send(a_message(to="wren@bücher.example.com"))
    assert "SMTPUTF8" not in post.kept[0].mail_options


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, "none")),
        ("smtp://mail.example.com:1025", ("mail.example.com", 1025, "none")),
        ("smtps://u:p@mail.example.com", ("mail.example.com", 465, "tls")),
        ("smtp+starttls://u:p@mail.example.com", ("mail.example.com", 587, "starttls")),
        ("smtp://u:p@[::1]:25", ("::1", 25, "none")),
    ],
)
def test_where_smtp_url_points(url: str, expected: tuple[str, int, str]) -> None:
    server = parse_smtp_url(url)
    assert (server.host, server.port, server.security) == expected
    assert "'p'" not in repr(server)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "must start with"),
        ("http://mail.example.com", "must start with"),
        ("smtp://", "names no host"),
        ("smtps://mail.example.com:port", "port"),
        ("smtps://mail.example.com:99999", "port"),
        ("smtp://u:s3cret@mail.example.com", "in the clear"),
    ],
)
def test_a_wrong_smtp_url_is_refused_in_words(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        Mailer(url)
    assert "s3cret" not in str(caught.value)
