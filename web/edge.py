"""Between the server and the routes: how much, how long and how many, and what people see when it goes wrong.

Applied in this order, outermost first: headers, faults, how many at once, bodies. Knows no route and no practice.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from traceback import extract_tb

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .headers import SafeHeaders
from .pages import Pages

log = logging.getLogger(__name__)

#: Seconds for a whole body to arrive. The longest that we take is sent in less over a slow telephone.
BODY_SECONDS = 10.0
#: More than any route reads; each has a smaller limit of its own.
MAX_BODY_BYTES = 4 * 1024 * 1024
#: Path, query and headers. The server's own limit is for a head that comes in pieces.
MAX_HEAD_BYTES = 16 * 1024
#: Requests being answered at one time. Pages give way first: what Slack and Twilio say keeps the rest, and the watch.
MOST_AT_ONCE = 500
KEPT_FREE = 100
_FIRST = ("/slack/", "/twilio/", "/healthz", "/readyz", "/metrics")
_BUSY_SECONDS = 2

_WORDS = {
    400: ("We could not read that", "Please go back and try again."),
    404: ("There is no page at this address", "Please check the link you were given."),
    405: ("This page cannot do that", "Please go back and use the buttons and links on the page."),
    408: ("That took too long to arrive", "Nothing was saved. Please go back and send it again."),
    413: ("That is more than we can take", "Please go back, shorten what you wrote, and send it again."),
    431: ("That is more than we can take", "Please follow the link that you were given."),
    500: (
        "Something went wrong on our side",
        "Please go back and try again in a minute. Sending a form twice does no harm: it counts once.",
    ),
    503: ("This page is very busy just now", "Nothing was saved. Please wait a moment and try again."),
}

Answered = Callable[[int], None]


def edged(
    routes: Sequence[BaseRoute],
    pages: Pages,
    *,
    https: bool,
    answered: Answered = lambda _: None,
    body_seconds: float = BODY_SECONDS,
    most_at_once: int = MOST_AT_ONCE,
    kept_free: int = KEPT_FREE,
) -> ASGIApp:
    """The routes as an app fit for the open net. ``answered`` hears the status of every response."""

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return refusal(pages, request, error.status_code, dict(error.headers or {}))

    async def unforeseen(request: Request, _error: Exception) -> Response:
        return refusal(pages, request, 500)  # Starlette raises the error again behind it, for the log

    app = Starlette(routes=list(routes), exception_handlers={HTTPException: http_error, Exception: unforeseen})
    app.router.redirect_slashes = False  # it would answer with whatever host the request named
    crowd = Crowd(Bodies(app, body_seconds), pages, most_at_once, kept_free)
    return SafeHeaders(Faults(crowd, pages, answered), https=https)


def refusal(pages: Pages, connection: HTTPConnection, status: int, headers: dict[str, str] | None = None) -> Response:
    """A page for a browser, a line for a machine; neither says anything about the inside."""
    title, *sentences = _WORDS.get(status, _WORDS[400])
    if "text/html" in connection.headers.get("accept", ""):
        response = pages.notice(status, title, *sentences)
    else:
        response = PlainTextResponse(title, status)
    response.headers.update(headers or {})
    return response


class Faults:
    """What nobody foresaw: a page without a traceback, and a line in the log with its kind and place."""

    def __init__(self, app: ASGIApp, pages: Pages, answered: Answered) -> None:
        self._app, self._pages, self._answered = app, pages, answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = ended = False

        async def noting(message: Message) -> None:
            nonlocal begun, ended
            if message["type"] == "http.response.start":
                begun = True
                self._answered(message["status"])
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:  # the boundary of a request
            note_fault(error)
            if begun and not ended:
                raise  # only the server can break off an answer that has begun
            if not begun:
                await refusal(self._pages, HTTPConnection(scope), 500)(scope, receive, noting)


class Crowd:
    """Turns requests away whose head is too long, or while more are being answered than one process can do well."""

    def __init__(self, app: ASGIApp, pages: Pages, most: int = MOST_AT_ONCE, kept_free: int = KEPT_FREE) -> None:
        self._app, self._pages = app, pages
        self._most, self._kept_free = most, kept_free
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _head_bytes(scope) > MAX_HEAD_BYTES:
            await refusal(self._pages, HTTPConnection(scope), 431, {"Connection": "close"})(scope, receive, send)
            return
        most = self._most + (self._kept_free if scope["path"].startswith(_FIRST) else 0)
        if self._inside >= most:
            headers = {"Retry-After": str(_BUSY_SECONDS), "Connection": "close"}
            await refusal(self._pages, HTTPConnection(scope), 503, headers)(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1


class Bodies:
    """A body that is too long, or too slow in coming, ends the request: 413, 408."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS, most: int = MAX_BODY_BYTES) -> None:
        self._app, self._seconds, self._most = app, seconds, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = asyncio.get_running_loop().time() + self._seconds
        seen, whole = 0, False

        async def in_time() -> Message:
            nonlocal seen, whole
            if whole:  # what comes now is the end of the connection, which may be waited for
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            seen += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if seen > self._most:
                raise HTTPException(413, headers={"Connection": "close"})
            return message

        await self._app(scope, in_time, send)


def _head_bytes(scope: Scope) -> int:
    length = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    return length + sum(len(name) + len(value) for name, value in scope["headers"])


def note_fault(error: Exception) -> None:
    """Kind and place; an error's own words may quote what somebody typed."""
    frames = extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    log.error("page_failed", extra={"error": type(error).__name__, "place": place})
