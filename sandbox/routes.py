"""Which address leads where. Holds no behaviour beyond the static page and the permalink."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from sandbox.ui import Ui

if TYPE_CHECKING:
    from sandbox.server import Sandbox

PAGE = Path(__file__).parent / "page"


def routes(box: Sandbox) -> list[web.RouteDef]:
    ui = Ui(box)
    return [
        web.post("/api/{method}", box.web_api.handle),
        web.get("/api/{method}", box.web_api.handle),
        web.get("/socket", box.sockets.handle),
        web.post("/response/{team}/{key}", box.response_urls.handle),
        web.post("/2010-04-01/Accounts/{sid}/Messages.json", box.sms.handle),
        web.get("/2010-04-01/Accounts/{sid}.json", box.sms.account),
        *ui.routes(),
        web.get("/archives/{channel}/{ts}", _permalink),
        web.get("/", _page),
        web.get("/{file:[A-Za-z0-9_.-]+}", _page),
        web.get("/page/{file:[A-Za-z0-9_.-]*}", _page),
    ]


async def _permalink(request: web.Request) -> web.StreamResponse:
    digits = request.match_info["ts"].removeprefix("p")
    thread = request.query.get("thread_ts", "")
    # The page keeps its place in the fragment: channel, message, thread.
    place = {"at": request.match_info["channel"], "msg": f"{digits[:-6]}.{digits[-6:]}"}
    raise web.HTTPFound(f"/#{urlencode(place | ({'thread': thread} if thread else {}))}")


async def _page(request: web.Request) -> web.StreamResponse:
    file = PAGE / (request.match_info.get("file") or "index.html")
    if not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})
