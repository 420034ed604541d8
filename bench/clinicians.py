"""The people who click: one for each connection, because nobody presses 32 buttons at once."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from store.ids import new_id
from store.tables import Provider
from store.vocabulary import SlackStanding

COUNT = 32


def slack_user(number: int) -> str:
    return f"U0CLINICIAN{number % COUNT:02}"


def roster(practice_id: str, at: datetime) -> list[Provider]:
    """Full members of the workspace, all licensed in New York and on Aetna's panel."""
    return [
        Provider(
            id=new_id(),
            practice_id=practice_id,
            slack_user=slack_user(number),
            slack_standing=SlackStanding.MEMBER,
            name=f"Clinician {number}",
            work_email=_address(number),
            time_zone="America/New_York",
            licences=[{"state": "NY"}],
            insurers=[{"insurer": "aetna", "accepting": True}],
            created_at=at,
        )
        for number in range(COUNT)
    ]


def write_people(folder: Path) -> Path:
    """The same for the workspace, with a coordinator; answers the file."""
    people: list[dict[str, Any]] = [{"id": "U0ROBIN", "name": "robin", "email": "robin@junipergrove.example.org"}]
    for number in range(COUNT):
        name = f"Clinician {number}"
        person = {"id": slack_user(number), "name": f"clinician{number}", "real_name": name, "tz": "America/New_York"}
        people.append(person | {"email": _address(number)})
    file = folder / "people.json"
    file.write_text(json.dumps(people))
    return file


def _address(number: int) -> str:
    return f"clinician{number}@junipergrove.example.org"
