"""The running process's door for commands on the same machine, because a SQLite file belongs to one process.

A loopback port and a random token, both in ``<data folder>/control.json``, which only its owner can read. What is
asked is answered in lines of JSON: progress, then a report, a refusal in words, or the kind of an error.
"""

import asyncio
import json
import logging
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from referrals.imports.csv_files import MAX_BYTES
from referrals.imports.files import FileKind, import_file
from store.backup import BackupError, back_up
from store.rekey import rekey

from .audit_report import report_of
from .export_report import export_report
from .house import House
from .key_check import fingerprint
from .progress import Progress
from .retention_report import retain

log = logging.getLogger(__name__)

_FILE = "control.json"
_NOT_REACHED = "the database is in use, but by no `referrals run` that can be reached"
#: A door that nobody holds open is known at once; the work behind it takes as long as it takes.
_CONNECT_SECONDS = 5


class Refused(Exception):
    """The running process cannot do what it is asked; the text says why and what to do."""


class Told:
    """What the asking command is told, from any thread, while the work goes on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def progress(self, done: int, total: int) -> None:
        self._loop.call_soon_threadsafe(self.lines.put_nowait, {"done": done, "total": total})

    def report(self, report: dict[str, Any]) -> None:
        """The outcome. What follows it in the work is waited for, and told to nobody."""
        self.lines.put_nowait({"report": report})


Work = Callable[[web.Request, Told], Awaitable[None]]


class Control:
    """Serves ``POST`` of ``/import/{kind}``, ``/export``, ``/backup``, ``/rekey``, ``/audit`` and ``/retention``."""

    def __init__(self, house: House, after_roster: Callable[[], Awaitable[None]]) -> None:
        self._house = house
        self._after_roster = after_roster
        self._token = secrets.token_urlsafe(32)
        self._file = house.settings.data_folder / _FILE
        self._runner: web.AppRunner | None = None
        self._stopping = threading.Event()

    async def start(self) -> None:
        app = web.Application(client_max_size=MAX_BYTES + 1)
        works: dict[str, Work] = {"/import/{kind}": self._import, "/backup": self._backup, "/rekey": self._rekey}
        works |= {"/audit": self._audit, "/retention": self._retention, "/export": self._export}
        for path, work in works.items():
            app.router.add_post(path, self._answering(work))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        handle = os.open(self._file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"port": port, "token": self._token}, file)

    async def stop(self) -> None:
        self._stopping.set()
        self._file.unlink(missing_ok=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def _answering(self, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            if not secrets.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._token}"):
                raise web.HTTPForbidden
            await request.read()  # before the first line goes back
            response = web.StreamResponse(headers={"content-type": "application/x-ndjson"})
            await response.prepare(request)
            told = Told()
            async for line in _lines(told, asyncio.ensure_future(work(request, told))):
                await response.write(json.dumps(line).encode() + b"\n")
            return response

        return answer

    async def _import(self, request: web.Request, told: Told) -> None:
        kind = FileKind(request.match_info["kind"])
        report = await import_file(
            self._house.desk,
            self._house.practice.id,
            kind,
            await request.read(),
            dry_run="dry_run" in request.query,
            progress=told.progress,
        )
        told.report(asdict(report))
        if kind is FileKind.ROSTER and not report.dry_run:
            await self._after_roster()

    async def _export(self, _request: web.Request, told: Told) -> None:
        told.report(await export_report(self._house.desk, self._house.practice.id))

    async def _backup(self, request: web.Request, told: Told) -> None:
        file = Path(request.query["file"])
        try:
            made = await back_up(self._house.settings.database_url, file, told.progress, self._stopping)
        except BackupError as error:
            raise Refused(str(error)) from error
        told.report(asdict(made))

    async def _rekey(self, request: web.Request, told: Told) -> None:
        if request.query["keys"] != fingerprint(self._house.settings.encryption_keys):
            raise Refused("the running desk was started with other ENCRYPTION_KEYS: restart it, then ask again")
        vault = self._house.desk.vault
        told.report(asdict(await rekey(self._house.database, vault, told.progress, self._stopping)))

    async def _audit(self, _request: web.Request, told: Told) -> None:
        told.report(await report_of(self._house.desk, told.progress))

    async def _retention(self, request: web.Request, told: Told) -> None:
        erase = int(request.query["erase"]) if "erase" in request.query else None
        told.report(await retain(self._house.desk, self._house.jobs.stopping, erase, told.progress))


async def _lines(told: Told, work: asyncio.Future[None]) -> AsyncIterator[dict[str, Any]]:
    while not (work.done() and told.lines.empty()):
        line = asyncio.ensure_future(told.lines.get())
        either: list[asyncio.Future[Any]] = [line, work]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if line.done():
            yield line.result()
        else:
            line.cancel()
    try:
        work.result()
    except Refused as error:
        yield {"refused": str(error)}
    except Exception as error:  # the process's boundary: who asked is told the kind, the log the place
        log.exception("command_failed")
        yield {"error": type(error).__name__}


def answers(folder: Path) -> bool:
    """Whether a process holds the door open. Asks nothing of it."""
    try:
        port, _ = _door(folder)
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except (LookupError, OSError):
        return False


async def import_through(folder: Path, kind: FileKind, data: bytes, dry_run: bool) -> AsyncIterator[dict[str, Any]]:
    """The client's side: yields what the running process answers. Raises LookupError with what is the matter."""
    if len(data) > MAX_BYTES:
        raise LookupError(f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read. Split it.")
    async for line in through(folder, f"/import/{kind}", {"dry_run": "1"} if dry_run else {}, data):
        yield line


async def through(
    folder: Path, path: str, query: Mapping[str, str], data: bytes = b""
) -> AsyncIterator[dict[str, Any]]:
    """Asks the process that runs beside this one; the same as ``import_through``."""
    port, headers = _door(folder)
    try:
        async for line in _answers(f"http://127.0.0.1:{port}{path}", query, data, headers):
            if "refused" in line:
                raise LookupError(line["refused"])
            yield line
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise LookupError(f"{_NOT_REACHED} ({type(error).__name__})") from error


async def reported(folder: Path, path: str, query: Mapping[str, str], progress: Progress) -> dict[str, Any]:
    """The report of what was asked for, ``progress`` told on the way. Raises LookupError."""
    async for line in through(folder, path, query):
        if "error" in line:
            raise LookupError(f"the running desk could not do it ({line['error']}); its log says where")
        if "report" in line:
            report: dict[str, Any] = line["report"]
            return report
        progress(line["done"], line["total"])
    raise LookupError("the desk ended before it was done")


def _door(folder: Path) -> tuple[int, dict[str, str]]:
    try:
        door = json.loads((folder / _FILE).read_text())
        return int(door["port"]), {"authorization": f"Bearer {door['token']}"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LookupError(_NOT_REACHED) from error


async def _answers(
    address: str, query: Mapping[str, str], data: bytes, headers: dict[str, str]
) -> AsyncIterator[dict[str, Any]]:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(address, params=query, data=data, headers=headers) as answer,
    ):
        answer.raise_for_status()
        async for line in answer.content:
            yield json.loads(line)
