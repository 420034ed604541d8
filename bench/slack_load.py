"""Signed button clicks over HTTP at a fixed number of connections, and how long each took to be answered.

``python -m bench.slack_load SECRET CONNECTIONS URL…`` clicks once for each line on standard input, by turns at the
URLs, and prints what came of it as JSON: a process of its own, so that whoever is measured has its interpreter alone.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from .clinicians import slack_user

#: Not counted: connections are opened, statements compiled, people looked up.
_WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Clicks:
    """``median`` and ``p99`` in seconds from the click to its answer."""

    count: int
    seconds: float
    median: float
    p99: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Clicker:
    """Where they click; each connection is another person's."""

    signing_secret: str
    team: str = "T0SANDBOX"

    def body(self, user: str, value: str) -> bytes:
        payload = {
            "type": "block_actions",
            "team": {"id": self.team, "domain": "sandbox"},
            "user": {"id": user, "username": "someone", "name": "someone", "team_id": self.team},
            "api_app_id": "A0SANDBOX",
            "token": "unused",
            "container": {"type": "message", "message_ts": "1.000001", "channel_id": "C0REFERRALS"},
            "trigger_id": "1.2.3",
            "channel": {"id": "C0REFERRALS", "name": "referrals"},
            "message": {"type": "message", "ts": "1.000001", "text": "card", "blocks": []},
            "state": {"values": {}},
            "actions": [
                {
                    "action_id": "referral.accept",
                    "block_id": "b",
                    "type": "button",
                    "value": value,
                    "action_ts": "1.1",
                    "text": {"type": "plain_text", "text": "Accept"},
                }
            ],
        }
        return urlencode({"payload": json.dumps(payload)}).encode()

    def headers(self, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        signature = SignatureVerifier(self.signing_secret).generate_signature(timestamp=stamp, body=body)
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature or "",
        }


def clicks(secret: str, connections: int, urls: Sequence[str], values: Sequence[str]) -> Clicks:
    """In another process; the first hundred do not count. Raises when anything but 200 is answered."""
    command = [sys.executable, "-m", "bench.slack_load", secret, str(connections), *urls]
    done = subprocess.run(command, input="\n".join(values), stdout=subprocess.PIPE, text=True, check=True)
    return Clicks(**json.loads(done.stdout))


async def click_through(clicker: Clicker, urls: Sequence[str], values: Sequence[str], connections: int) -> list[float]:
    """Clicks once for each value, ``connections`` at a time; answers the seconds each took, refusals raise."""
    taken: list[float] = []
    waiting: Iterator[str] = iter(values)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one_person(number: int) -> None:
            url, user = urls[number % len(urls)], slack_user(number)
            for value in waiting:
                body = clicker.body(user, value)
                headers = clicker.headers(body)
                started = time.perf_counter()
                async with session.post(url, data=body, headers=headers) as answer:
                    text = await answer.text()
                    taken.append(time.perf_counter() - started)
                if answer.status != 200:
                    raise RuntimeError(f"answered {answer.status}: {text[:200]}")

        await asyncio.gather(*map(one_person, range(connections)))
    return taken


def main(secret: str, connections: int, urls: Sequence[str]) -> None:
    values, clicker = sys.stdin.read().split(), Clicker(secret)
    asyncio.run(click_through(clicker, urls, values[:_WARM_UP], connections))
    started = time.perf_counter()
    taken = sorted(asyncio.run(click_through(clicker, urls, values[_WARM_UP:], connections)))
    seconds = time.perf_counter() - started
    found = Clicks(len(taken), seconds, statistics.median(taken), taken[int(len(taken) * 0.99)])
    json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
