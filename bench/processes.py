"""Processes under measure: started, waited for, and ended. Knows nothing of what they do."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
_COMPLAINT = re.compile(r'"level": "(error|critical)"|^\w*Error')
_SHOWN = 3


@contextlib.contextmanager
def process(*command: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Iterator[int]:
    """``python COMMAND…`` until the end of the block; yields its pid. Of its complaints the last are shown."""
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen([sys.executable, *command], stdout=said, stderr=said, env=env, cwd=cwd)
        try:
            yield running.pid
        finally:
            running.terminate()
            running.wait()
            said.seek(0)
            complaints = [line for line in said.read().decode().splitlines() if _COMPLAINT.search(line)]
            for line in complaints[-_SHOWN:]:
                print(line, file=sys.stderr)


@contextlib.contextmanager
def sandbox(mode: str = "http", people: Path | None = None) -> Iterator[tuple[str, int]]:
    """A workspace without rate limits in a process of its own; yields its address and the port of its SMTP server."""
    port, smtp = free_port(), free_port()
    flags = ["--port", str(port), "--smtp-port", str(smtp), "--manifest", str(MANIFEST), "--mode", mode, "--no-limits"]
    flags += ["--people", str(people)] if people else []
    with process("-m", "sandbox", *flags):
        until_answers(f"http://127.0.0.1:{port}/ui/state")
        yield f"http://127.0.0.1:{port}", smtp


def until_answers(url: str, patience: float = 60) -> None:
    """Whatever the answer is. ``patience``: seconds, then what it failed with is raised."""
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


def cpu_seconds(pid: int) -> float:
    """Of the process so far, in user and kernel mode: what a busy machine does not stretch as it does a wall clock."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory, in MB of 10^6 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError("no VmRSS")
