"""The page's WebSocket: says that something changed (coalesced), what a modal does, and what Slack itself says."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.server import Sandbox

COALESCE_SECONDS = 0.05


class Live:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.notices: list[tuple[str, str]] = []
        self._pages: dict[asyncio.Queue[dict[str, Any]], str] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._timer: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        if self._pages and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COALESCE_SECONDS, self._flush)

    def _flush(self) -> None:
        self._timer = None
        for queue in self._pages:
            queue.put_nowait({"kind": "changed"})

    def send(self, user: str, message: dict[str, Any]) -> None:
        for queue, who in self._pages.items():
            if who == user:
                queue.put_nowait(message)

    def notice(self, user: str, text: str) -> None:
        """What Slack itself tells this person; kept for tests."""
        self.notices.append((user, text))
        self.send(user, {"kind": "notice", "text": text})
        self.sandbox.changes.mark()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        try:
            await socket.prepare(request)
        except ConnectionError:  # the page was closed or loaded anew meanwhile
            return socket
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sockets.add(socket)
        self._pages[queue] = request.query.get("as", "")
        writer = asyncio.create_task(self._write(socket, queue))
        try:
            async for _ in socket:
                pass
        finally:
            self._pages.pop(queue, None)
            self._sockets.discard(socket)
            writer.cancel()
        return socket

    async def _write(self, socket: web.WebSocketResponse, queue: asyncio.Queue[dict[str, Any]]) -> None:
        with suppress(ConnectionError):  # closed in the middle of it
            await socket.send_json({"kind": "changed"})
            while not socket.closed:
                await socket.send_json(await queue.get())

    async def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        for socket in list(self._sockets):
            await socket.close(code=1001)
