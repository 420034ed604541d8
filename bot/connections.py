"""One HTTP connection: closed when a request does not arrive in time, which uvicorn by itself would wait for."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from web.headers import safe_headers

#: Seconds from the first byte (or the opening) to the end of a request's head.
HEAD_SECONDS = 10.0
#: Open connections of one process, busy or not; each costs a file descriptor, of which the database needs some.
MOST_CONNECTIONS = 800
#: Bytes of a request's head.
MOST_HEAD_BYTES = 16 * 1024


class PatientProtocol(H11Protocol):
    """uvicorn's own, with an end to its patience. Bodies are timed behind it, in ``web.edge``."""

    head_seconds = HEAD_SECONDS
    most_connections = MOST_CONNECTIONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            transport.abort()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Like uvicorn's, with the headers of every other response."""
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        response = h11.Response(status_code=400, headers=headers + safe_headers(https=False), reason=b"Bad Request")
        for event in (response, h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        """The clock runs while a head is on its way, or a body that nobody reads any more."""
        answered = self.conn.our_state in (h11.DONE, h11.MUST_CLOSE)
        waiting = self.conn.their_state is h11.IDLE or (self.conn.their_state is h11.SEND_BODY and answered)
        if not waiting:
            self._settle()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self.transport.close)

    def _settle(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
