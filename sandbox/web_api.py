"""The Web API over HTTP: arguments, tokens, scopes, rate limits, faults, and the record of every call.

What a method does stands in `methods/`. Source: https://docs.slack.dev/apis/web-api.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox import faults
from sandbox.methods import METHODS, Call, Method
from sandbox.slack_error import SlackError
from sandbox.traffic import Entry

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class WebApi:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call. Always leaves an entry in the traffic, also when the answer is lost on purpose."""
        name, started = request.match_info["method"], time.monotonic()
        box = self.sandbox
        before = box.faults.strike(faults.API_KINDS, name)
        after = None if before else box.faults.strike(faults.AFTER_KINDS, name)
        args: Mapping[str, Any] = {}
        headers: dict[str, str] = {}
        try:
            args, token = await self._arguments(request, name)
            await self._fail_before(before)
            status, body = 200, await self._call(name, args, token)
        except SlackError as error:
            status, body = error.status, error.body()
            if error.retry_after is not None:
                headers["Retry-After"] = str(error.retry_after)
        ms = (time.monotonic() - started) * 1000
        shown = {key: value for key, value in args.items() if key != "token"}
        box.traffic.add(Entry(box.workspace.clock.now(), "slack", name, shown, body, status, ms))
        box.changes.mark()
        spoilt = await self._spoil(request, before, after)
        if spoilt is not None:
            return spoilt
        headers["x-oauth-scopes"] = ",".join(box.scopes)
        headers["x-slack-req-id"] = f"sandbox-{len(box.traffic)}"
        return web.json_response(body, status=status, headers=headers)

    async def _call(self, name: str, args: Mapping[str, Any], token: str) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._authorise(method, token)
        call = Call(self.sandbox, args)
        channel = call.post_key() if method.tier == "post" else ""
        wait = self.sandbox.limiter.check(name, method.tier, channel)
        if wait is not None:
            raise SlackError("ratelimited", status=429, retry_after=wait)
        if method.scopes:
            call.need_scope(*method.scopes)
        return {"ok": True, **await method.run(call)}

    def _authorise(self, method: Method, token: str) -> None:
        box = self.sandbox
        if not token:
            raise SlackError("not_authed")
        if token not in (box.config.bot_token, box.config.app_token):
            raise SlackError("token_revoked" if token in box.old_tokens else "invalid_auth")
        if box.auth_error:
            raise SlackError(box.auth_error)
        if (token == box.config.app_token) != method.for_app:
            raise SlackError("not_allowed_token_type")

    async def _arguments(self, request: web.Request, name: str) -> tuple[Mapping[str, Any], str]:
        args: dict[str, Any] = dict(request.query)
        if request.method == "POST":
            kind = request.content_type
            if kind == "application/json":
                known = METHODS.get(name)
                body = await self._json(request)
                # Slack ignores a JSON body where it takes forms only, and its token in any case.
                args.update(body if known is None or known.json else {})
                args.pop("token", None)
            elif kind in _FORMS:
                args.update({key: value for key, value in (await request.post()).items() if isinstance(value, str)})
            elif request.can_read_body:
                raise SlackError("invalid_post_type")
        header = request.headers.get("Authorization", "")
        token = header[7:].strip() if header.lower().startswith("bearer ") else str(args.get("token", ""))
        return args, token

    async def _json(self, request: web.Request) -> dict[str, Any]:
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return body

    async def _fail_before(self, fault: faults.Fault | None) -> None:
        if fault is None:
            return
        if fault.kind in faults.ERROR_KINDS:
            raise SlackError(faults.ERROR_KINDS[fault.kind])
        if fault.kind == "rate_limited":
            self.sandbox.limiter.refused["fault"] += 1
            raise SlackError("ratelimited", status=429, retry_after=max(1, int(fault.seconds or 1)))
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds if fault.seconds is not None else 5.0)
        else:
            raise SlackError("service_unavailable", status=502 if fault.kind == "http_502" else 500)

    async def _spoil(
        self, request: web.Request, before: faults.Fault | None, after: faults.Fault | None
    ) -> web.StreamResponse | None:
        """The answer as the fault leaves it; None when it goes out as it is."""
        fault = after or before
        kind = fault.kind.removesuffix("_after") if fault else ""
        if kind == "drop":
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        if kind == "http_500":
            return web.Response(status=500, text="", content_type="text/plain")
        if kind == "http_502":
            return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
        if after and kind in {"internal_error", "fatal_error"}:
            return web.json_response({"ok": False, "error": kind})
        if after and kind == "slow":
            await asyncio.sleep(after.seconds if after.seconds is not None else 5.0)
        return None
