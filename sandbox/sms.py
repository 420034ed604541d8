"""A stand-in for Twilio's message API: accepts, refuses with Twilio's codes, reports back, and takes answers.

Sources: https://www.twilio.com/docs/messaging/api/message-resource and /docs/api/errors.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox import faults
from sandbox.sms_webhook import may_be_called, told
from sandbox.traffic import Entry

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_E164 = re.compile(r"\+[1-9]\d{7,14}")
_STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
_START = {"start", "yes", "unstop"}
_MESSAGES = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
}


@dataclass(slots=True)
class Sms:
    """One message; `direction` is outbound-api or inbound, `at` epoch seconds of the workspace clock."""

    sid: str
    at: float
    to: str
    sender: str
    body: str
    status: str = "queued"
    direction: str = "outbound-api"
    callback: str = ""
    error_code: str = ""
    callback_trouble: str = ""
    history: list[str] = field(default_factory=list)


class SmsRefused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class SmsDesk:
    """All messages. `landlines` answer 21614, `opted_out` 21610; STOP and START change the latter."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.messages: list[Sms] = []
        self.landlines: set[str] = set()
        self.opted_out: set[str] = set()
        self.account_status = "active"

    def to(self, number: str) -> list[Sms]:
        return [message for message in self.messages if message.to == number]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """POST …/Accounts/{sid}/Messages.json"""
        box = self.sandbox
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        fault = box.faults.strike(faults.SMS_KINDS)
        kind = fault.kind if fault else ""
        status, body = 201, {}
        if kind == "twilio_slow" and fault:
            await asyncio.sleep(fault.seconds or 5.0)
        try:
            if kind == "twilio_500":
                status, body = 500, {"code": 20500, "message": "Internal Server Error", "status": 500}
            elif kind.removeprefix("twilio_").isdigit():
                raise SmsRefused(int(kind.removeprefix("twilio_")))
            else:
                self._authorise(request)
                body = self._json(self._accept(form))
        except SmsRefused as refused:
            status, message = _MESSAGES[refused.code]
            more = f"https://www.twilio.com/docs/errors/{refused.code}"
            body = {"code": refused.code, "message": message, "more_info": more, "status": status}
        note = {**body, "error": f"{body.get('code')}"} if status >= 400 else body
        box.traffic.add(Entry(box.workspace.clock.now(), "sms", f"sms to {form.get('To', '')}", form, note, status))
        box.changes.mark()
        if kind == "twilio_drop" and request.transport:
            request.transport.abort()
        if kind == "twilio_slow_after" and fault:
            await asyncio.sleep(fault.seconds or 5.0)
        if kind == "twilio_500_after":
            return web.json_response({"code": 20500, "message": "Internal Server Error"}, status=500)
        return web.json_response(body, status=status)

    async def account(self, request: web.Request) -> web.StreamResponse:
        """GET …/Accounts/{sid}.json (https://www.twilio.com/docs/iam/api/account): nothing but that it is there."""
        sid = request.match_info["sid"]
        try:
            self._authorise(request)
        except SmsRefused as refused:
            status, message = _MESSAGES[refused.code]
            return web.json_response({"code": refused.code, "message": message, "status": status}, status=status)
        uri = f"/2010-04-01/Accounts/{sid}.json"
        return web.json_response({"sid": sid, "status": self.account_status, "type": "Full", "uri": uri})

    def _authorise(self, request: web.Request) -> None:
        config = self.sandbox.config
        kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded).decode() if kind.lower() == "basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        if given != f"{config.twilio_sid}:{config.twilio_token}":
            raise SmsRefused(20003)
        if request.match_info["sid"] != config.twilio_sid:
            raise SmsRefused(20404)

    def _accept(self, form: dict[str, str]) -> Sms:
        to, body = form.get("To", ""), form.get("Body", "")
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        for wrong, code in (
            (not to, 21604),
            (not sender, 21603),
            (not body, 21602),
            (len(body) > 1600, 21617),
            (not _E164.fullmatch(to), 21211),
            (not may_be_called(form.get("StatusCallback", "")), 21609),
            (to in self.landlines, 21614),
            (to in self.opted_out, 21610),
        ):
            if wrong:
                raise SmsRefused(code)
        message = Sms(
            f"SM{secrets.token_hex(16)}", self.sandbox.workspace.clock.now(), to, sender, body,
            callback=form.get("StatusCallback", ""),
        )  # fmt: skip
        self.messages.append(message)
        self.sandbox.background(self._progress(message))
        return message

    async def _progress(self, message: Sms) -> None:
        box = self.sandbox
        fate = box.faults.strike(faults.SMS_FATES)
        for status in box.config.sms_status_steps:
            if fate and status == "delivered":
                await self.report(message, "undelivered", error_code=fate.kind.removeprefix("sms_undelivered_"))
            else:
                await self.report(message, status)

    async def report(self, message: Sms, status: str, signature: str | None = None, error_code: str = "") -> int | None:
        """Move a message on and tell StatusCallback; the HTTP status, or None when nobody was told.

        A given `signature` replaces the right one, to try a forgery.
        """
        message.status, message.error_code = status, error_code
        message.history.append(status)
        self.sandbox.changes.mark()
        if not message.callback:
            return None
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": message.to,
            "From": message.sender,
            "AccountSid": self.sandbox.config.twilio_sid,
            "ApiVersion": "2010-04-01",
        }
        if error_code:
            form["ErrorCode"] = error_code
        return await told(self.sandbox, message, message.callback, form, signature)

    async def answer(self, sender: str, body: str, to: str = "", signature: str | None = None) -> int | None:
        """Somebody answers an SMS: the HTTP status of the webhook, None when nobody was told.

        Keywords change `opted_out` as Twilio's own handling does; `to` is by default whoever wrote to them last.
        """
        to = to or next((one.sender for one in reversed(self.messages) if one.to == sender), "+15555550100")
        word = body.strip().casefold().replace(" ", "")
        opt = "STOP" if word in _STOP else "START" if word in _START else ""
        if opt:
            (self.opted_out.add if opt == "STOP" else self.opted_out.discard)(sender)
        message = Sms(
            f"SM{secrets.token_hex(16)}", self.sandbox.workspace.clock.now(), to, sender, body, "received", "inbound"
        )
        self.messages.append(message)
        self.sandbox.changes.mark()
        url = self.sandbox.config.sms_inbound_url
        form = {
            "MessageSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.sandbox.config.twilio_sid,
            "From": sender,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "ApiVersion": "2010-04-01",
        }
        if opt:
            form["OptOutType"] = opt
        return await told(self.sandbox, message, url, form, signature) if url else None

    def _json(self, message: Sms) -> dict[str, Any]:
        account = self.sandbox.config.twilio_sid
        return {
            "sid": message.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": message.body,
            "date_created": formatdate(message.at),
            "date_sent": None,
            "date_updated": formatdate(message.at),
            "direction": message.direction,
            "error_code": None,
            "error_message": None,
            "from": message.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(1 + (len(message.body) - 1) // 160),
            "price": None,
            "price_unit": "USD",
            "status": message.status,
            "subresource_uris": {},
            "to": message.to,
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{message.sid}.json",
        }
