"""Instants as pages write them, for readers whose clock they do not know."""

from datetime import UTC, datetime

from blocks.moments import calendar_day

LATE = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_a_day_is_that_of_the_place() -> None:
    assert calendar_day(LATE, "America/New_York") == "Nov 22, 2026"
    assert calendar_day(LATE, "Europe/Berlin") == "Nov 23, 2026"
    assert calendar_day(LATE, "Nowhere/Land") == "Nov 23, 2026"
