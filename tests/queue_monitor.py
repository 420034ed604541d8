"""What a queue server is told, command by command: jobs, keys and their values, also those that live for a moment."""

import socket
import threading
from itertools import count

from redis import Redis


class Monitor:
    """Every command that a queue server is given, from a connection of its own, for as long as the server lives."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url)
        host, _, port = url.removeprefix("redis://").partition("/")[0].partition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.sendall(b"MONITOR\r\n")
        self._lines: list[str] = []
        self._caught_up = threading.Condition()
        self._marks = count(1)
        threading.Thread(target=self._read, daemon=True, name="queue-monitor").start()

    def _read(self) -> None:
        with self._socket.makefile("rb") as stream:
            for line in stream:
                with self._caught_up:
                    self._lines.append(line.decode("utf-8", "backslashreplace"))
                    self._caught_up.notify_all()

    def clear(self) -> None:
        self.taken()

    def taken(self) -> list[str]:
        """All commands since the last call, and all that is stored now."""
        mark = f"canary-mark-{next(self._marks)}"
        stored = [f"{key!r} {self._redis.dump(key)!r}" for key in self._redis.scan_iter()]
        self._redis.echo(mark)
        with self._caught_up:
            assert self._caught_up.wait_for(lambda: any(mark in line for line in reversed(self._lines)), timeout=10)
            lines, self._lines = self._lines, []
        return lines + stored

    def stop(self) -> None:
        self._socket.close()
