"""Faults on demand: which one strikes next. Where a fault strikes is decided by the part that asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Kinds that answer with a Slack error and leave the state alone.
ERROR_KINDS = {
    "internal_error": "internal_error",
    "fatal_error": "fatal_error",
    "channel_archived": "is_archived",
    "bot_removed": "not_in_channel",
    "token_revoked": "token_revoked",
    "account_inactive": "account_inactive",
    "invalid_auth": "invalid_auth",
    "message_not_found": "message_not_found",
}
API_KINDS = frozenset({*ERROR_KINDS, "drop", "http_500", "http_502", "slow", "rate_limited"})
#: With `_after` the call has its effect first and then the answer is lost, spoilt or late.
AFTER_KINDS = frozenset(f"{k}_after" for k in ("drop", "http_500", "http_502", "internal_error", "fatal_error", "slow"))
DELIVERY_KINDS = frozenset({"event_lost", "event_twice", "interaction_twice"})
SMTP_KINDS = frozenset({"smtp_4xx", "smtp_5xx", "smtp_drop", "smtp_4xx_rcpt", "smtp_5xx_rcpt", "smtp_slow_after"})
SMS_KINDS = frozenset(
    {"twilio_500", "twilio_500_after", "twilio_drop", "twilio_20429", "twilio_20003", "twilio_21610"}
    | {"twilio_21211", "twilio_21614", "twilio_slow", "twilio_slow_after"}
)
#: What becomes of a text that was taken: lost on its way, with Twilio's error code at the end.
SMS_FATES = frozenset(f"sms_undelivered_{code}" for code in ("30003", "30005", "30006", "30007", "21610"))
SOCKET_KINDS = frozenset({"socket_drop", "socket_warning", "socket_refresh", "socket_link_disabled"})
KINDS = API_KINDS | AFTER_KINDS | DELIVERY_KINDS | SMTP_KINDS | SMS_KINDS | SMS_FATES | SOCKET_KINDS
#: Other names for the same thing.
ALIASES = {"drop_before": "drop", "smtp_drop_after": "smtp_drop", "twilio_drop_after": "twilio_drop"}


@dataclass(slots=True)
class Fault:
    """`times` 0 strikes until cleared; `method` None strikes every method; `seconds` for slow and rate_limited."""

    kind: str
    method: str | None = None
    times: int = 1
    seconds: float | None = None
    struck: int = 0
    skip: int = 0

    @property
    def spent(self) -> bool:
        return self.times > 0 and self.struck >= self.times

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "method": self.method,
            "times": self.times,
            "seconds": self.seconds,
            "struck": self.struck,
            "left": max(0, self.times - self.struck),
        }


@dataclass(slots=True)
class Faults:
    active: list[Fault] = field(default_factory=list)

    def add(
        self,
        kind: str,
        method: str | None = None,
        times: int = 1,
        seconds: float | None = None,
        skip: int = 0,
    ) -> Fault:
        """Arm a fault; `skip` lets that many calls pass first. ValueError for a kind nobody knows."""
        kind = ALIASES.get(kind, kind)
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(sorted(KINDS))}")
        fault = Fault(kind, method, times, seconds, skip=skip)
        self.active.append(fault)
        return fault

    def strike(self, kinds: frozenset[str], method: str | None = None) -> Fault | None:
        """The first armed fault of these kinds for this method; it counts as struck."""
        for fault in self.active:
            if fault.kind not in kinds or fault.method not in (None, method):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.struck += 1
            if fault.spent:
                self.active.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self.active.clear()
