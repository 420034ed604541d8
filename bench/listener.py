"""The baseline: an empty Bolt listener behind the same web server as ours. ``python -m bench.listener MODE PORT``."""

import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.routing import Route

SIGNING_SECRET = "bench-signing-secret"


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
