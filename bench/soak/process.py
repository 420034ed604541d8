"""``python -m bench.soak.process bot|worker``: the desk's own process, at a pace as fast as the clock that it lives by.

Only how long a failed delivery waits, and Slack's rate for posting, are scaled down; leases are as they are.
"""

import asyncio
import sys
from datetime import timedelta

from bot.logs import configure
from bot.run import Role, run
from bot.settings import Settings, SettingsError, load
from jobs.pacing import POST_GAP
from jobs.waits import Waits

#: A week passes in a few minutes; Slack's rates are raised by this much, which is far less.
FASTER = 25
_SECONDS = (1, 2, 4, 8, 15)
WAITS = Waits(
    notice=tuple(timedelta(seconds=seconds) for seconds in _SECONDS),
    card=timedelta(seconds=1),
    blocked_card=timedelta(seconds=10),
    probe=timedelta(seconds=4),
)


def main(role: str) -> None:
    configure()
    try:
        asyncio.run(run(load(Settings), role=Role[role.upper()], post_gap=POST_GAP / FASTER, waits=WAITS))
    except SettingsError as error:
        sys.exit("\n".join(error.lines))


if __name__ == "__main__":
    main(sys.argv[1])
