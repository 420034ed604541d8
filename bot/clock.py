"""Turning the desk's clock: a signed request from the sandbox, refused against a real workspace."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from referrals.clock import Clock
from store.database import Database
from store.tables import DeskClock
from web.signed import signed_route

Sweep = Callable[[], Awaitable[None]]


async def read_offset(database: Database) -> timedelta:
    """How far the clock was turned when this process last stopped."""
    return timedelta(seconds=await database.read(_offset))


def clock_route(signing_secret: str, clock: Clock, database: Database, sweep: Sweep) -> Route:
    """``POST /clock`` with ``{"offset_seconds": n}``, of which whole seconds count: ahead only.

    Whatever is due by then is done at once.
    """

    async def turn(_request: Request, body: str) -> Response:
        given = json.loads(body).get("offset_seconds")
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
