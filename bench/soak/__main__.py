"""``python -m bench.soak [--minutes 10] [--seed 7]``: prints the account; exits with 1 when anything is wrong."""

import argparse
import asyncio
import logging
import shutil
import signal
import sys
from pathlib import Path

from bench.postgres import postgres

from .report import report
from .soak import Given, Result, soak

_FOLDER = Path(".soak")


async def _to_its_end(given: Given) -> Result:
    """Told to stop, it takes its processes along."""
    running = asyncio.ensure_future(soak(given))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await running


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of the storm; coming to rest takes longer")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # the other side's own
    folder = _FOLDER / f"seed-{asked.seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with postgres() as server:
        given = Given(asked.minutes * 60, asked.seed, folder, server.new_database())
        result = asyncio.run(_to_its_end(given))
    print(report(given, result))
    if result.wrong:
        (folder / "wrong.txt").write_text("\n".join(result.wrong) + "\n")
        print(f"\nThe logs of all processes are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
