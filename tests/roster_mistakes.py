"""A roster of 500 lines, and twenty kinds of mistakes that somebody may make in one. Nobody in it is anybody."""

import csv
import io
from dataclasses import dataclass

from referrals.imports.roster_lines import COLUMNS

LINES = 500

#: National Provider Identifiers with true check digits, made by the rule and held by nobody that we know of.
_NPI_BASE = 240000100


@dataclass(frozen=True, slots=True)
class Mistake:
    """``cells``: what a line has instead. ``column``: where it is reported; ``says``: part of what is told."""

    kind: str
    column: str
    cells: dict[str, str]
    says: str


MISTAKES = (
    Mistake("no name", "name", {"name": ""}, "A name is needed"),
    Mistake("a name without letters", "name", {"name": "12345"}, "with letters"),
    Mistake("a credential as long as a story", "credential", {"credential": "LCSW " * 20}, "At most 60"),
    Mistake("a work email that is none", "email", {"email": "maya at practice"}, "name@example.com"),
    Mistake(
        "a work email of another line", "email", {"email": "person0@practice.example.org"}, "The same as in line 2"
    ),
    Mistake("an email of another on the roster", "npi", {"npi": "1234567893"}, "says"),
    Mistake("nothing to reach them by", "email", {"email": ""}, "to reach and to recognise"),
    Mistake("a work phone without area code", "work_phone", {"work_phone": "555-0142"}, "(512) 555-0142"),
    Mistake("a work phone with an extension", "work_phone", {"work_phone": "512-555-0142 ext. 5"}, "extension"),
    Mistake("a mobile that is no number", "mobile", {"mobile": "ask me"}, "(512) 555-0142"),
    Mistake("a Slack name for a member id", "slack_user", {"slack_user": "@maya"}, "U024BE7LH"),
    Mistake("a Slack email that is none", "slack_email", {"slack_email": "maya@"}, "name@example.com"),
    Mistake("an NPI with a slip", "npi", {"npi": "1234567890"}, "check digit"),
    Mistake("an NPI that is too short", "npi", {"npi": "123456789"}, "ten digits"),
    Mistake("no state", "states", {"states": ""}, "At least one state"),
    Mistake("a state that is none", "states", {"states": "Texxas"}, "Did you mean Texas"),
    Mistake("a state twice", "states", {"states": "TX;TX:2027-01-01"}, "twice"),
    Mistake("a day as they write it at home", "states", {"states": "TX:31.3.2027"}, "TX:2027-03-31"),
    Mistake("a day that is in no calendar", "states", {"states": "TX:2027-02-30"}, "not a date"),
    Mistake("an insurer nobody knows", "insurers", {"insurers": "Aetnaa"}, "Did you mean Aetna"),
    Mistake("insurers with commas between", "insurers", {"insurers": "Aetna, Cigna"}, "semicolon"),
    Mistake("a service nobody offers", "services", {"services": "Astrology"}, "not a service we offer"),
    Mistake("a way of meeting that is none", "delivery", {"delivery": "pigeon"}, "not a way of meeting"),
    Mistake("an age band that is none", "age_bands", {"age_bands": "17-80"}, "not an age band"),
    Mistake("more languages than anybody speaks", "languages", {"languages": ";".join("abcdefgh" * 6)}, "At most 40"),
    Mistake("a booking link that is no address", "booking_link", {"booking_link": "book me"}, "https://"),
    Mistake("a status that is none", "status", {"status": "on leave"}, "active, paused or inactive"),
)
#: And one that is about the whole line.
TOO_SHORT = "a comma too few"


def npi(number: int) -> str:
    stem = str(_NPI_BASE + number)
    return next(stem + digit for digit in "0123456789" if _luhn(f"80840{stem}{digit}"))


def good_line(number: int) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {
        "name": f"Person {chr(65 + number % 26)}{chr(97 + number // 26)}",
        "credential": "LCSW",
        "email": f"person{number}@practice.example.org",
        "work_phone": f"(212) 555-01{number % 100:02}",
        "mobile": "+1 512 555 0142",
        "npi": npi(number),
        "states": "NY:2099-03-01; TX",
        "insurers": "Aetna; Cigna",
        "services": "Individual therapy; Couples therapy",
        "delivery": "Telehealth",
        "specialties": "Anxiety; Perinatal",
        "languages": "English",
        "age_bands": "18–64",
        "booking_link": f"https://book.example.org/{number}",
        "status": "active",
    }


def file_of(rows: list[dict[str, str]], short: int | None = None) -> str:
    """``short``: the row that has a cell too few."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows):
        cells = [row[column] for column in COLUMNS]
        writer.writerow(cells[:-1] if number == short else cells)
    return text.getvalue()


def mended() -> str:
    return file_of([good_line(number) for number in range(LINES)])


def spoilt() -> tuple[str, dict[int, tuple[str, str, str]]]:
    """The file, and line -> column, kind and words of what is wrong there. One mistake each, far from each other."""
    rows = [good_line(number) for number in range(LINES)]
    wrong = {}
    for place, mistake in enumerate(MISTAKES):
        number = 10 + 16 * place
        rows[number] |= mistake.cells
        wrong[number + 2] = (mistake.column, mistake.kind, mistake.says)
    wrong[LINES + 1] = (COLUMNS[-1], TOO_SHORT, "cells")
    return file_of(rows, short=LINES - 1), wrong


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
