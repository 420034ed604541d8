"""How instants, windows, numbers and names are written."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.mail import phrasing

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "written"),
    [
        (AT, "America/New_York", "Tue, Nov 24, 3:00 PM EST (America/New_York)"),
        (AT, "America/Los_Angeles", "Tue, Nov 24, 12:00 PM PST (America/Los_Angeles)"),
        (AT, "Asia/Tokyo", "Wed, Nov 25, 5:00 AM JST (Asia/Tokyo)"),
        (AT, "America/Sao_Paulo", "Tue, Nov 24, 5:00 PM UTC-03:00 (America/Sao_Paulo)"),
        (AT, "Asia/Kathmandu", "Wed, Nov 25, 1:45 AM UTC+05:45 (Asia/Kathmandu)"),
        (AT, "UTC", "Tue, Nov 24, 8:00 PM UTC"),
        # Both sides of the autumn change: the same wall time, told apart by its name.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/New_York", "Sun, Nov 1, 1:30 AM EDT (America/New_York)"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "America/New_York", "Sun, Nov 1, 1:30 AM EST (America/New_York)"),
        (AT, "Nowhere/Land", "Tue, Nov 24, 2:00 PM CST (America/Chicago)"),
        (AT, "../../etc/passwd", "Tue, Nov 24, 2:00 PM CST (America/Chicago)"),
        (AT, "", "Tue, Nov 24, 2:00 PM CST (America/Chicago)"),
    ],
)
def test_moment(at: datetime, zone: str, written: str) -> None:
    assert phrasing.moment(at, zone, "America/Chicago") == written


def test_without_any_known_zone_it_is_utc() -> None:
    assert phrasing.moment(AT, "Nowhere/Land", "Nor/Here") == "Tue, Nov 24, 8:00 PM UTC"


@pytest.mark.parametrize(
    ("left", "written"),
    [
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=23, minutes=59, seconds=59), "24 hours"),
        (timedelta(hours=23, minutes=29), "23 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=-1), "less than a minute"),
    ],
)
def test_time_left(left: timedelta, written: str) -> None:
    assert phrasing.time_left(AT + left, AT) == written


@pytest.mark.parametrize(("seconds", "written"), [(43200, "12 hours"), (3600, "1 hour"), (5400, "1.5 hours")])
def test_windows(seconds: int, written: str) -> None:
    assert phrasing.hours(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("number", "written", "link"),
    [
        ("+12125550142", "(212) 555-0142", "tel:+12125550142"),
        ("(212) 555-0142", "(212) 555-0142", "tel:+12125550142"),
        ("1-212-555-0142", "1-212-555-0142", "tel:12125550142"),
        ("+442079460123", "+442079460123", "tel:+442079460123"),
        ("ask for us", "ask for us", ""),
        ("١٢٣٤٥٦٧٨٩٠", "١٢٣٤٥٦٧٨٩٠", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_telephone_numbers(number: str | None, written: str, link: str) -> None:
    assert (phrasing.telephone(number), phrasing.telephone_link(number)) == (written, link)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wren", "Wren"),
        ("J.R. St. John-O’Neil", "J.R. St. John-O’Neil"),
        ("  Zoë\n\tAnn ", "Zoë Ann"),
        ("win at prize.example.com", None),
        ("http://example.com", None),
        ("wren@example.org", None),
        ("\u202e", None),
        ("", None),
        (None, None),
        ("W" * 100, "W" * 59 + "…"),
    ],
)
def test_greeting_names(text: str | None, name: str | None) -> None:
    assert phrasing.greeting_name(text) == name


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.com", "https://a b", "", None])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert phrasing.web_link(url) == ""


def test_free_text_keeps_its_lines_and_loses_the_rest() -> None:
    assert phrasing.paragraphs("one\r\n\r\n two\x00 \u202ethree\u202c\n", 100) == ("one", "two three")
    assert len("".join(phrasing.paragraphs("x" * 10_000, 4000))) == 4000
