"""Whether the process lives, and whether the desk does its work. An answer names what is wrong, and nothing inside."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .cached import Cached

OK = "ok"
SLOW = "does not answer"
DOWN = "down"

#: Answers None when all is well, else a few words that are safe to show to anybody. What it raises means DOWN.
Check = Callable[[], Awaitable[str | None]]
States = Mapping[str, str]
Readiness = Callable[[], Awaitable[States]]

#: Of each check; they run side by side, so the whole answer takes no longer.
CHECK_SECONDS = 2.0
#: Anybody may ask: many askers at once cost as much as one.
_KEPT_SECONDS = 1.0


def readiness(checks: Mapping[str, Check]) -> Readiness:
    """The state of each by its name, at most a second old."""

    async def look() -> States:
        found = await asyncio.gather(*(_state(check) for check in checks.values()))
        return dict(zip(checks, found, strict=True))

    return Cached(look, _KEPT_SECONDS)


def health_routes(ready: Readiness) -> list[Route]:
    """``/healthz`` answers while the loop turns; ``/readyz`` is the heartbeat: 503 as soon as one state is not "ok"."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def heartbeat(_request: Request) -> Response:
        states = await ready()
        up = all(state == OK for state in states.values())
        return JSONResponse(dict(states), status_code=200 if up else 503)

    return [Route("/healthz", alive), Route("/readyz", heartbeat)]


def stands_still(last: datetime | None, started: datetime, now: datetime, patience: timedelta) -> bool:
    """Whether recurring work has not come round for too long (real clock).

    A process that has just come up, after a pause of the whole house, gives the work time to come round again.
    """
    return now - max(last or started, started) > patience


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check() or OK
    except TimeoutError:
        return SLOW
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        return DOWN
