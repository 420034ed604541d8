"""The desk's processes, kept up as a supervisor does: killed on purpose, started again, their logs kept."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What a slow or absent server comes to. On a machine with too much to do, the database is slow as well.
_OF_A_STORM = frozenset(
    {
        *("TimeoutError", "DBAPIError", "OperationalError", "InterfaceError"),
        *("ConnectionError", "ConnectionResetError", "ServerDisconnectedError", "ClientConnectorError"),
        *(
            "ClientOSError",
            "ClientConnectionResetError",
            "ServerTimeoutError",
            "WSServerHandshakeError",
            "SlackApiError",
        ),
    }
)
#: A mail to a coordinator that was lost twice after it was handed over, and redis-py's own about a dropped connection.
_EXPECTED = frozenset({"coordinator_not_reached", "asyncio: Unclosed Pipeline client"})
#: What the SDK logs when apps.connections.open failed, just before it tries again.
_SOCKET_REFUSED = "Failed to retrieve WSS URL: The request to the Slack API failed."
#: handlers/errors.py: a reference, what was asked for, and what went wrong.
_ANSWERED = re.compile(r"error [0-9a-f]+ in (\w+): (\w+) ")
_SESSION = re.compile(r", session: \w+")
_STOP_SECONDS = 30.0
_READY = b'"event": "ready"'
#: A server that is not to be had at a start ends the process with a line; whoever supervises it tries again.
_REFUSED = 1


@dataclass(frozen=True, slots=True)
class Complaint:
    """``error``: the exception's type."""

    what: str
    error: str

    @property
    def of_a_storm(self) -> bool:
        """To be expected, as long as what it hindered is made up for."""
        return self.error in _OF_A_STORM or self.what in _EXPECTED or self.what.startswith(_SOCKET_REFUSED)

    def __str__(self) -> str:
        return f"{self.what} {self.error}".strip()


def complaint(line: str) -> Complaint | None:
    """A traceback, or a line of the log at error level or above; None for any other line."""
    if line.startswith("Traceback"):
        return Complaint("a traceback", "")
    if '"level": "error"' not in line and '"level": "critical"' not in line:
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None  # half a line, of a process that was killed while it wrote
    event = str(entry.get("event"))
    if answered := _ANSWERED.match(event):
        return Complaint(f"answering a {answered[1]}", answered[2])
    return Complaint(str(entry.get("step") or _SESSION.sub("", event)), str(entry.get("error") or ""))


@dataclass
class Part:
    """One place for a process. ``log``: of the one that runs now."""

    role: str
    number: int
    port: int
    log: Path = Path()
    child: Process | None = None
    up: bool = False
    meant: bool = False  # to end, as it was told
    lives: int = 0

    @property
    def name(self) -> str:
        return f"{self.role}-{self.number}"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass
class Fleet:
    """``wrong``: whoever ended without being told to."""

    folder: Path
    environment: Mapping[str, str]
    parts: list[Part]
    pause: Callable[[], float]  # seconds until a process is started again
    kills: Counter[str] = field(default_factory=Counter)
    refused_starts: int = 0
    wrong: list[str] = field(default_factory=list)
    _turn: int = 0
    _closing: bool = False
    _keeping: list[asyncio.Task[None]] = field(default_factory=list)
    _may_start: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self._may_start.set()
        self._keeping = [asyncio.create_task(self._keep(part)) for part in self.parts]

    @property
    def bots(self) -> list[Part]:
        return [part for part in self.parts if part.up and part.role == "bot"]

    def next_bot(self) -> Part | None:
        """One after the other, of those that are up: as what spreads requests over them does."""
        self._turn += 1
        bots = self.bots
        return bots[self._turn % len(bots)] if bots else None

    async def all_up(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while not all(part.up for part in self.parts):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True

    def kill(self, part: Part) -> None:
        """SIGKILL: nothing is finished, and nobody is told."""
        if part.child is not None and part.child.returncode is None:
            part.meant, part.up = True, False
            self.kills[part.role] += 1
            part.child.kill()

    async def power_cut(self) -> None:
        """All at once; they stay down until ``go_on``."""
        self._may_start.clear()
        for part in self.parts:
            self.kill(part)
        while any(part.child is not None and part.child.returncode is None for part in self.parts):
            await asyncio.sleep(0.02)

    def go_on(self) -> None:
        self._may_start.set()

    async def stop(self) -> None:
        """SIGTERM for all; each must end by itself, with 0."""
        self._closing = True
        self._may_start.set()
        for part in self.parts:
            part.meant = True
            if part.child is not None and part.child.returncode is None:
                part.child.send_signal(signal.SIGTERM)
        _, late = await asyncio.wait(self._keeping, timeout=_STOP_SECONDS)
        for part in self.parts:
            if part.child is None:
                continue
            if part.child.returncode is None:
                self.wrong.append(f"{part.name} did not stop within {_STOP_SECONDS:g} s")
                part.child.kill()
            elif part.child.returncode:
                self.wrong.append(f"{part.name} was told to stop and ended with {part.child.returncode}")
        await asyncio.gather(*late)

    async def command(self, *arguments: str) -> tuple[int, str]:
        """``referrals …`` with the same settings: its exit code, and what it said."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()", *arguments),
            cwd=self.folder,
            env=self._variables(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await child.communicate()
        return child.returncode or 0, said.decode().strip()

    async def close(self) -> None:
        """Whatever has happened, nobody is left behind."""
        self._closing = True
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        for part in self.parts:
            if part.child is not None and part.child.returncode is None:
                part.child.kill()
                await part.child.wait()

    def complaints(self) -> Counter[Complaint]:
        """What the logs hold at error level and above, and tracebacks."""
        return Counter(found for line in self._lines() if (found := complaint(line)) is not None)

    def logged(self, words: str) -> int:
        return sum(words in line for line in self._lines())

    def _lines(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("*.log")):
            yield from path.read_text(errors="replace").splitlines()

    def _variables(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return inherited | dict(self.environment) | {"PYTHONPATH": str(ROOT)}

    async def _keep(self, part: Part) -> None:
        while not self._closing:
            await self._may_start.wait()
            await self._live(part)
            if not self._closing:
                await asyncio.sleep(self.pause())

    async def _live(self, part: Part) -> None:
        part.lives += 1
        part.log = self.folder / f"{part.name}.{part.lives}.log"
        with part.log.open("wb") as log:
            part.child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.soak.process", part.role),
                cwd=self.folder,
                env=self._variables() | {"PORT": str(part.port)},
                stdout=log,
                stderr=log,
            )
        part.meant = self._closing
        if self._closing:  # it was told to stop while it was being started
            part.child.send_signal(signal.SIGTERM)
        ready = asyncio.create_task(_until_ready(part))
        code = await part.child.wait()
        ready.cancel()
        was_up, part.up = part.up or part.meant, False
        if part.meant:
            return
        if code == _REFUSED and not was_up and not _has_traceback(part.log):
            self.refused_starts += 1
        else:
            self.wrong.append(f"{part.name} ended by itself with {code}: {part.log.name}")


async def _until_ready(part: Part) -> None:
    while _READY not in part.log.read_bytes():
        await asyncio.sleep(0.1)
    part.up = not part.meant


def _has_traceback(log: Path) -> bool:
    return b"Traceback" in log.read_bytes()
