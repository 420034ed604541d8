"""The running process's door for commands on the same machine, because a SQLite file belongs to one process.

A loopback port and a random token, both in ``<data folder>/control.json``, which only its owner can read.
"""

import asyncio
import json
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from referrals.imports.csv_files import MAX_BYTES
from referrals.imports.files import FileKind, import_file

from .house import House

log = logging.getLogger(__name__)

_FILE = "control.json"
_NOT_REACHED = "the database is in use, but by no `referrals run` that can be reached"
Progress = Callable[[int, int], None]


class Control:
    """Serves ``POST /import/{kind}``: the file in, lines of JSON out: progress, then the report or an error."""

    def __init__(self, house: House, after_roster: Callable[[], Awaitable[None]]) -> None:
        self._house = house
        self._after_roster = after_roster
        self._token = secrets.token_urlsafe(32)
        self._file = house.settings.data_folder / _FILE
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=MAX_BYTES + 1)
        app.router.add_post("/import/{kind}", self._import)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        handle = os.open(self._file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"port": port, "token": self._token}, file)

    async def stop(self) -> None:
        self._file.unlink(missing_ok=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _import(self, request: web.Request) -> web.StreamResponse:
        if not secrets.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._token}"):
            raise web.HTTPForbidden
        kind = FileKind(request.match_info["kind"])
        data = await request.read()
        answer = web.StreamResponse(headers={"content-type": "application/x-ndjson"})
        await answer.prepare(request)
        lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def progress(done: int, total: int) -> None:  # called from the database's thread
            loop.call_soon_threadsafe(lines.put_nowait, {"done": done, "total": total})

        work = asyncio.create_task(
            import_file(
                self._house.desk,
                self._house.practice.id,
                kind,
                data,
                dry_run="dry_run" in request.query,
                progress=progress,
            )
        )
        while not (work.done() and lines.empty()):
            line = asyncio.create_task(lines.get())
            await asyncio.wait([line, work], return_when=asyncio.FIRST_COMPLETED)
            if line.done():
                await answer.write(json.dumps(line.result()).encode() + b"\n")
            else:
                line.cancel()
        try:
            report = work.result()
        except Exception as error:  # the process's boundary: who asked is told the kind, the log the place
            log.exception("import_failed")
            await answer.write(json.dumps({"error": type(error).__name__}).encode() + b"\n")
            return answer
        await answer.write(json.dumps({"report": asdict(report)}).encode() + b"\n")
        if kind is FileKind.ROSTER and not report.dry_run:
            await self._after_roster()
        return answer


async def import_through(folder: Path, kind: FileKind, data: bytes, dry_run: bool) -> AsyncIterator[dict[str, Any]]:
    """The client's side: yields what the running process answers. Raises LookupError with what is the matter."""
    if len(data) > MAX_BYTES:
        raise LookupError(f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read. Split it.")
    try:
        door = json.loads((folder / _FILE).read_text())
        address = f"http://127.0.0.1:{int(door['port'])}/import/{kind}" + ("?dry_run=1" if dry_run else "")
        headers = {"authorization": f"Bearer {door['token']}"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LookupError(_NOT_REACHED) from error
    try:
        async for line in _answers(address, data, headers):
            yield line
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise LookupError(f"{_NOT_REACHED} ({type(error).__name__})") from error


async def _answers(address: str, data: bytes, headers: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(address, data=data, headers=headers) as answer,
    ):
        answer.raise_for_status()
        async for line in answer.content:
            yield json.loads(line)
