"""A real SMTP server that keeps what it gets: raw bytes, envelope and parsed parts. Delivers to nobody."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from sandbox import faults
from sandbox.traffic import Entry

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_RCPT_KINDS = frozenset({"smtp_4xx_rcpt", "smtp_5xx_rcpt"})


@dataclass(slots=True)
class Mail:
    """One accepted mail. `at` is epoch seconds of the workspace clock; `to` are the envelope's recipients."""

    id: int
    at: float
    mail_from: str
    to: list[str]
    raw: bytes
    parsed: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.parsed.get("Subject", ""))

    @property
    def sender(self) -> str:
        return str(self.parsed.get("From", ""))

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def headers(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.parsed.items()}

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body(preferencelist=(kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


@dataclass(slots=True)
class Mailbox:
    sandbox: Sandbox
    messages: list[Mail] = field(default_factory=list)
    refused: int = 0
    _server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the mailbox is not started")
        return int(self._server.sockets[0].getsockname()[1])

    def to(self, address: str) -> list[Mail]:
        """The mails to one address, whatever its case, oldest first."""
        wanted = address.casefold()
        return [mail for mail in self.messages if wanted in (item.casefold() for item in mail.to)]

    async def start(self, host: str, port: int) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._protocol, host, port)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="sandbox.example.org",
            ident="sandbox",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=True),
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self.sandbox.faults.strike(_RCPT_KINDS)
        if fault:
            self.refused += 1
            return "450 4.2.1 Mailbox busy" if fault.kind == "smtp_4xx_rcpt" else "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self.sandbox.faults.strike(faults.SMTP_KINDS - _RCPT_KINDS)
        if fault and fault.kind not in {"smtp_drop", "smtp_slow_after"}:
            self.refused += 1
            return "451 4.3.0 Try again later" if fault.kind == "smtp_4xx" else "554 5.7.1 Refused"
        mail = self._keep(envelope)
        if fault and fault.kind == "smtp_slow_after":
            await asyncio.sleep(fault.seconds or 5.0)
        elif fault and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return f"250 2.0.0 queued as {mail.id}"

    def _keep(self, envelope: Envelope) -> Mail:
        box = self.sandbox
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        parsed: Any = BytesParser(policy=policy.default).parsebytes(raw)
        recipients = [str(item) for item in envelope.rcpt_tos]
        mail = Mail(
            len(self.messages) + 1, box.workspace.clock.now(), str(envelope.mail_from or ""), recipients, raw, parsed
        )
        self.messages.append(mail)
        sent = {"from": mail.mail_from, "to": mail.to, "headers": mail.headers, "text": mail.text, "html": mail.html}
        box.traffic.add(Entry(mail.at, "email", f"mail to {', '.join(mail.to)}", sent))
        box.changes.mark()
        return mail
