"""What stands behind ``/referrals pause``: read as people mean it, or an error with an example that works."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.pausing.days import FURTHEST
from referrals.pausing.spans import NotUnderstood, Span, read_pause, read_subject
from referrals.pausing.subjects import ALL, Subject, insurer, state
from referrals.pausing.unclear import Problem

NEW_YORK = ZoneInfo("America/New_York")
#: A Monday, half past three in the afternoon in New York.
NOW = datetime(2026, 11, 23, 20, 30, 17, tzinfo=UTC)
OWN = (insurer("aetna"), insurer("united"), insurer("bcbs"), state("NY"), state("OR"), state("IN"), state("TX"))

#: Typed; the day at whose beginning it ends in New York, or a time of that day, or None.
WHEN: list[tuple[str, str | None]] = [
    ("", None),
    ("all", None),
    ("until further notice", None),
    ("for now", None),
    ("until 1 march", "2027-03-01"),
    ("until March 1", "2027-03-01"),
    ("until Mar. 1st", "2027-03-01"),
    ("until the 1st of March", "2027-03-01"),
    ("until March 1 2027", "2027-03-01"),
    ("until March 1, 2028", "2028-03-01"),
    ("until 1 March 2027.", "2027-03-01"),
    ("until March", "2027-03-01"),
    ("until march 2028", "2028-03-01"),
    ("until Monday March 1", "2027-03-01"),
    ("until Mon, March 1", "2027-03-01"),
    ("until 3/1", "2027-03-01"),
    ("until 3/4", "2027-03-04"),
    ("until 03/01/2027", "2027-03-01"),
    ("until 3/1/27", "2027-03-01"),
    ("until 3-1", "2027-03-01"),
    ("until 2027-03-01", "2027-03-01"),
    ("until 2027/03/01", "2027-03-01"),
    ("UNTIL 12/31", "2026-12-31"),
    ("till 12/31", "2026-12-31"),
    ("until November 24", "2026-11-24"),
    ("until November 23", "2027-11-23"),
    ("until November 1", "2027-11-01"),
    ("until february 29", "2028-02-29"),
    ("until the 15th", "2026-12-15"),
    ("until the 24th", "2026-11-24"),
    ("until the 31st", "2026-12-31"),
    ("until tomorrow", "2026-11-24"),
    ("until monday", "2026-11-30"),
    ("until next monday", "2026-11-30"),
    ("until friday", "2026-11-27"),
    ("until this friday", "2026-11-27"),
    ("until next friday", "2026-12-04"),
    ("until wed", "2026-11-25"),
    ("until next week", "2026-11-30"),
    ("until next month", "2026-12-01"),
    ("until next year", "2027-01-01"),
    ("until end of the month", "2026-12-01"),
    ("until the end of next month", "2027-01-01"),
    ("until the end of the week", "2026-11-30"),
    ("until end of year", "2027-01-01"),
    ("until the end of January", "2027-02-01"),
    ("through friday", "2026-11-28"),
    ("through December 31", "2027-01-01"),
    ("for 2 weeks", "2026-12-07 15:30"),
    ("for two weeks", "2026-12-07 15:30"),
    ("for a week", "2026-11-30 15:30"),
    ("for 1 day", "2026-11-24 15:30"),
    ("for 10 days", "2026-12-03 15:30"),
    ("for the next 3 months", "2027-02-23 15:30"),
    ("for a year", "2027-11-23 15:30"),
    ("until 2 weeks from now", "2026-12-07 15:30"),
    ("for the rest of the month", "2026-12-01"),
]


@pytest.mark.parametrize(("typed", "ends"), WHEN, ids=[typed or "nothing" for typed, _ in WHEN])
def test_until_when(typed: str, ends: str | None) -> None:
    local = None if ends is None else datetime.fromisoformat(ends).replace(tzinfo=NEW_YORK)
    assert read_pause(typed, NOW, NEW_YORK, OWN) == Span(ALL, local and local.astimezone(UTC))


@pytest.mark.parametrize(
    ("typed", "subject"),
    [
        ("Aetna", insurer("aetna")),
        ("aetna health", insurer("aetna")),
        ("UHC", insurer("united")),
        ("UnitedHealthcare / Optum", insurer("united")),
        ("blue cross", insurer("bcbs")),
        ("Blue-Cross Blue-Shield", insurer("bcbs")),
        ("for Aetna", insurer("aetna")),
        ("with aetna", insurer("aetna")),
        ("TX", state("TX")),
        ("tx", state("TX")),
        ("Texas", state("TX")),
        ("new york", state("NY")),
        ("in Texas", state("TX")),
        ("from TX", state("TX")),
        ("OR", state("OR")),
        ("in OR", state("OR")),
        ("IN", state("IN")),
        ("in", state("IN")),
        ("in in", state("IN")),
        ("me", ALL),
        ("all referrals", ALL),
        ("everything", ALL),
    ],
)
@pytest.mark.parametrize("when", ["", "until March 1", "for 2 weeks"])
def test_what(typed: str, subject: Subject, when: str) -> None:
    found = read_pause(f"{typed} {when}", NOW, NEW_YORK, OWN)
    assert isinstance(found, Span) and found.subject == subject
    assert (found.until is None) is (when == "")


@pytest.mark.parametrize(
    ("typed", "problem", "example"),
    [
        ("until 13/4", Problem.DAY_FIRST, "until April 13"),
        ("until 31/12/2026", Problem.DAY_FIRST, "until December 31"),
        ("until yesterday", Problem.PAST, None),
        ("until today", Problem.PAST, None),
        ("until 2020-01-01", Problem.PAST, None),
        ("until November 1 2026", Problem.PAST, None),
        ("for 0 days", Problem.PAST, None),
        ("until 2030-01-01", Problem.TOO_FAR, None),
        ("for 3 years", Problem.TOO_FAR, None),
        ("for 9999 years", Problem.TOO_FAR, None),
        ("until February 30", Problem.NO_SUCH_DAY, None),
        ("until 0/0", Problem.NO_SUCH_DAY, None),
        ("until 2/30", Problem.NO_SUCH_DAY, None),
        ("until the 99th", Problem.NO_SUCH_DAY, None),
        ("until Tuesday March 1", Problem.OTHER_WEEKDAY, "until March 1"),
        ("until 5pm", Problem.TIME_OF_DAY, None),
        ("until friday 17:00", Problem.TIME_OF_DAY, None),
        ("until friday at noon", Problem.TIME_OF_DAY, None),
        ("until", Problem.NO_DATE, None),
        ("Aetna until", Problem.NO_DATE, "Aetna until January 1"),
        ("for", Problem.NO_DATE, None),
        ("until whenever", Problem.NOT_A_DATE, None),
        ("until 15", Problem.NOT_A_DATE, None),
        ("until 31 31 may", Problem.NOT_A_DATE, None),
        ("for a while", Problem.NOT_A_DATE, None),
        ("until now", Problem.NOT_A_DATE, None),
        ("tomorrow", Problem.NEEDS_UNTIL, "until November 24"),
        ("March 1", Problem.NEEDS_UNTIL, "until March 1"),
        ("next friday", Problem.NEEDS_UNTIL, "until December 4"),
        ("Aetna and Texas", Problem.ONE_AT_A_TIME, "Aetna until January 1"),
        ("TX NY until friday", Problem.ONE_AT_A_TIME, "Aetna until January 1"),
        ("atena", Problem.UNKNOWN, "Aetna until January 1"),
        ("Etna until friday", Problem.UNKNOWN, "Aetna until January 1"),
        ("Texass", Problem.UNKNOWN, "Texas until January 1"),
        ("none", Problem.UNKNOWN, None),
        ("Cigna", Problem.NOT_YOURS, "Aetna until January 1"),
        ("ME", Problem.NOT_YOURS, "Aetna until January 1"),
        ("California until friday", Problem.NOT_YOURS, None),
        ("x" * 300, Problem.UNKNOWN, None),
    ],
)
def test_what_is_unclear_gets_an_example(typed: str, problem: Problem, example: str | None) -> None:
    found = read_pause(typed, NOW, NEW_YORK, OWN)
    assert isinstance(found, NotUnderstood) and found.problem is problem, found
    assert example is None or found.example == example
    assert isinstance(read_pause(found.example, NOW, NEW_YORK, OWN), Span), "what is offered must work"


def test_the_nearest_are_their_own() -> None:
    found = read_pause("atena", NOW, NEW_YORK, OWN)
    assert isinstance(found, NotUnderstood) and found.nearest == ("Aetna",)
    found = read_pause("united health care", NOW, NEW_YORK, OWN)
    assert isinstance(found, NotUnderstood) and found.nearest == ("UnitedHealthcare / Optum",)
    found = read_pause("cinga", NOW, NEW_YORK, OWN)
    assert isinstance(found, NotUnderstood) and found.nearest == (), "Cigna is not one of theirs"
    assert found.own == tuple(one.label for one in OWN)


def test_without_any_of_ones_own_the_example_names_none() -> None:
    found = read_pause("Aetna", NOW, NEW_YORK)
    assert found == NotUnderstood(Problem.NOT_YOURS, "until January 1")


@pytest.mark.parametrize(
    ("now", "zone", "typed", "ends"),
    [
        # The clocks go forward on 14 March 2027 in New York, and back on 7 November.
        ("2027-03-10T12:00", "America/New_York", "until sunday", "2027-03-14T05:00"),
        ("2027-03-10T12:00", "America/New_York", "until monday", "2027-03-15T04:00"),
        ("2027-03-13T12:00", "America/New_York", "for 1 day", "2027-03-14T11:00"),
        ("2027-11-03T12:00", "America/New_York", "until sunday", "2027-11-07T04:00"),
        ("2027-11-03T12:00", "America/New_York", "until monday", "2027-11-08T05:00"),
        # Half past two does not exist on the day of the change: the first moment that does stands for it.
        ("2027-03-13T07:30", "America/New_York", "for 1 day", "2027-03-14T07:30"),
        # Havana skips midnight itself.
        ("2027-03-10T12:00", "America/Havana", "until sunday", "2027-03-14T05:00"),
        ("2027-03-01T12:00", "Pacific/Kiritimati", "until tomorrow", "2027-03-02T10:00"),
        ("2027-03-01T12:00", "Pacific/Honolulu", "until tomorrow", "2027-03-02T10:00"),
    ],
)
def test_days_begin_where_the_provider_is(now: str, zone: str, typed: str, ends: str) -> None:
    at, until = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (now, ends))
    assert read_pause(typed, at, ZoneInfo(zone), OWN) == Span(ALL, until)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("", ALL), ("Aetna", insurer("aetna")), ("texas", state("TX")), ("for uhc", insurer("united")), ("all", ALL)],
)
def test_what_resume_is_about(typed: str, expected: Subject) -> None:
    assert read_subject(typed, OWN) == expected


@pytest.mark.parametrize("typed", ["atena", "Cigna", "until friday", "Aetna until friday", "x" * 300])
def test_what_resume_does_not_understand(typed: str) -> None:
    found = read_subject(typed, OWN)
    assert isinstance(found, NotUnderstood)
    assert isinstance(read_subject(found.example, OWN), Subject)


_MOMENTS = st.integers(0, 6 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)
_VOCABULARY = """
until till for through in from the a next of and end rest week weeks day days month year monday fri march mar
may 1 2 13 31 2027 2026-13-45 3/1 13/4 99/99 1st 0th 15th now today tomorrow 5pm noon all me aetna cigna TX OR IN
texas new york uhc two twelve , . & further notice
"""
_WORDS = st.sampled_from(_VOCABULARY.split())


@given(
    typed=st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=8).map(" ".join)),
    now=_MOMENTS,
    zone=st.sampled_from(["America/New_York", "America/Los_Angeles", "Pacific/Kiritimati", "America/Havana", "UTC"]),
)
def test_whatever_is_typed(typed: str, now: datetime, zone: str) -> None:
    found = read_pause(typed, now, ZoneInfo(zone), OWN)
    if isinstance(found, Span):
        assert found.subject == ALL or found.subject in OWN
        assert found.until is None or now < found.until <= now + FURTHEST
        assert found.until is None or found.until.tzinfo is UTC
    else:
        again = read_pause(found.example, now, ZoneInfo(zone), OWN)
        assert isinstance(again, Span), found


@given(now=_MOMENTS, days=st.integers(1, 700))
def test_a_date_with_its_year_is_that_day(now: datetime, days: int) -> None:
    day = (now.astimezone(NEW_YORK) + timedelta(days=days)).date()
    wanted = Span(ALL, datetime(day.year, day.month, day.day, tzinfo=NEW_YORK).astimezone(UTC))
    for written in (f"{day:%Y-%m-%d}", f"{day:%B %d %Y}", f"{day:%d %b %Y}", f"{day:%m/%d/%Y}", f"{day:%A, %B %d, %Y}"):
        assert read_pause(f"until {written}", now, NEW_YORK, OWN) == wanted
