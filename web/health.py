"""Whether the process lives, and whether it can do its work."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Checks = Mapping[str, Callable[[], Awaitable[None]]]


def health_routes(checks: Checks) -> list[Route]:
    """``/healthz`` answers while the loop turns; ``/readyz`` runs the checks, which raise when something is down."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        states = {}
        for name, check in checks.items():
            try:
                await check()
            except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
                states[name] = type(error).__name__
            else:
                states[name] = "ok"
        up = all(state == "ok" for state in states.values())
        return JSONResponse(states, status_code=200 if up else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]
