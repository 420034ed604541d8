"""Turning the desk's clock: a signed request from the sandbox, refused against a real workspace."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from referrals.clock import Clock
from store.database import Database
from store.tables import DeskClock
from web.signed import signed_route

log = logging.getLogger(__name__)

#: Seconds on the real clock: how soon the other processes of a sandboxed desk see that its clock was turned.
_FOLLOW_EVERY = 0.2

Sweep = Callable[[], Awaitable[None]]


async def read_offset(database: Database) -> timedelta:
    """How far the clock was turned when this process last stopped."""
    return timedelta(seconds=await database.read(_offset))


async def follow(clock: Clock, database: Database) -> None:
    """Turns this process's clock after the one that all processes share, until cancelled."""
    while True:
        try:
            clock.offset = await read_offset(database)
        except (SQLAlchemyError, OSError) as error:
            log.warning("clock_not_read", extra={"error": type(error).__name__})
        await asyncio.sleep(_FOLLOW_EVERY)


def clock_route(signing_secret: str, clock: Clock, database: Database, sweep: Sweep) -> Route:
    """``POST /clock`` with ``{"offset_seconds": n}``, of which whole seconds count: ahead only.

    Whatever is due by then is done at once.
    """

    async def turn(content: dict[str, Any]) -> Response:
        given = content.get("offset_seconds")
        if not isinstance(given, int | float) or not clock.offset.total_seconds() <= given <= _MAX_SECONDS:
            return JSONResponse({"ok": False, "error": "the clock only goes ahead"}, status_code=400)
        wanted = int(given)
        await database.write(lambda session: _keep(session, wanted))
        clock.offset = timedelta(seconds=wanted)
        await sweep()
        return JSONResponse({"ok": True, "now": clock.now().timestamp()})

    return signed_route("/clock", signing_secret, turn)


_MAX_SECONDS = 20 * 365 * 24 * 3600


def _offset(session: Session) -> int:
    row = session.get(DeskClock, 1)
    return row.offset_seconds if row else 0


def _keep(session: Session, seconds: int) -> None:
    row = session.get(DeskClock, 1) or DeskClock()
    row.offset_seconds = seconds
    session.add(row)
