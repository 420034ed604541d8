"""Signed button clicks over HTTP at a fixed number of connections, and how long each took to be answered."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier


@dataclass(frozen=True, slots=True)
class Clicker:
    """Who clicks, where: the identities every payload carries."""

    url: str
    signing_secret: str
    team: str = "T0SANDBOX"
    user: str = "U0MAYA"

    def body(self, value: str) -> bytes:
        payload = {
            "type": "block_actions",
            "team": {"id": self.team, "domain": "sandbox"},
            "user": {"id": self.user, "username": "maya", "name": "maya", "team_id": self.team},
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


async def click_through(clicker: Clicker, values: Sequence[str], connections: int) -> list[float]:
    """Clicks once for each value, ``connections`` at a time; answers the seconds each took, refusals raise."""
    taken: list[float] = []
    waiting: Iterator[str] = iter(values)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:

        async def one_person() -> None:
            for value in waiting:
                body = clicker.body(value)
                headers = clicker.headers(body)
                started = time.perf_counter()
                async with session.post(clicker.url, data=body, headers=headers) as answer:
                    text = await answer.text()
                    taken.append(time.perf_counter() - started)
                if answer.status != 200:
                    raise RuntimeError(f"answered {answer.status}: {text[:200]}")

        await asyncio.gather(*(one_person() for _ in range(connections)))
    return taken
