"""What has arrived outside: every call, mail and text, counted and searched for clients as it comes, then let go of."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.canaries import Leak, in_entry, in_mail
from sandbox.config import Manifest, SandboxConfig
from sandbox.limits import RateLimits
from sandbox.server import Sandbox
from sandbox.workspace import Message

from .fleet import ROOT
from .practice import people
from .process import FASTER

_LIMITS = RateLimits().faster(FASTER)
_CODE = re.compile(r"R-[0-9A-Z]{5}")


def workspace() -> Sandbox:
    """Not yet started. Rates limited as Slack's are, on the faster clock."""
    return Sandbox(
        SandboxConfig(
            manifest=Manifest.read(ROOT / "manifest.yml"),
            people=people(),
            limits=_LIMITS,
            event_retry_seconds=(0.0, 5.0, 15.0),
            home_wait_seconds=0.5,
        )
    )


@dataclass
class Outside:
    """``calls``: those that succeeded, by method; ``refused``: the others. ``mails``: how often each Message-ID."""

    box: Sandbox
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    mails: Counter[str] = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)

    def take(self) -> None:
        """What has come since the last look."""
        entries = list(self.box.traffic.entries)
        self.box.traffic.entries.clear()
        for entry in entries:
            if entry.medium == "slack" and not entry.what.startswith("answer to"):
                (self.calls if entry.ok else self.refused)[entry.what] += 1
            self.leaks += in_entry(entry)
        mails = list(self.box.mailbox.messages)
        self.box.mailbox.messages.clear()
        for mail in mails:
            self.mails[mail.headers["Message-ID"]] += 1
            self.leaks += in_mail(mail)

    def posts(self) -> list[Message]:
        """Everything that the desk has posted and that still stands somewhere, replies as well."""
        found: dict[str, Message] = {}
        for channel in self.box.workspace.channels.values():
            for message in channel.by_ts.values():
                if message.bot_id and not message.deleted:
                    found[message.ts] = message
        return list(found.values())

    def texts(self) -> Counter[str]:
        """By number."""
        return Counter(text.to for text in self.box.sms.messages if text.direction != "inbound")


def about(message: Message) -> tuple[str, str]:
    """Whether it is a card (offer_id) or a notice (delivery_id), and of which."""
    payload: dict[str, Any] = (message.metadata or {}).get("event_payload", {})
    return next(iter(payload.items()), ("", ""))


def code_of(message: Message) -> str:
    found = _CODE.search(message.all_text)
    return found[0] if found else ""
