"""Hands one message to the mail server and says truly what became of it. Codes only: no address, no server's words.

Every message has a connection of its own: nothing to find broken after a server's restart, and no mail waits behind
another's timeout. A few at a time, because relays count connections.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from jobs.errors import DeliveryError, FailureKind

Security = Literal["none", "tls", "starttls"]
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_QUIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where SMTP_URL points."""

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None

    def __repr__(self) -> str:
        return f"Server({self.host!r}, {self.port}, {self.security!r})"


def parse_smtp_url(url: str) -> Server:
    """``smtp://``, ``smtps://`` or ``smtp+starttls://``, then ``user:password@host:port``, user and password escaped.

    Raises ValueError, in words for whoever sets SMTP_URL and without the password.
    """
    problem, port = "", None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, problem = SplitResult("", "", "", "", ""), "is not an address with a port number"
    if not problem and parts.scheme not in _SCHEMES:
        problem = f"must start with one of {', '.join(f'{scheme}://' for scheme in _SCHEMES)}"
    elif not problem and not parts.hostname:
        problem = "names no host"
    elif not problem and parts.scheme == "smtp" and parts.password and parts.hostname not in _LOOPBACK:
        problem = "would send the password in the clear: use smtps:// or smtp+starttls://"
    if problem:
        raise ValueError(problem)
    security, usual_port = _SCHEMES[parts.scheme]
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Server(parts.hostname or "", port or usual_port, security, username, password)


class Mailer:
    """``timeout`` in seconds holds for each step of the talk, ``data_timeout`` for handing over the text.

    All of it, the wait for one of the ``at_once`` turns included, ends within four times the one and once the other,
    and a moment for the goodbye: ``jobs.outbox`` leases an email for longer than that.
    """

    def __init__(self, url: str, *, timeout: float = 20.0, data_timeout: float = 60.0, at_once: int = 4) -> None:
        self._server = parse_smtp_url(url)
        self._timeout = timeout
        self._data_timeout = data_timeout
        self._turn = asyncio.Semaphore(at_once)

    async def send(self, message: EmailMessage) -> str:
        """The Message-ID, once the server has taken responsibility for the message.

        Raises DeliveryError: RETRY for 4xx and whatever fails before the text is handed over, PERMANENT for a 5xx
        about this message, UNKNOWN when the connection drops or times out while the text is handed over. A server
        that greets us with 5xx or refuses our password says nothing about the message: that is RETRY.
        """
        await self._await_turn()
        try:
            failure = await self._attempt(message)
        finally:
            self._turn.release()
        if failure:  # raised out here: the library's error, which quotes addresses, must not hang on ours
            raise failure
        return str(message["Message-ID"])

    async def _await_turn(self) -> None:
        """Raises DeliveryError when the server is too slow for us to get one: a lease is running meanwhile."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._turn.acquire()
        except TimeoutError:
            wait = timedelta(seconds=self._timeout)
            raise DeliveryError("smtp_busy", FailureKind.RETRY, retry_after=wait) from None

    async def _attempt(self, message: EmailMessage) -> DeliveryError | None:
        client = self._client(message)
        try:
            if failure := await self._prepare(client, message):
                return failure
            if failure := await self._hand_over(client, message):
                return failure
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=_QUIT_SECONDS)
            return None
        finally:
            client.close()

    def _client(self, message: EmailMessage) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            # Our own domain; asking the machine for its name can take seconds where the resolver is slow.
            local_hostname=_mailbox(message, "From").domain,
            timeout=self._timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
        )

    async def _prepare(self, client: aiosmtplib.SMTP, message: EmailMessage) -> DeliveryError | None:
        """Everything before the text: nothing has been sent yet, so only a 5xx about the message is final."""
        utf8 = bool(message.policy.utf8)  # type: ignore[attr-defined]
        encoding = "utf-8" if utf8 else "ascii"
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        try:
            async with asyncio.timeout(3 * self._timeout):
                await client.connect()
                await client.ehlo()
                if utf8 and not client.supports_extension("smtputf8"):
                    return DeliveryError("smtp_no_smtputf8", FailureKind.PERMANENT)
                await client.mail(_mailbox(message, "From").addr_spec, options=options, encoding=encoding)
                await client.rcpt(_mailbox(message, "To").addr_spec, encoding=encoding)
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused) as refused:
            return _refused(refused.code, FailureKind.RETRY)
        except aiosmtplib.SMTPResponseException as refused:
            return DeliveryError(f"smtp_{refused.code}", FailureKind.RETRY)
        except TimeoutError:
            return DeliveryError("smtp_timeout", FailureKind.RETRY)
        except (aiosmtplib.SMTPException, OSError):
            return DeliveryError("smtp_unreachable", FailureKind.RETRY)
        return None

    async def _hand_over(self, client: aiosmtplib.SMTP, message: EmailMessage) -> DeliveryError | None:
        try:
            await client.data(message.as_bytes(), timeout=self._data_timeout)
        except aiosmtplib.SMTPResponseException as refused:
            return _refused(refused.code, FailureKind.UNKNOWN)
        except TimeoutError:
            return DeliveryError("smtp_timeout_after_data", FailureKind.UNKNOWN)
        except (aiosmtplib.SMTPException, OSError):
            return DeliveryError("smtp_dropped_after_data", FailureKind.UNKNOWN)
        return None


def _refused(code: int, otherwise: FailureKind) -> DeliveryError:
    """RFC 5321 section 4.2.1: 4 means try again, 5 means do not. ``otherwise``: for an answer that is neither."""
    kind = {4: FailureKind.RETRY, 5: FailureKind.PERMANENT}.get(code // 100, otherwise)
    return DeliveryError(f"smtp_{code}", kind)


def _mailbox(message: EmailMessage, header: str) -> Address:
    found: Address = message[header].addresses[0]
    return found
