"""``python -m bench [PART …]``: measurements, one after the other; without a part all of them. Each prints its aim.

Of times, a ratio is ours divided by the baseline (less is better); of rates likewise (more is better).
"""

import argparse
import os
import sys
from collections.abc import Callable

from .burst import burst
from .click_to_card import whole_process
from .deadlines import deadlines
from .decisions import decisions
from .growth import growth
from .listeners import listeners
from .one_hop import hops
from .pages import pages

PARTS: dict[str, Callable[[], None]] = {
    "listeners": listeners,
    "hop": hops,
    "process": whole_process,
    "decisions": decisions,
    "deadlines": deadlines,
    "pages": pages,
    "growth": growth,
    "burst": burst,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--full", action="store_true", help="the burst at Slack's real rate, which takes 17 minutes")
    given = parser.parse_args()
    if unknown := [part for part in given.parts if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    for name in given.parts or PARTS:
        print(f"measuring {name} …", file=sys.stderr)
        if name == "burst" and given.full:
            burst(full=True)
        else:
            PARTS[name]()


if __name__ == "__main__":
    main()
