"""Slack to app: interactions, commands and events, over Socket Mode or signed HTTP, with the 3 s limit.

Sources: docs.slack.dev/interactivity/handling-user-interaction (3 s), docs.slack.dev/apis/events-api (retries).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from sandbox import faults
from sandbox.signing import slack_headers
from sandbox.traffic import Entry

if TYPE_CHECKING:
    from sandbox.server import Sandbox


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """What the app said. `error` is Slack's: operation_timeout, dispatch_failed, http_error, …"""

    ok: bool
    status: int = 0
    body: Any = None
    elapsed: float = 0.0
    error: str | None = None
    no_retry: bool = False


class Delivery:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(auto_decompress=True)

    async def stop(self) -> None:
        if self._session:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the sandbox is not started")
        return self._session

    async def interaction(self, payload: dict[str, Any], accepts: bool = False) -> AppAnswer:
        """A click, a submission, a closed view or a request for options; `payload` as Slack shapes it."""
        if self.sandbox.faults.strike(faults.DELIVERY_KINDS - {"event_lost", "event_twice"}):
            first, _ = await asyncio.gather(
                self._send("interactive", payload, accepts), self._send("interactive", payload, accepts)
            )
            return first
        return await self._send("interactive", payload, accepts)

    async def command(self, form: dict[str, str]) -> AppAnswer:
        return await self._send("slash_commands", form, True)

    async def event(self, event: dict[str, Any]) -> AppAnswer | None:
        """The first attempt's answer, while retries go on in the background; None if not subscribed or lost."""
        box = self.sandbox
        if event["type"] not in box.config.manifest.events:
            return None
        if box.faults.strike(frozenset({"event_lost"})):
            return None
        body = self.envelope(event)
        if box.faults.strike(frozenset({"event_twice"})):
            await self._send("events_api", body, False)
        answer = await self._send("events_api", body, False)
        if not answer.ok and not answer.no_retry:
            box.background(self._retry(body, answer.error or "http_error"))
        return answer

    async def _retry(self, body: dict[str, Any], reason: str) -> None:
        for number, seconds in enumerate(self.sandbox.config.event_retry_seconds, start=1):
            await asyncio.sleep(seconds)
            answer = await self._send("events_api", body, False, number, reason)
            if answer.ok or answer.no_retry:
                return

    def envelope(self, event: dict[str, Any]) -> dict[str, Any]:
        """The outer event with its unique id, as the Events API delivers it."""
        config = self.sandbox.config
        return {
            "token": config.verification_token,
            "team_id": config.team_id,
            "api_app_id": config.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(6).upper()}",
            "event_time": int(self.sandbox.workspace.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": config.team_id,
                    "user_id": config.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }

    async def verify_request_url(self) -> bool:
        """Slack's url_verification handshake; True when the app echoes the challenge."""
        challenge = secrets.token_hex(16)
        body = {"token": self.sandbox.config.verification_token, "challenge": challenge, "type": "url_verification"}
        answer = await self._post("events_api", body, 0, "")
        echoed = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        return answer.ok and echoed == challenge

    async def _send(
        self, kind: str, payload: dict[str, Any], accepts: bool, attempt: int = 0, reason: str = ""
    ) -> AppAnswer:
        box, started = self.sandbox, time.monotonic()
        if box.config.mode == "http":
            answer = await self._post(kind, payload, attempt, reason)
        else:
            answer = await self._socket(kind, payload, accepts, attempt, reason)
        elapsed = time.monotonic() - started
        answer = AppAnswer(answer.ok, answer.status, answer.body, elapsed, answer.error, answer.no_retry)
        what = payload.get("type") if kind == "interactive" else payload.get("command") or kind
        if kind == "events_api":
            what = payload["event"]["type"]
        now = box.workspace.clock.now()
        box.traffic.note(now, f"→ {what}", answer.ok, elapsed * 1000, answer.error or "")
        if answer.body not in (None, ""):
            entry = Entry(now, "slack", f"answer to {what}", answer.body, None, answer.status, elapsed * 1000)
            box.traffic.entries.append(entry)
        box.changes.mark()
        return answer

    async def _socket(self, kind: str, payload: dict[str, Any], accepts: bool, attempt: int, reason: str) -> AppAnswer:
        try:
            ack = await self.sandbox.sockets.send(kind, payload, accepts, attempt, reason)
        except TimeoutError:
            return AppAnswer(False, error="operation_timeout")
        if ack is None:
            return AppAnswer(False, error="dispatch_failed")
        return AppAnswer(True, 200, ack.get("payload") if accepts else None)

    async def _post(self, kind: str, payload: dict[str, Any], attempt: int, reason: str) -> AppAnswer:
        body, content_type = encode(kind, payload)
        config = self.sandbox.config
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= slack_headers(config.signing_secret, body)
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        limit = aiohttp.ClientTimeout(total=config.answer_seconds)
        try:
            async with self.session.post(
                config.request_url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as response:
                text = await response.text()
        except TimeoutError:
            return AppAnswer(False, error="operation_timeout" if kind != "events_api" else "http_timeout")
        except (aiohttp.ClientError, UnicodeDecodeError):
            return AppAnswer(False, error="dispatch_failed" if kind != "events_api" else "connection_failed")
        no_retry = response.headers.get("x-slack-no-retry") == "1"
        if not 200 <= response.status < 300 or (kind != "events_api" and response.status != 200):
            error = "http_error" if kind == "events_api" else "dispatch_failed"
            return AppAnswer(False, response.status, text, error=error, no_retry=no_retry)
        if text and response.content_type == "application/json":
            try:
                return AppAnswer(True, response.status, json.loads(text))
            except ValueError:
                return AppAnswer(False, response.status, text, error="invalid_response")
        return AppAnswer(True, response.status, text)


def encode(kind: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    """The request body and content type that Slack uses for this kind."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"
