"""The processes: ``referrals run`` does everything in one, ``bot`` and ``worker`` share it out among many."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from enum import Flag, auto
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncApp
from sqlalchemy.exc import SQLAlchemyError

from handlers.app import build_app
from handlers.deps import SlackDeps
from handlers.practices import Practices
from jobs.errors import DeliveryError
from jobs.members import REFRESH_EVERY, refresh_members
from jobs.pacing import POST_GAP
from jobs.unless import unless
from jobs.waits import Waits
from jobs.worker import SWEEP_EVERY, run_worker

from .clock import follow
from .control import Control
from .house import House, opened
from .settings import Settings, SettingsError
from .socket_mode import SocketMode
from .web_server import bind, web_server

log = logging.getLogger(__name__)

Ready = Callable[[House], Coroutine[Any, Any, None]]
T = TypeVar("T")
_WEB = "web"
#: On the real clock, after the members could not be read.
_MEMBERS_AGAIN = timedelta(minutes=1)
#: Seconds; longer than the worker takes for what is under way.
_CANCEL_AGAIN = 10


class Role(Flag):
    """What a process does. Any number of processes may have the same role, but on SQLite one has both."""

    BOT = auto()  # listens to Slack, serves the pages
    WORKER = auto()  # takes jobs from the queue, and sweeps


EVERYTHING = Role.BOT | Role.WORKER


async def run(
    settings: Settings,
    on_ready: Ready | None = None,
    role: Role = EVERYTHING,
    *,
    post_gap: timedelta = POST_GAP,
    waits: Waits | None = None,
) -> None:
    """Serves until it is told to stop; what is under way then is finished, and what is not is in the database.

    Raises SettingsError, also for a role that needs servers which others can reach as well. ``post_gap`` and ``waits``
    are the real clock's; a desk on a fast clock brings its own.
    """
    if role is not EVERYTHING:
        _must_be_shared(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored under nohup
        loop.add_signal_handler(signal.SIGHUP, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        house = await unless(stopping, stack.enter_async_context(opened(settings, post_gap, waits)))
        if house is not None:
            await serve(house, stopping, on_ready, role=role)


def _must_be_shared(settings: Settings) -> None:
    lines = []
    if settings.on_sqlite:
        lines.append(
            "DATABASE_URL is a SQLite file, which belongs to one process with one writing connection: use "
            "`referrals run`, or a PostgreSQL address (postgresql://user:password@host/name) for several processes"
        )
    if settings.redis_url is None:
        lines.append("REDIS_URL is missing: bots and workers meet in one queue server, e.g. redis://host:6379/0")
    if lines:
        raise SettingsError(lines)


async def serve(
    house: House,
    stopping: asyncio.Event,
    on_ready: Ready | None = None,
    *,
    role: Role = EVERYTHING,
    sweep_every: int | None = SWEEP_EVERY,
) -> None:
    """What the role asks for, until ``stopping`` is set. ``sweep_every``: see ``jobs.worker.build_worker``."""
    async with contextlib.AsyncExitStack() as stack:
        tasks: list[asyncio.Task[Any]] = []

        def start(work: Coroutine[Any, Any, Any], name: str) -> None:
            tasks.append(asyncio.create_task(work, name=name))

        stack.push_async_callback(_end, tasks)
        if Role.WORKER in role:
            start(run_worker(house.redis, house.jobs, sweep_every=sweep_every), "worker")
            start(_keep_members(house), "members")
        if house.settings.sandboxed and role is not EVERYTHING:
            start(follow(house.clock, house.database), "clock")
        if house.settings.on_sqlite:
            control = Control(house, lambda: _reread_members(house))
            stack.push_async_callback(control.stop)
            await control.start()
        if Role.BOT in role:
            await _listen(house, stopping, stack, tasks)
        if stopping.is_set():
            return
        log.info("ready", extra={"address": f"http://{house.settings.host}:{house.settings.port}", "role": role.name})
        start(stopping.wait(), "stop")
        serving = tuple(tasks)
        if on_ready is not None:
            start(on_ready(house), "on_ready")
            await _first_to_end(tasks)
        await _first_to_end(serving)


async def _listen(
    house: House, stopping: asyncio.Event, stack: contextlib.AsyncExitStack, tasks: list[asyncio.Task[Any]]
) -> None:
    """Opens the port and, with an app token, Slack's socket; both are let go of first when the process ends."""
    app = slack_app(house)
    server = web_server(house, app, bind(house.settings.host, house.settings.port))
    tasks.append(asyncio.create_task(server.run(), name=_WEB))
    stack.callback(server.finish)
    await server.up.wait()
    if house.settings.slack_app_token:
        slack = SocketMode(app, house.settings.slack_app_token, house.slack, house.socket_url)
        stack.push_async_callback(slack.finish)
        await unless(stopping, slack.connect_async())  # type: ignore[no-untyped-call]


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancels again what has not ended: on Python 3.11 a library's ``wait_for`` may swallow one cancelling."""
    left = set(tasks)
    while left:
        for task in left:
            if task.get_name() != _WEB:  # which ends by itself, once what has been asked is answered
                task.cancel()
        _, left = await asyncio.wait(left, timeout=_CANCEL_AGAIN)


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
            public_url=house.settings.public_url,
        )
    )


async def _keep_members(house: House) -> None:
    while True:
        read = await _read_members(house)
        await asyncio.sleep((REFRESH_EVERY if read else _MEMBERS_AGAIN).total_seconds())


async def _reread_members(house: House) -> None:
    await _read_members(house)


async def _read_members(house: House) -> bool:
    """Whether Slack and the database let it; neither's trouble may end a process that has other work."""
    try:
        await refresh_members(house.desk, house.slack, house.practice.id)
    except DeliveryError as error:
        log.warning("members_not_read", extra={"trouble": error.code})
    except (SQLAlchemyError, OSError) as error:
        log.warning("members_not_read", extra={"error": type(error).__name__})
    else:
        return True
    return False
