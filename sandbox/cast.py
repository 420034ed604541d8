"""The people of the default practice. Invented; the demo may bring its own as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_EAST, _CENTRAL = "America/New_York", "America/Chicago"
_MOUNTAIN, _WEST = "America/Denver", "America/Los_Angeles"


def _person(key: str, real_name: str, title: str, tz: str, color: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"U0{key.upper()}",
        "name": key,
        "real_name": real_name,
        "email": f"{key}@junipergrove.example.org",
        "title": title,
        "tz": tz,
        "color": color,
        **more,
    }


DEFAULT_PEOPLE: Sequence[Mapping[str, Any]] = (
    _person("robin", "Robin Castellanos", "Practice coordinator", _EAST, "7a4f9a", is_admin=True, is_owner=True),
    _person("maya", "Maya Okonkwo-Reyes", "LCSW", _EAST, "2f7d6d"),
    _person("tomas", "Tomás Lindqvist", "LMFT", _WEST, "3b5fb0"),
    _person("yuki", "Yuki Tanabe 田辺 由紀", "PsyD", _WEST, "c2564b"),
    _person("dara", "Dara Feldman-Ito", "LPC", _CENTRAL, "b07c1e"),
    _person("samir", "Samir Haddad سمير حدّاد", "LMHC", _EAST, "4b7f2c"),
    _person("ines", "Inês Carvalho", "LCSW", _MOUNTAIN, "9c3f72"),
    _person("noor", "Noor Bakshi", "PhD", _CENTRAL, "2a6f97"),
    _person("walt", "Walter O’Shea", "LMFT", "America/Phoenix", "8a5a3c"),
    _person("ksenia", "Ксения Морозова", "PMHNP", "Pacific/Honolulu", "5d5fa8"),
    _person("gus", "Gus Almond", "Billing contractor", _EAST, "76736c", is_restricted=True),
    _person("petra", "Petra Vance", "Partner clinic", _CENTRAL, "a8442f", team_id="T0PARTNER"),
)
