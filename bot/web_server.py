"""The HTTP side of a process: its routes, its port and its server."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from handlers.app import UNEXPECTED_SHAPE, DeskApp
from web.client import client_routes
from web.decide import decide_routes
from web.desk import desk_routes
from web.edge import edged
from web.form import form_routes
from web.health import health_routes
from web.limits import Callers, Visits
from web.metrics import Metrics, metrics_route
from web.pages import Pages
from web.signed import signed_route
from web.twilio import TwilioDoor

from .clock import clock_route
from .connections import MOST_HEAD_BYTES, PatientProtocol
from .desk_rooms import desk_rooms
from .house import House
from .settings import SettingsError
from .watching import figures, heartbeat, metrics_of_this_process


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
        site(house, app),
        host=house.settings.host,
        port=house.settings.port,
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # web.limits reads them: uvicorn would believe whoever comes first
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
    )
    return WebServer(config, listening)


def site(house: House, app: AsyncApp) -> ASGIApp:
    """All that this process answers over HTTP, with everything that stands in front of it."""
    pages, metrics = Pages(), metrics_of_this_process()
    if isinstance(app, DeskApp):
        app.timed = metrics.answered
    https = house.settings.public_url.startswith("https:")
    return edged(_routes(house, app, pages, metrics, https=https), pages, https=https, answered=metrics.responded)


def _routes(house: House, app: AsyncApp, pages: Pages, metrics: Metrics, *, https: bool) -> list[BaseRoute]:
    settings = house.settings
    callers, ready = Callers(settings.trusted_proxies), heartbeat(house)
    visits = Visits(callers, settings.pages_per_minute, settings.forms_per_minute)
    found: list[BaseRoute] = [
        *health_routes(ready),
        metrics_route(metrics, figures(house, ready), settings.metrics_token, callers),
        *form_routes(house.desk, pages, settings.signing_key, visits),
        *client_routes(house.desk, pages, settings.signing_key, visits, https=https),
        *decide_routes(house.desk, pages, settings.signing_key, visits),
        *desk_routes(house.desk, pages, settings.signing_key, visits, desk_rooms(house), https=https),
        pages.style_route(),
    ]
    if settings.twilio_auth_token:
        found += TwilioDoor(house.desk, settings.twilio_auth_token, settings.public_url).routes()
    if settings.slack_signing_secret:
        found.append(signed_route("/slack/events", settings.slack_signing_secret, _to_bolt(app)))
        if settings.sandboxed:
            found.append(clock_route(settings.slack_signing_secret, house.clock, house.database, house.waker.sweep))
    return found


def _to_bolt(app: AsyncApp) -> Callable[[dict[str, Any]], Awaitable[Response]]:
    async def handle(content: dict[str, Any]) -> Response:
        # Only Socket Mode's requests may come parsed, and parsing a click twice would take as long as deciding on it.
        try:
            asked = AsyncBoltRequest(body=content, mode="socket_mode")
        except UNEXPECTED_SHAPE:
            return PlainTextResponse("malformed", 400)
        return to_starlette_response(await app.async_dispatch(asked))

    return handle
