"""The HTTP side of a process: its routes, its port and its server."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from web.form import form_routes
from web.health import health_routes
from web.pages import Pages
from web.signed import signed_route

from .clock import clock_route
from .house import House
from .settings import SettingsError


def bind(host: str, port: int) -> socket.socket:
    """Raises SettingsError: uvicorn's own way would end the process with a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsError([f"PORT {port} on HOST {host} cannot be had: {error.strerror}"]) from error
    return listening


class WebServer(uvicorn.Server):
    """Signals are the process's business; ``up`` is set once the port answers, or cannot be had."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._listening = listening

    async def run(self) -> None:  # type: ignore[override]
        await self.serve(sockets=[self._listening])

    def finish(self) -> None:
        """Nothing more is taken on; it ends by itself once what has been asked is answered."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.up.set()


def web_server(house: House, app: AsyncApp, listening: socket.socket) -> WebServer:
    config = uvicorn.Config(
        Starlette(routes=routes(house, app)),
        host=house.settings.host,
        port=house.settings.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    return WebServer(config, listening)


def routes(house: House, app: AsyncApp) -> list[BaseRoute]:
    settings, pages = house.settings, Pages()
    found: list[BaseRoute] = [
        *health_routes({"database": _database_answers(house), "queue": _queue_answers(house)}),
        *form_routes(house.desk, pages, settings.signing_key),
        pages.style_route(),
    ]
    if settings.slack_signing_secret:
        found.append(signed_route("/slack/events", settings.slack_signing_secret, _to_bolt(app)))
        if settings.sandboxed:
            found.append(clock_route(settings.slack_signing_secret, house.clock, house.database, house.waker.sweep))
    return found


def _to_bolt(app: AsyncApp) -> Callable[[Request, str], Awaitable[Response]]:
    async def handle(request: Request, body: str) -> Response:
        return to_starlette_response(await app.async_dispatch(to_async_bolt_request(request, body.encode())))

    return handle


def _database_answers(house: House) -> Callable[[], Awaitable[None]]:
    async def check() -> None:
        await house.desk.ask(house.practice.id, lambda tx: tx.practice().id)

    return check


def _queue_answers(house: House) -> Callable[[], Awaitable[None]]:
    async def check() -> None:
        await house.redis.ping()

    return check
