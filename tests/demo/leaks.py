"""Looks for clients wherever the demo must not have them. Knows which of its windows are Slack's."""

import json

import aiohttp

from tests.canary import Watch, found_in
from tests.demo.running import Demo

_SLACK_AND_TEXTS = ("channels", "dms", "home", "modals", "notices", "sms")


async def nothing_leaks(demo: Demo, watch: Watch) -> None:
    """No client in Slack, in a text message, on the terminal or readable on the disk."""
    async with aiohttp.ClientSession() as session:
        for person in ("U0ROBIN", "U0MAYA", "U0TOMAS", "U0SAMIR"):
            async with session.get(f"{demo.workspace}/ui/state", params={"as": person}) as answer:
                state = await answer.json()
            seen = {place: state[place] for place in _SLACK_AND_TEXTS}
            assert list(found_in(person, json.dumps(seen, ensure_ascii=False))) == []
    assert list(found_in("terminal", demo.said + demo.complained)) == []
    watch.look_at_files(demo.folder / ".demo")
    assert watch.leaks() == []
