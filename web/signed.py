"""Requests that Slack signs: checked before anything is parsed, and nothing of a bad one is logged."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = logging.getLogger(__name__)

#: Takes what the body says, parsed: a JSON object, or the fields of a form.
Handle = Callable[[dict[str, Any]], Awaitable[Response]]

#: A view with everything in it is 250 kB (PLATFORM.md); form encoding can triple that.
MAX_BYTES = 1_000_000


class Refusal(Exception):
    """``status`` is the HTTP status; there is deliberately nothing else to tell."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def signed_route(path: str, signing_secret: str, handle: Handle) -> Route:
    """A POST route that hands ``handle`` the content once the signature, which covers the body alone, holds."""
    verifier = SignatureVerifier(signing_secret)

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            _check_signature(verifier, request, body)
            content = _content(request, body)
        except Refusal as refusal:
            log.warning("request_refused", extra={"path": path, "reason": refusal.reason})
            return PlainTextResponse(refusal.reason, refusal.status)
        return await handle(content)

    return Route(path, endpoint, methods=["POST"])


async def _body(request: Request) -> bytes:
    """Stops reading at the limit, whatever the sender says about the length."""
    received = bytearray()
    try:
        async for chunk in request.stream():
            received += chunk
            if len(received) > MAX_BYTES:
                raise Refusal(413, "too large")
    except ClientDisconnect as error:
        raise Refusal(400, "incomplete") from error
    return bytes(received)


def _check_signature(verifier: SignatureVerifier, request: Request, body: bytes) -> None:
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    # slack_sdk raises on a timestamp that is no number and on a signature that is not ASCII.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12 and signature.isascii()):
        raise Refusal(401, "not signed")
    try:
        valid = verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError as error:
        raise Refusal(400, "not UTF-8") from error
    if not valid:
        raise Refusal(401, "not signed")


def _content(request: Request, body: bytes) -> dict[str, Any]:
    """A JSON object, or a form whose ``payload``, if it has one, is a JSON object."""
    try:
        text = body.decode()
        if request.headers.get("content-type", "").startswith("application/json"):
            content: Any = json.loads(text)
        else:
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
            content = json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "malformed") from error
    if not isinstance(content, dict) or not content:
        raise Refusal(400, "malformed")
    return content
