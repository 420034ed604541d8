"""`make demo` as a newcomer has it: a process of its own, in an empty folder, ended from the keyboard."""

import asyncio
import os
import random
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = Path(sys.executable).with_name("referrals")
#: Idle it takes three seconds; the machine may have other work.
READY_SECONDS, END_SECONDS = 45, 10


@dataclass(slots=True)
class Demo:
    """``said``: what standard output has shown so far."""

    process: Process
    port: int
    folder: Path
    said: str = ""
    _errors: Path = field(default_factory=Path)

    @property
    def workspace(self) -> str:
        return self._address("The workspace")

    @property
    def form(self) -> str:
        return self._address("The public form")

    @property
    def complained(self) -> str:
        """Standard error, without how far the start has come."""
        return re.sub(r"\s*Living through a month.*\s*", "", self._errors.read_text())

    async def until_said(self, words: str) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(READY_SECONDS):
            while words not in self.said:
                line = await self.process.stdout.readline()
                assert line, f"it ended: {self.said}{self.complained}"
                self.said += line.decode()

    async def ctrl_c(self) -> float:
        """As a terminal does: all processes at once. Answers how many seconds it took to end."""
        before = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        async with asyncio.timeout(END_SECONDS):
            await self.process.wait()
        return time.monotonic() - before

    def left_behind(self) -> list[str]:
        """The command lines of its processes that still run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])
                if group == self.process.pid:
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
        return found

    def _address(self, label: str) -> str:
        found = re.search(rf"{label}\s+(http://\S+)", self.said)
        assert found, self.said
        return found[1]


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Demo]:
    """Killed at the end with all its children, unless it has ended by then."""
    port = free_ports()
    errors = folder / "errors.txt"
    with errors.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            COMMAND, "demo", "--port", str(port), cwd=folder, stdout=PIPE, stderr=stderr, start_new_session=True
        )
    demo = Demo(process, port, folder, _errors=errors)
    try:
        await demo.until_said("Ctrl-C")
        yield demo
    finally:
        if demo.left_behind():
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def free_ports(count: int = 3) -> int:
    """The first of so many free ports in a row, below those that the system gives to whoever asks for any."""
    while True:
        first = random.randrange(20_000, 30_000)
        if all(_free(first + step) for step in range(count)):
            return first


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
