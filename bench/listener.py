"""The baseline: an empty Bolt listener behind the same web server as ours. ``python -m bench.listener MODE PORT``."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.routing import Route

from .processes import free_port, process, until_answers

SIGNING_SECRET = "bench-signing-secret"


@contextlib.contextmanager
def empty_listener(mode: str) -> Iterator[tuple[int, str]]:
    """In a process of its own; yields its pid and where Slack would send clicks."""
    port = free_port()
    with process("-m", "bench.listener", mode, str(port)) as pid:
        until_answers(f"http://127.0.0.1:{port}/")
        yield pid, f"http://127.0.0.1:{port}/slack/events"


async def _authorize(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0SANDBOX", bot_token="xoxb-bench", bot_user_id="U0BOT")


def main(mode: str, port: int) -> None:
    """``shipped`` is Bolt as it comes; ``before_response`` awaits the listener before it answers."""
    app = AsyncApp(
        signing_secret=SIGNING_SECRET, authorize=_authorize, process_before_response=mode == "before_response"
    )

    @app.action("referral.accept")
    async def accept(ack: Any) -> None:
        await ack()

    handler = AsyncSlackRequestHandler(app)
    web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
    uvicorn.run(web, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
