"""The console script as a process of its own, with an environment of its own, in a folder of its own."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests import canary

COMMAND = Path(sys.executable).with_name("referrals")
#: Idle it takes less than three seconds; the machine may have other work.
READY_SECONDS = 45


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


async def referrals(folder: Path, environment: Mapping[str, str], *arguments: str) -> Ended:
    """Runs to its end. What it says is searched for clients' identities like the log."""
    process = await _start(folder, environment, *arguments)
    async with asyncio.timeout(READY_SECONDS):
        out, err = await process.communicate()
    return _ended(process, out, err)


@dataclass
class Served:
    """``referrals run`` at work. ``base``: where it answers."""

    process: Process
    base: str

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.base + path) as answer:
            return answer.status, await answer.text()

    async def stop(self) -> tuple[Ended, float]:
        """SIGTERM; what it said, and how many seconds it took."""
        before = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            out, err = await self.process.communicate()
        return _ended(self.process, out, err), time.monotonic() - before


@asynccontextmanager
async def serving(folder: Path, environment: Mapping[str, str], role: str = "run") -> AsyncIterator[Served]:
    """Once it is ready; killed at the end unless it has ended."""
    async with starting(folder, environment, role) as served:
        process = served.process
        async with asyncio.timeout(READY_SECONDS):
            while not await _ready(served):
                assert process.returncode is None, (await process.communicate())[1].decode()
                await asyncio.sleep(0.05)
        yield served


@asynccontextmanager
async def starting(folder: Path, environment: Mapping[str, str], role: str = "run") -> AsyncIterator[Served]:
    """At once, ready or not; killed at the end unless it has ended."""
    process = await _start(folder, environment, role)
    try:
        yield Served(process, environment["PUBLIC_URL"])
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _ready(served: Served) -> bool:
    try:
        return (await served.get("/readyz"))[0] == 200
    except aiohttp.ClientConnectionError:
        return False


async def _start(folder: Path, environment: Mapping[str, str], *arguments: str) -> Process:
    canary.watch().folders.append(folder)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        COMMAND, *arguments, cwd=folder, env=inherited | dict(environment), stdout=PIPE, stderr=PIPE
    )


def _ended(process: Process, out: bytes, err: bytes) -> Ended:
    assert process.returncode is not None
    ended = Ended(process.returncode, out.decode(), err.decode())
    canary.watch().log.lines += [ended.out, ended.err]
    return ended
