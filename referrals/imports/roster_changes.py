"""What importing a roster changes, or would change: told field by field, and as a digest. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from .csv_files import Problem


@dataclass(frozen=True, slots=True)
class Updated:
    """``fields`` are names of what changed, never values."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell as it is, and as it would be; both as the file has them."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LineChange:
    """What one line of the file does. ``cells``: of somebody new, all that are not empty."""

    line: int
    name: str
    new: bool
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class RosterChange:
    """Names of providers. Whoever changed status is among ``updated`` as well. With problems, nothing has changed."""

    created: tuple[str, ...] = ()
    updated: tuple[Updated, ...] = ()
    unchanged: int = 0
    paused: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    made_inactive: tuple[str, ...] = ()
    released: int = 0  # open preferred offers that go to everyone, because their provider is paused or inactive
    left_waiting: int = 0  # accepted by somebody who becomes inactive, the client not contacted yet
    changes: tuple[LineChange, ...] = ()  # of the lines that change anything, in the order of the file
    problems: tuple[Problem, ...] = ()

    @property
    def plan(self) -> str:
        """Tells two outcomes apart, to see that what is applied is what was shown."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


def cell_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[CellChange, ...]:
    """``before``: empty for somebody new."""
    return tuple(
        CellChange(column, before.get(column, ""), text)
        for column, text in after.items()
        if text != before.get(column, "")
    )
