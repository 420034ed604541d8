"""The time zones to choose from: those of the United States first, then the world's by its parts. Pure."""

import re
import zoneinfo
from functools import cache

#: As people there call them, from east to west; Arizona and Hawaii keep no summer time.
_AMERICAN = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Puerto Rico",
    "Pacific/Guam": "Guam",
}
_PARTS = ("America", "Europe", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "Antarctica")
_NAME = re.compile(rf"({'|'.join(_PARTS)})/[A-Za-z_/+-]{{2,40}}")
#: Slack's limit of options in a group.
_MOST = 100

Zones = list[tuple[str, str]]


def zone_choices(now: str) -> list[tuple[str, Zones]]:
    """Groups of (IANA name, label). ``now`` is among them, whatever it is."""
    groups = list(_groups())
    if all(now != name for _, zones in groups for name, _ in zones):
        groups.insert(0, ("As it is", [(now, now)]))
    return groups


@cache
def _groups() -> tuple[tuple[str, Zones], ...]:
    first = [(name, f"{common} ({_city(name)})") for name, common in _AMERICAN.items()]
    found = [("United States", first)]
    known = sorted(name for name in zoneinfo.available_timezones() if _NAME.fullmatch(name) and name not in _AMERICAN)
    for part in _PARTS:
        names = [name for name in known if name.startswith(f"{part}/")]
        for start in range(0, len(names), _MOST):
            piece = names[start : start + _MOST]
            span = f" ({_city(piece[0])[0]} to {_city(piece[-1])[0]})" if len(names) > _MOST else ""
            found.append((f"{part}{span}", [(name, f"{_city(name)} ({part})") for name in piece]))
    return tuple(found)


def _city(name: str) -> str:
    return ", ".join(reversed(name.partition("/")[2].replace("_", " ").split("/")))
