"""The desk's processes as a person starts them, with what they say in files beside the database."""

import asyncio
import os
import signal
from asyncio.subprocess import Process as Child
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.bot.command import COMMAND

_numbers = count(1)
#: Alone it takes two seconds; four start side by side, on a machine that may have other work.
READY_SECONDS = 90
#: What is under way may take some seconds, and the machine may have other work.
STOP_SECONDS = 30


@dataclass
class Process:
    """``role``: run, bot or worker. ``base``: where it answers; a worker answers nowhere."""

    role: str
    base: str
    child: Child
    log: Path
    #: Sent to it on purpose, so that its end is no surprise.
    ended_by: signal.Signals | None = None

    @property
    def alive(self) -> bool:
        return self.child.returncode is None

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    async def ready(self) -> None:
        async with asyncio.timeout(READY_SECONDS):
            while '"event": "ready"' not in self.said:
                assert self.alive, f"{self.role} ended with {self.child.returncode}:\n{self.said}"
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, and nobody is told."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        return await self._end(signal.SIGTERM)

    def hold(self) -> None:
        """SIGSTOP: as if the machine had stopped for a while."""
        self.child.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.child.send_signal(signal.SIGCONT)

    async def _end(self, by: signal.Signals) -> int:
        self.ended_by = by
        if self.alive:
            self.child.send_signal(by)
        async with asyncio.timeout(STOP_SECONDS):
            return await self.child.wait()


async def launch(role: str, folder: Path, environment: Mapping[str, str]) -> Process:
    """At once; ``ready`` waits for it."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    log = folder / f"{role}-{next(_numbers)}.log"
    with log.open("wb") as file:
        child = await asyncio.create_subprocess_exec(
            COMMAND, role, cwd=folder, env=inherited | dict(environment), stdout=file, stderr=file
        )
    return Process(role, f"http://127.0.0.1:{environment['PORT']}", child, log)
