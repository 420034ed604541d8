"""Wraps a rendered mail: headers that nothing can be smuggled into, two text parts, nothing to fetch. No I/O."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from jobs.errors import DeliveryError, FailureKind

from . import phrasing
from .rendering import Rendered

_ENCODED_WORD = re.compile(r"=\?[^?]*\?[^?]*\?[^?]*\?=")
_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """``domain`` is in its ASCII form; ``utf8``: the local part needs a server that speaks SMTPUTF8."""

    local_part: str
    domain: str
    utf8: bool

    def named(self, name: str = "") -> Address:
        return Address(header_text(name), self.local_part, self.domain)


def build_message(rendered: Rendered, *, to: str, sender: str, delivery_id: str, domain: str) -> EmailMessage:
    """A message ready for ``Mailer.send``. Its Message-ID depends on the delivery only: a repeat is recognisable.

    ``sender`` is an address, or ``Name <address>``; the practice's name goes before that name. ``domain`` stands on
    the right of the Message-ID. Raises DeliveryError (permanent) for an address that cannot be written to.
    """
    own_name, own_address = parseaddr(header_text(sender))
    recipient, author, reply_to = _mailbox(to), _mailbox(own_address), _mailbox(rendered.reply_to)
    if recipient is None or author is None:
        raise DeliveryError("bad_sender" if recipient else "bad_recipient", FailureKind.PERMANENT)
    utf8 = any(one.utf8 for one in (recipient, author, reply_to) if one)
    message = EmailMessage(policy=SMTP.clone(utf8=utf8))
    message["From"] = author.named(rendered.from_name or own_name)
    message["To"] = recipient.named()
    if reply_to:
        message["Reply-To"] = reply_to.named()
    message["Subject"] = header_text(rendered.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{_in_id(delivery_id)}@{_in_id(domain).strip('.-') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # Exchange's word for the same: no out-of-office replies
    message.set_content(rendered.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="quoted-printable")
    return message


def header_text(text: str) -> str:
    """One line without encoded words.

    Python 3.11.7 decodes an encoded word in a header that it is given, line breaks included, and writes the result
    out as further headers: ``=?utf-8?q?=0ABcc:_…?=`` adds a recipient (PLATFORM.md, measured).
    """
    clean = phrasing.line(text, 250)
    while _ENCODED_WORD.search(clean):
        clean = _ENCODED_WORD.sub("", clean)
    while "=?" in clean:  # what is left over could become a whole one next to something else
        clean = clean.replace("=?", "")
    return " ".join(clean.split())


def _mailbox(address: str) -> _Mailbox | None:
    """None for what is no single address. Whether anybody is there is the mail server's to say."""
    from email_validator import EmailNotValidError, validate_email  # a slow import, for whoever mails only

    try:
        found = validate_email(header_text(address), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return None
    return _Mailbox(found.local_part, found.ascii_domain, not found.local_part.isascii())


def _in_id(text: str) -> str:
    return _UNSAFE_IN_ID.sub("-", text)
