"""``make bench``: every measurement, one after the other. Ratios are ours divided by the baseline: less is better."""

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from .click_to_card import click_to_card
from .listener import SIGNING_SECRET
from .one_hop import one_hop
from .slack_load import Clicker, click_through

CLICKS = 600
CONNECTIONS = (1, 32)


def main() -> None:
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    listeners()
    hops()
    whole_process()


def listeners() -> None:
    """An empty Bolt listener as shipped and with process_before_response, against our whole Accept."""
    print("\nOne click answered over HTTP, median ms (and per second)")
    print(f"{'':34}" + "".join(f"{count:>6} connection{'s' if count > 1 else ''}    " for count in CONNECTIONS))
    shipped = _row("empty listener as shipped", _empty("shipped"))
    before = _row("empty, process_before_response", _empty("before_response"))
    with _sandbox() as (sandbox, smtp), tempfile.TemporaryDirectory() as folder:
        ours = _row("our Accept, durable", _accept(Path(folder), sandbox, smtp))
    for name, base in (("as shipped", shipped), ("process_before_response", before)):
        ratios = "".join(f"{mine / theirs:>15.2f} x     " for mine, theirs in zip(ours, base, strict=True))
        print(f"{'our Accept / empty ' + name:34}"[:44] + ratios)
    print("aim: at most 0.35 x the empty listener as shipped")


def hops() -> None:
    """A transaction in the writing thread against the same one statement by statement."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(one_hop(Path(folder)))


def whole_process() -> None:
    """The all-in-one process: start, memory, and a click seen in the channel."""
    with _sandbox("socket") as (sandbox, smtp), tempfile.TemporaryDirectory() as folder:
        asyncio.run(click_to_card(Path(folder), sandbox, smtp, free_port()))


def _row(name: str, medians: list[tuple[float, float]]) -> list[float]:
    cells = "".join(f"{1000 * median:>10.2f} ms {rate:>6.0f}/s" for median, rate in medians)
    print(f"{name:34}{cells}")
    return [median for median, _ in medians]


def _empty(mode: str) -> list[tuple[float, float]]:
    port = free_port()
    with _process("bench.listener", mode, str(port)):
        _until_answers(f"http://127.0.0.1:{port}/")
        clicker = Clicker(f"http://127.0.0.1:{port}/slack/events", SIGNING_SECRET)
        return [_measure(clicker, ["x"] * CLICKS, count) for count in CONNECTIONS]


def _accept(folder: Path, sandbox: str, smtp: int) -> list[tuple[float, float]]:
    port = free_port()
    total = (CLICKS + 50) * len(CONNECTIONS)
    with _process("bench.desk", str(folder), str(port), sandbox, str(smtp), str(total)):
        _until_answers(f"http://127.0.0.1:{port}/healthz", patience=120)
        offers = json.loads((folder / "offers.json").read_text())
        clicker = Clicker(f"http://127.0.0.1:{port}/slack/events", "sandbox-signing-secret")
        each = len(offers) // len(CONNECTIONS)
        return [_measure(clicker, offers[at * each : (at + 1) * each], count) for at, count in enumerate(CONNECTIONS)]


def _measure(clicker: Clicker, values: list[str], connections: int) -> tuple[float, float]:
    """The median in seconds and the rate a second, after 50 clicks that do not count."""
    asyncio.run(click_through(clicker, values[:50], connections))
    started = time.perf_counter()
    taken = asyncio.run(click_through(clicker, values[50:], connections))
    return statistics.median(taken), len(taken) / (time.perf_counter() - started)


@contextlib.contextmanager
def _sandbox(mode: str = "http") -> Iterator[tuple[str, int]]:
    port, smtp = free_port(), free_port()
    manifest = Path(__file__).parent.parent / "manifest.yml"
    flags = [
        "--port",
        str(port),
        "--smtp-port",
        str(smtp),
        "--manifest",
        str(manifest),
        "--mode",
        mode,
        "--no-limits",
    ]
    with _process("sandbox", *flags):
        _until_answers(f"http://127.0.0.1:{port}/ui/state")
        yield f"http://127.0.0.1:{port}", smtp


@contextlib.contextmanager
def _process(module: str, *arguments: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until_answers(url: str, patience: float = 20) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
