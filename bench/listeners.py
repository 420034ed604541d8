"""One click answered over HTTP: an empty Bolt listener as shipped and with process_before_response, and our Accept."""

import asyncio
import tempfile
from pathlib import Path

from .clinicians import write_people
from .desk import prepared
from .environment import environment
from .listener import SIGNING_SECRET, empty_listener
from .processes import free_port, process, sandbox, until_answers
from .slack_load import Clicks, clicks

_CLICKS = 600
_CONNECTIONS = (1, 32)


def listeners() -> None:
    print("\nOne click answered over HTTP, median ms (and per second)")
    print(f"{'':34}" + "".join(f"{count:>6} connection{'s' if count > 1 else ''}    " for count in _CONNECTIONS))
    shipped = _row("empty listener as shipped", _empty("shipped"))
    before = _row("empty, process_before_response", _empty("before_response"))
    ours = _row("our Accept, durable", _accept())
    for name, base in (("as shipped", shipped), ("process_before_response", before)):
        ratios = "".join(f"{mine / theirs:>15.2f} x     " for mine, theirs in zip(ours, base, strict=True))
        print(f"{'our Accept / empty ' + name:34}"[:44] + ratios)
    print("aim: at most 0.35 x the empty listener as shipped")


def _row(name: str, found: list[Clicks]) -> list[float]:
    print(f"{name:34}" + "".join(f"{1000 * one.median:>10.2f} ms {one.rate:>6.0f}/s" for one in found))
    return [one.median for one in found]


def _empty(mode: str) -> list[Clicks]:
    with empty_listener(mode) as (_, url):
        return [clicks(SIGNING_SECRET, count, [url], ["x"] * _CLICKS) for count in _CONNECTIONS]


def _accept() -> list[Clicks]:
    with tempfile.TemporaryDirectory() as folder, sandbox(people=write_people(Path(folder))) as (workspace, smtp):
        port = free_port()
        variables = environment(workspace, smtp, port, DATABASE_URL=f"sqlite:///{Path(folder) / 'desk.db'}")
        offers = asyncio.run(prepared(variables, _CLICKS * len(_CONNECTIONS)))
        secret, url = variables["SLACK_SIGNING_SECRET"], f"http://127.0.0.1:{port}/slack/events"
        with process("-m", "bench.desk", env=variables):
            until_answers(f"http://127.0.0.1:{port}/healthz")
            each = [offers[at * _CLICKS : (at + 1) * _CLICKS] for at in range(len(_CONNECTIONS))]
            return [clicks(secret, count, [url], few) for count, few in zip(_CONNECTIONS, each, strict=True)]
