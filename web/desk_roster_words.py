"""An import of the roster in people's words: what each line changes, and what follows from it. Pure."""

from dataclasses import dataclass

from referrals.imports.files import ImportReport
from referrals.imports.roster_cells import ACCOUNT
from referrals.imports.roster_changes import LineChange

_COLUMNS = {
    "name": "Name",
    "credential": "Credential",
    "email": "Work email",
    "work_phone": "Work phone",
    "mobile": "Mobile",
    "slack_user": "Slack member",
    "slack_email": "Slack email",
    "npi": "NPI",
    "states": "Licences",
    "insurers": "Insurers",
    "services": "Services",
    "delivery": "Delivery",
    "specialties": "Specialties",
    "languages": "Languages",
    "styles": "Styles",
    "identity": "Identity",
    "age_bands": "Age bands",
    "booking_link": "Booking link",
    "status": "Status",
    ACCOUNT: "In Slack",
}


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    line: int
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """``plan``: what applying it must come to again. ``follows``: sentences about what else happens."""

    total: int
    new: tuple[Line, ...]
    changed: tuple[Line, ...]
    unchanged: int
    paused: tuple[str, ...]
    resumed: tuple[str, ...]
    inactive: tuple[str, ...]
    follows: tuple[str, ...]
    plan: str

    @property
    def nothing(self) -> bool:
        return not self.new and not self.changed


def preview_of(report: ImportReport) -> Preview:
    """Of a report without problems."""
    change = report.roster
    if change is None:
        raise ValueError("a report that is not about a roster, or that has problems")
    return Preview(
        total=report.lines,
        new=tuple(_line(one) for one in change.changes if one.new),
        changed=tuple(_line(one) for one in change.changes if not one.new),
        unchanged=change.unchanged,
        paused=change.paused,
        resumed=change.resumed,
        inactive=change.made_inactive,
        follows=follows_from(change.released, change.left_waiting, len(change.made_inactive)),
        plan=change.plan,
    )


def counts_of(report: ImportReport) -> dict[str, str]:
    """Of a report that was applied, for the address of the page that says so: numbers, and nobody's name."""
    change = report.roster
    if change is None:
        return {}
    new = sum(one.new for one in change.changes)
    found = {
        "added": new,
        "changed": len(change.changes) - new,
        "unchanged": change.unchanged,
        "paused": len(change.paused),
        "resumed": len(change.resumed),
        "inactive": len(change.made_inactive),
        "released": change.released,
        "waiting": change.left_waiting,
    }
    return {name: str(count) for name, count in found.items() if count}


def follows_from(released: int, left_waiting: int, made_inactive: int) -> tuple[str, ...]:
    """What else happens, in sentences."""
    follows = []
    if released:
        count = released
        said = "1 open offer goes" if count == 1 else f"{count} open offers go"
        follows.append(f"{said} to everyone, because whoever it waits for is paused or inactive. The clients are told.")
    if left_waiting:
        count = left_waiting
        said = "1 client who was accepted has" if count == 1 else f"{count} clients who were accepted have"
        follows.append(
            f"{said} not been contacted yet by somebody who becomes inactive: see “Needs a person” in Slack."
        )
    if made_inactive:
        follows.append(
            "Whoever becomes inactive is unlisted and not routable. This does not change their status with any"
            " insurance company's directory."
        )
    return tuple(follows)


def example() -> str:
    """A short file to begin with."""
    return (
        "name,credential,email,states,insurers,services\n"
        "Maya Chen,LCSW,maya@practice.example.org,NY:2027-03-01; NJ,Aetna; Cigna,Individual therapy\n"
    )


def _line(one: LineChange) -> Line:
    cells = (Cell(_COLUMNS.get(cell.column, cell.column), cell.before, cell.after) for cell in one.cells)
    return Line(one.line, one.name, tuple(cells))
