"""Twilio's webhooks to the app, signed, and as strict about what they are answered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree

import aiohttp

from sandbox.signing import twilio_signature

if TYPE_CHECKING:
    from sandbox.server import Sandbox
    from sandbox.sms import Sms


def may_be_called(url: str) -> bool:
    """None at all, or a web address. Twilio refuses this machine's own, too, which here is all there is."""
    parts = urlsplit(url)
    return not url or (parts.scheme in ("http", "https") and bool(parts.hostname))


async def told(box: Sandbox, message: Sms, url: str, form: dict[str, str], signature: str | None) -> int | None:
    """Tells the app; an answer that Twilio would count as an error stays on the message and in the page's log."""
    right = twilio_signature(box.config.twilio_token, url, form)
    headers = {"X-Twilio-Signature": right if signature is None else signature}
    limit = aiohttp.ClientTimeout(total=15)
    began, status = time.monotonic(), None
    try:
        async with box.delivery.session.post(url, data=form, headers=headers, timeout=limit) as response:
            status, trouble = response.status, _wrong_answer(response, await response.text(errors="replace"))
    except (aiohttp.ClientError, TimeoutError):
        trouble = "11205: HTTP connection failure"
    message.callback_trouble = trouble
    what = f"sms {form.get('MessageStatus') or 'answer'} told"
    box.traffic.note(box.workspace.clock.now(), what, not trouble, (time.monotonic() - began) * 1000, trouble)
    box.changes.mark()
    return status


def _wrong_answer(response: aiohttp.ClientResponse, body: str) -> str:
    """Empty for one that Twilio takes: 2xx, with nothing or TwiML in it (https://www.twilio.com/docs/api/errors/12100)."""
    if not 200 <= response.status < 300:
        return f"11200: HTTP {response.status}"
    if not body.strip():
        return ""
    if response.content_type not in ("text/xml", "application/xml"):
        return "12300: invalid Content-Type"
    try:
        return "" if ElementTree.fromstring(body).tag == "Response" else "12200: no TwiML"
    except ElementTree.ParseError:
        return "12100: document parse failure"
