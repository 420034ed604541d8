"""``referrals run``: web, Slack and worker in one process, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any, TypeVar

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from handlers.app import build_app
from handlers.deps import SlackDeps
from handlers.practices import Practices
from jobs.errors import DeliveryError
from jobs.members import REFRESH_EVERY, refresh_members
from jobs.worker import SWEEP_EVERY, run_worker
from web.form import form_routes
from web.health import health_routes
from web.pages import Pages
from web.signed import signed_route

from .clock import clock_route
from .control import Control
from .house import House, opened
from .settings import Settings, SettingsError
from .socket_mode import SocketMode

log = logging.getLogger(__name__)

Ready = Callable[[House], Coroutine[Any, Any, None]]
T = TypeVar("T")


async def run(settings: Settings, on_ready: Ready | None = None) -> None:
    """Serves until it is told to stop; what is under way then is finished, and what is not is in the database."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored under nohup
        loop.add_signal_handler(signal.SIGHUP, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        house = await _unless(stopping, stack.enter_async_context(opened(settings)))
        if house is not None:
            await serve(house, stopping, on_ready)


async def _unless(stopping: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What the work answers; given up, and None, once the process is told to stop. A start may wait for others."""
    working, told = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([working, told], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        working.cancel()
        await asyncio.wait([working])
        return None if working.cancelled() else working.result()
    finally:
        working.cancel()
        told.cancel()


async def serve(
    house: House, stopping: asyncio.Event, on_ready: Ready | None = None, *, sweep_every: int | None = SWEEP_EVERY
) -> None:
    """Web, Slack and worker until ``stopping`` is set. ``sweep_every``: see ``jobs.worker.build_worker``."""
    app = slack_app(house)
    listening = _bind(house.settings.host, house.settings.port)
    server = _server(house, app)
    control = Control(house, lambda: _read_members(house))
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(server.serve(sockets=[listening]), name="web"),
        asyncio.create_task(run_worker(house.redis, house.jobs, sweep_every=sweep_every), name="worker"),
        asyncio.create_task(_keep_members(house), name="members"),
    ]
    slack = None
    try:
        await control.start()
        await server.up.wait()
        if house.settings.slack_app_token:
            slack = SocketMode(app, house.settings.slack_app_token, house.slack, house.socket_url)
            await _unless(stopping, slack.connect_async())  # type: ignore[no-untyped-call]
        if stopping.is_set():
            return
        log.info("ready", extra={"address": f"http://{house.settings.host}:{house.settings.port}"})
        tasks.append(asyncio.create_task(stopping.wait(), name="stop"))
        serving = tuple(tasks)
        if on_ready is not None:
            tasks.append(asyncio.create_task(on_ready(house), name="on_ready"))
            await _first_to_end(tasks)
        await _first_to_end(serving)
    finally:
        if slack is not None:
            await slack.finish()
        await control.stop()
        server.should_exit = True
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _first_to_end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Raises what it ended with: a part that fails ends the process, with its reason."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def slack_app(house: House) -> AsyncApp:
    """Bolt, with everything its handlers need."""
    return build_app(
        SlackDeps(
            desk=house.desk,
            client=house.slack,
            people=house.people,
            bot_token=house.settings.slack_bot_token,
            practices=Practices(house.database),
        )
    )


def _bind(host: str, port: int) -> socket.socket:
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


class _Server(uvicorn.Server):
    """Signals are the process's business; ``up`` is set once the port answers, or cannot be had."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.up.set()


def _server(house: House, app: AsyncApp) -> _Server:
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
    return _Server(config)


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


async def _keep_members(house: House) -> None:
    while True:
        await _read_members(house)
        await asyncio.sleep(REFRESH_EVERY.total_seconds())


async def _read_members(house: House) -> None:
    try:
        await refresh_members(house.desk, house.slack, house.practice.id)
    except DeliveryError as error:
        log.warning("members_not_read", extra={"trouble": error.code})
