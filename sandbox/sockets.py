"""Socket Mode: tickets, connections, envelopes and their acknowledgements.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode. Any payload goes to any one connection.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0


@dataclass(slots=True)
class Connection:
    socket: web.WebSocketResponse
    request: web.Request
    waiting: dict[str, asyncio.Future[dict[str, Any] | None]] = field(default_factory=dict)
    leaving: bool = False


class Sockets:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.connections: list[Connection] = []
        self._tickets: dict[str, float] = {}
        self._turn = 0

    def ticket_url(self) -> str:
        """A WebSocket address that works once, within half a minute."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = time.monotonic()
        base = self.sandbox.base_url.replace("http", "ws", 1)
        return f"{base}/socket?ticket={ticket}&app_id={self.sandbox.config.app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        made = self._tickets.pop(request.query.get("ticket", ""), None)
        if made is None or time.monotonic() - made > TICKET_SECONDS:
            return web.Response(status=401, text="invalid ticket")
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(socket, request)
        self.connections.append(connection)
        await socket.send_json(self._hello())
        self.sandbox.changes.mark()
        try:
            await self._read(connection)
        finally:
            self._gone(connection)
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.sandbox.config.app_id},
        }

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type != WSMsgType.TEXT:
                continue
            try:
                ack = json.loads(message.data)
            except ValueError:
                continue
            future = connection.waiting.pop(ack.get("envelope_id", ""), None) if isinstance(ack, dict) else None
            if future and not future.done():
                future.set_result(ack)

    def _gone(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.set_result(None)
        self.sandbox.changes.mark()

    async def send(
        self, kind: str, payload: dict[str, Any], accepts: bool, attempt: int = 0, reason: str = ""
    ) -> dict[str, Any] | None:
        """The acknowledgement; None when no connection took it. Raises TimeoutError past the answer time."""
        open_now = [c for c in self.connections if not c.leaving and not c.socket.closed]
        if not open_now:
            return None
        self._turn += 1
        connection = open_now[self._turn % len(open_now)]
        envelope_id = str(uuid.uuid4())
        envelope: dict[str, Any] = {
            "type": kind,
            "envelope_id": envelope_id,
            "payload": payload,
            "accepts_response_payload": accepts,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        future: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        try:
            await connection.socket.send_json(envelope)
            return await asyncio.wait_for(future, self.sandbox.config.answer_seconds)
        except ConnectionError:
            return None
        finally:
            connection.waiting.pop(envelope_id, None)

    async def disconnect(self, kind: str, grace_seconds: float = 10.0) -> int:
        """End every connection as Slack does; returns how many.

        `socket_drop` cuts them without a word, `socket_link_disabled` says so and closes, the others announce the
        end and close after the grace: a warned connection still gets payloads, one to be refreshed does not.
        """
        ended = list(self.connections)
        for connection in ended:
            if kind == "socket_drop":
                if connection.request.transport:
                    connection.request.transport.abort()
                continue
            connection.leaving = kind != "socket_warning"
            reason = {"socket_warning": "warning", "socket_refresh": "refresh_requested"}.get(kind, "link_disabled")
            farewell = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            await connection.socket.send_json(farewell)
            grace = 0.0 if kind == "socket_link_disabled" else grace_seconds
            self.sandbox.background(self._close_later(connection, grace))
        return len(ended)

    async def _close_later(self, connection: Connection, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await connection.socket.close()

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close(code=1001)
