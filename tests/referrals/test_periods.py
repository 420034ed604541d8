"""What is understood as a period, in somebody's own time zone; and why something is none."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from referrals.periods import Period, Wrong, between, of_slug, period

NEW_YORK = ZoneInfo("America/New_York")
#: Still Sunday evening in New York, where the week ends.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def days(text: str) -> tuple[str, str]:
    found = period(text, NOW, NEW_YORK)
    assert isinstance(found, Period), (text, found)
    return found.first.isoformat(), found.last.isoformat()


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("", "2026-10-24", "2026-11-22"),
        ("today", "2026-11-22", "2026-11-22"),
        ("this week", "2026-11-16", "2026-11-22"),
        ("LAST  Week", "2026-11-09", "2026-11-15"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("last 90 days", "2026-08-25", "2026-11-22"),
        ("6 weeks", "2026-10-12", "2026-11-22"),
        ("March", "2026-03-01", "2026-03-31"),
        ("December", "2025-12-01", "2025-12-31"),
        ("November", "2026-11-01", "2026-11-22"),
        ("March 2025", "2025-03-01", "2025-03-31"),
        ("2026", "2026-01-01", "2026-11-22"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("this quarter", "2026-10-01", "2026-11-22"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("Q1 2026", "2026-01-01", "2026-03-31"),
        ("2026 q2", "2026-04-01", "2026-06-30"),
        ("q4", "2026-10-01", "2026-11-22"),
        ("2026-01-01 to 2026-03-31", "2026-01-01", "2026-03-31"),
        ("2026-01-01_2026-03-31", "2026-01-01", "2026-03-31"),
        ("from 2026-01-01 to 2026-03-31", "2026-01-01", "2026-03-31"),
        ("between Jan 5 and Feb 3", "2026-01-05", "2026-02-03"),
        ("Jan 5 to Feb 3", "2026-01-05", "2026-02-03"),
        ("January 5th – February 3rd, 2026", "2026-01-05", "2026-02-03"),
        ("Dec 20 to Jan 10", "2025-12-20", "2026-01-10"),
        ("Dec 20 to Jan 10 2024", "2023-12-20", "2024-01-10"),
        ("Nov 1 to Nov 30", "2026-11-01", "2026-11-22"),
        ("1/5 to 2/3", "2026-01-05", "2026-02-03"),
        ("1/5/2025 to 2/3/25", "2025-01-05", "2025-02-03"),
        ("January to March", "2026-01-01", "2026-03-31"),
        ("Nov 2025 to Feb 2026", "2025-11-01", "2026-02-28"),
        ("Jan 5", "2026-01-05", "2026-01-05"),
        ("2026-02-10 to yesterday", "2026-02-10", "2026-11-21"),
        ("2025 Feb 1 to now", "2025-02-01", "2026-11-22"),
        ("2024-11-23 to 2026-11-22", "2024-11-23", "2026-11-22"),
    ],
)
def test_a_period_is_understood(typed: str, first: str, last: str) -> None:
    assert days(typed) == (first, last)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("yesteryear", Wrong.NOT_A_PERIOD),
        ("next week", Wrong.NOT_A_PERIOD),
        ("last 30 years", Wrong.NOT_A_PERIOD),
        ("last 9999 days", Wrong.NOT_A_PERIOD),
        ("Jan 5 to", Wrong.NOT_A_PERIOD),
        ("Jan 5 to Feb 3 to Mar 4", Wrong.NOT_A_PERIOD),
        ("Jan 5 6 to Feb 3", Wrong.NOT_A_PERIOD),
        ("Q5 2026", Wrong.NOT_A_PERIOD),
        ("٢٠٢٦", Wrong.NOT_A_PERIOD),
        ("2026-03-31 to 2026-01-01", Wrong.WRONG_ORDER),
        ("Mar 5 2026 to Feb 3 2026", Wrong.WRONG_ORDER),
        ("December 2026", Wrong.FUTURE),
        ("2027", Wrong.FUTURE),
        ("2027-01-01 to 2027-02-01", Wrong.FUTURE),
        ("2020 to 2026", Wrong.NOT_A_PERIOD),
        ("2020-01-01 to 2026-01-01", Wrong.TOO_LONG),
        ("2026-02-30 to 2026-03-01", Wrong.NO_SUCH_DAY),
        ("2026-13-01 to 2026-14-01", Wrong.NO_SUCH_DAY),
        ("13/1 to 14/1", Wrong.NO_SUCH_DAY),
        ("0000-01-01 to 2026-01-01", Wrong.NO_SUCH_DAY),
    ],
)
def test_what_is_no_period_says_why(typed: str, why: Wrong) -> None:
    assert period(typed, NOW, NEW_YORK) is why


def test_a_day_begins_at_midnight_where_they_are() -> None:
    found = between(date(2026, 3, 8), date(2026, 3, 8), NOW, NEW_YORK)  # the clocks go forward
    assert isinstance(found, Period)
    assert (found.since, found.until) == (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC))
    assert (found.days, found.slug, found.name) == (1, "2026-03-08_2026-03-08", "Mar 8, 2026")
    assert of_slug(found.slug, NOW, NEW_YORK) == found


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-01-01_", "2026-01-32_2026-02-01", "../2026-01-01_2026-02-01"])
def test_an_address_that_names_no_period_is_none(text: str) -> None:
    assert of_slug(text, NOW, NEW_YORK) in (Wrong.NOT_A_PERIOD, Wrong.NO_SUCH_DAY)
