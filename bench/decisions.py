"""How many people a second can press Accept: one process on SQLite, and several ``referrals bot`` on PostgreSQL.

Every Accept is another referral's, signed, over HTTP at 32 connections, and durable when it is answered. Nothing else
runs beside the bots: what follows from an Accept waits in the outbox.
"""

import asyncio
import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.embedded import valkey

from .clinicians import write_people
from .desk import accepted, prepared
from .environment import environment
from .listener import SIGNING_SECRET, empty_listener
from .postgres import Postgres, postgres
from .processes import cpu_seconds, free_port, process, sandbox, until_answers
from .slack_load import Clicks, clicks

_CLICKS = 2100
_CONNECTIONS = 32
_BOT = ("-c", "from bot.cli import main; main()", "bot")
_AIM = 500


@dataclass(frozen=True, slots=True)
class Measured:
    clicks: Clicks
    cpu: float  # seconds a click, of all the processes clicked at

    def row(self, name: str, base: "Measured", one: "Measured | None" = None) -> str:
        rate = self.clicks.rate
        cells = (
            f"{rate:>8.0f}/s {1000 * self.clicks.median:>9.1f} {1000 * self.clicks.p99:>9.1f} {1000 * self.cpu:>9.2f}"
        )
        beside = f"{rate / one.clicks.rate:>12.2f} x" if one else f"{'':14}"
        return f"{name:36}{cells} {rate / base.clicks.rate:>12.2f} x{beside}"


def decisions() -> None:
    print(f"\nAccept decisions at {_CONNECTIONS} connections")
    print(f"{'':36}{'rate':>10} {'median ms':>9} {'p99 ms':>9} {'CPU ms':>9} {'/ baseline':>14}{'/ one bot':>14}")
    base = _baseline()
    print(base.row("empty Bolt listener as shipped", base), flush=True)
    with tempfile.TemporaryDirectory() as folder, sandbox(people=write_people(Path(folder))) as (workspace, smtp):
        ours = _sqlite(workspace, smtp)
        print(ours.row("SQLite, one process", base), flush=True)
        with postgres() as server:
            one = None
            for bots in (1, 2, 4):
                found = _postgres(server, workspace, smtp, bots)
                one = one or found
                print(found.row(f"PostgreSQL, {bots} bot{'s' if bots > 1 else ''}", base, one), flush=True)
    print(
        f"aim: {_AIM}/s on SQLite; ours {ours.clicks.rate / _AIM:.2f} x of it. CPU is of all bots, without the server's"
    )


def _baseline() -> Measured:
    with empty_listener("shipped") as (pid, url):
        return _measured([pid], [url], SIGNING_SECRET, ["x"] * _CLICKS)


def _sqlite(workspace: str, smtp: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        variables = environment(workspace, smtp, port, DATABASE_URL=f"sqlite:///{Path(folder) / 'desk.db'}")
        offers = asyncio.run(prepared(variables, _CLICKS))
        with process("-m", "bench.desk", env=variables) as pid:
            found = _measured([pid], [_clickable(port)], variables["SLACK_SIGNING_SECRET"], offers)
        _all_accepted(variables)
        return found


def _postgres(server: Postgres, workspace: str, smtp: int, bots: int) -> Measured:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = [free_port() for _ in range(bots)]
        shared = {"DATABASE_URL": server.new_database(), "REDIS_URL": stack.enter_context(valkey(folder))}
        variables = environment(workspace, smtp, ports[0], **shared)
        offers = asyncio.run(prepared(variables, _CLICKS))
        pids = [stack.enter_context(process(*_BOT, env=variables | {"PORT": str(port)})) for port in ports]
        found = _measured(pids, [_clickable(port) for port in ports], variables["SLACK_SIGNING_SECRET"], offers)
        _all_accepted(variables)
        return found


def _all_accepted(variables: dict[str, str]) -> None:
    """An error is answered as well, and with 200."""
    done = asyncio.run(accepted(variables["DATABASE_URL"]))
    if done != _CLICKS:
        print(f"only {done} of {_CLICKS} clicks were decisions: the rate below counts the others as well")


def _clickable(port: int) -> str:
    until_answers(f"http://127.0.0.1:{port}/healthz")
    return f"http://127.0.0.1:{port}/slack/events"


def _measured(pids: list[int], urls: list[str], secret: str, values: list[str]) -> Measured:
    before = sum(map(cpu_seconds, pids))
    found = clicks(secret, _CONNECTIONS, urls, values)
    return Measured(found, (sum(map(cpu_seconds, pids)) - before) / len(values))
