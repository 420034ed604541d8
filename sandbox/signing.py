"""Slack's v0 request signature and Twilio's callback signature, as the sender makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping


def slack_headers(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """Source: https://docs.slack.dev/authentication/verifying-requests-from-slack. Real clock, whole seconds."""
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def twilio_signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Source: https://www.twilio.com/docs/usage/security (the URL and the sorted form, HMAC-SHA1)."""
    text = url + "".join(f"{key}{form[key]}" for key in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
