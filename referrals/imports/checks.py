"""Checks every line of an import, and reports every bad cell of it. Pure: what depends on the database is handed in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..intake.checks import FIELDS, check_intake
from ..intake.choices import Choices
from ..intake.request import Intake
from .csv_files import Columns, Problem, Row, Table
from .roster_lines import COLUMNS as ROSTER_FIELDS
from .roster_lines import RosterLine, read_roster_line

ROSTER_COLUMNS = Columns(ROSTER_FIELDS, required=("name", "states"), guarded=True)
REFERRAL_COLUMNS = Columns(
    FIELDS, required=("external_id", "client_name", "state", "insurer", "service", "delivery", "age_band")
)


@dataclass(frozen=True, slots=True)
class ReferralLine:
    line: int
    intake: Intake


def check_referrals(table: Table, choices: Choices) -> tuple[list[ReferralLine], list[Problem]]:
    """The good lines, and every bad cell in the order of the file."""
    problems: list[Problem] = []
    lines: list[ReferralLine] = []
    for row in table.rows:
        checked = check_intake(row.cells, choices, channel="csv")
        if isinstance(checked, Intake):
            lines.append(ReferralLine(row.line, checked))
        else:
            problems += [table.problem(row, error.field, error.message) for error in checked]
        if not row.cells["external_id"].strip():
            problems.append(table.problem(row, "external_id", "An id of your own, so that importing twice is safe."))
    problems += _repeated(table, "external_id", [(one.line, one.intake.external_id) for one in lines])
    return lines, in_order(problems)


def check_roster(table: Table, *, quote: bool = True) -> tuple[list[RosterLine], list[Problem]]:
    """The same of a roster, but with every line, as far as it could be read: each is looked at for all that is wrong.

    What a line says against the roster in the database, only ``roster_plan.match`` can tell. ``quote``: whether what
    is wrong is repeated, and whom its line is about.
    """
    problems: list[Problem] = []
    lines: list[RosterLine] = []
    for row in table.rows:
        line, errors = read_roster_line(row.cells, row.line, quote=quote)
        lines.append(line)
        whom = line.name if quote else ""
        problems += [replace(table.problem(row, one.field, one.message), whom=whom) for one in errors]
    for column in ("email", "slack_user", "slack_email", "npi"):
        problems += _repeated(table, column, [(one.line, getattr(one, column)) for one in lines])
    return lines, in_order(problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (one.line or 0, one.position or 0))


def _repeated(table: Table, column: str, values: Iterable[tuple[int, str | None]]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for line, value in values:
        if value is None:
            continue
        if value in first:
            row = Row(line, {})
            message = f"The same as in line {first[value]}. It may stand there only once."
            problems.append(table.problem(row, column, message))
        first.setdefault(value, line)
    return problems
