"""Reading a CSV file into rows of named cells, each with its line, and writing one that spreadsheets may open.

Pure: it knows bytes and columns, not the desk.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

MAX_BYTES = 10_000_000
MAX_LINES = 20_000

_BOMS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_SEPARATORS = ",;\t"
#: What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection), and the apostrophe
#: with which ``guard`` keeps it from doing so.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. ``line`` counts from 1 as an editor does, ``position`` counts columns from 1."""

    message: str
    line: int | None = None
    column: str | None = None
    position: int | None = None
    whom: str = ""  # whom the line is about, where that may be told

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else ""
        place += f" ({self.whom})" if place and self.whom else ""
        if self.column:
            place += f", column {self.column}" + (f" ({self.position})" if self.position else "")
        elif self.position:
            place += f", column {self.position}"
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True, slots=True)
class Columns:
    """What a kind of file may and must have."""

    known: tuple[str, ...]
    required: tuple[str, ...]
    guarded: bool = False  # cells may have been written by ``write_csv``


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # where the row begins; quoted cells may span several
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def problem(self, row: Row, column: str, message: str) -> Problem:
        if column not in self.columns:
            return Problem(f"{message} The file has no such column.", row.line, column)
        return Problem(message, row.line, column, self.columns.index(column) + 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """``table``: as much as could be read, for finding what else is wrong; None where the columns are not known."""

    table: Table | None
    problems: tuple[Problem, ...]


def parse_csv(data: bytes, columns: Columns) -> Table | list[Problem]:
    """The rows, or everything that keeps the file from being read. Never raises."""
    found = read_csv(data, columns)
    return list(found.problems) or found.table or [Problem("The file is empty.")]


def read_csv(data: bytes, columns: Columns) -> Reading:
    """The rows that can be read, and everything that keeps others from being read. Never raises.

    UTF-8 with or without a byte order mark. The separator is whichever of comma, semicolon and tab the header line
    has most of; the cells are not asked, because lists in them are split on semicolons.
    """
    if len(data) > MAX_BYTES:
        return _nothing(Problem(f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read. Split it."))
    text = _decoded(data)
    if isinstance(text, Problem):
        return _nothing(text)
    lines, problem = _read(text)
    if not lines:
        return _nothing(problem or Problem("The file is empty."))
    _, header = lines[0]
    names = tuple("_".join(cell.strip().casefold().replace("-", " ").split()) for cell in header)
    problems = [*_header_problems(names, columns, lines[0][0]), *([problem] if problem else [])]
    problems += _length_problems(lines, names)
    if any(name not in names for name in columns.required):
        return Reading(None, tuple(problems))
    whole = ((line, cells) for line, cells in lines[1:] if len(cells) == len(names))
    return Reading(Table(names, tuple(_row(line, names, cells, columns) for line, cells in whole)), tuple(problems))


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """With a byte order mark, by which spreadsheets know UTF-8, and no cell that one would run as a formula.

    Reading it with ``guarded`` columns gives the same cells again.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()


def guard(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _row(line: int, names: Sequence[str], cells: Sequence[str], columns: Columns) -> Row:
    """Of a column that is there twice, the first."""
    named: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=True):
        if name in columns.known:
            named.setdefault(name, _unguarded(cell) if columns.guarded else cell)
    return Row(line, named)


def _nothing(problem: Problem) -> Reading:
    return Reading(None, (problem,))


def _decoded(data: bytes) -> str | Problem:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Problem(f"The file is {encoding}. Save it as “CSV UTF-8”.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Problem("This line is not UTF-8. Save the file as “CSV UTF-8”.", line)


def _read(text: str) -> tuple[list[tuple[int, list[str]]], Problem | None]:
    """Every line that is not blank, with its number, up to the first that cannot be read."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(header), strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return found, None
        except csv.Error as error:
            return found, Problem(f"The quotes do not match up here ({error}).", line)
        if any(cell.strip() for cell in cells):
            found.append((line, cells))
        if len(found) > MAX_LINES + 1:
            return found, Problem(f"At most {MAX_LINES:,} lines are read at once. Split the file.", line)
        line = reader.line_num + 1


def _separator(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)


def _header_problems(names: Sequence[str], columns: Columns, line: int) -> list[Problem]:
    """Unknown names are told by their position: in a file without a header they are the first client's details."""
    problems = []
    for position, name in enumerate(names, 1):
        if name in names[: position - 1]:
            known = name if name in columns.known else None
            problems.append(Problem("This column is there twice.", line, known, position))
        elif name not in columns.known:
            near = get_close_matches(name, columns.known, n=1)
            advice = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(columns.known)}."
            problems.append(Problem(f"No such column. {advice}", line, None, position))
    missing = [name for name in columns.required if name not in names]
    if missing:
        problems.append(Problem(f"These columns are missing: {', '.join(missing)}.", line))
    return problems


def _length_problems(lines: Sequence[tuple[int, list[str]]], names: Sequence[str]) -> list[Problem]:
    """A line that is too short or too long has its cells under the wrong names, most likely."""
    advice = "Often a comma or a quotation mark is missing, or one too many."
    problems = []
    for line, cells in lines[1:]:
        if len(cells) != len(names):
            column = names[len(cells)] if len(cells) < len(names) else None
            message = f"This line has {len(cells)} cells; the header has {len(names)}. {advice}"
            problems.append(Problem(message, line, column, min(len(cells), len(names)) + 1))
    return problems
