"""An app on a real port, behind the server that the desk uses, and a socket for what no well-behaved client sends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import uvicorn
from starlette.types import ASGIApp

from bot.connections import MOST_HEAD_BYTES, PatientProtocol

PATIENCE = 30.0


@asynccontextmanager
async def served(app: ASGIApp, protocol: type[PatientProtocol] = PatientProtocol) -> AsyncIterator[int]:
    """Answers the port."""
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        log_config=None,
        http=protocol,
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        timeout_graceful_shutdown=2,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


@dataclass
class Answered:
    status: int
    text: str
    headers: dict[str, str]


async def asked(app: ASGIApp, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answered:
    """One request from this machine."""
    async with served(app) as port, aiohttp.ClientSession() as http:
        async with http.request(method, f"http://localhost:{port}{path}", headers=headers) as answer:
            return Answered(answer.status, await answer.text(), dict(answer.headers))


async def exchanged(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the server hangs up, after these pieces have been written."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()
