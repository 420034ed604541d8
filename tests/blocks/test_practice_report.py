"""The coordinators' report and digest in Slack: within its limits at any size, readable without its charts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blocks.notices import notice
from blocks.practice_report import practice_report_answer
from referrals.digest import DigestLetter
from referrals.notices import Template
from referrals.periods import Period, period
from referrals.roster.licence_ends import LicenceEnd
from referrals.views.report import Figures, Report
from referrals.views.steps import steps, unit_of
from referrals.views.today import EndingLicence, Need, Today
from store.vocabulary import AttentionKind, CloseReason, DeliveryChannel
from tests.blocks.examples import HOSTILE, all_text, complaints, practice

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
MANY = Figures(
    received=123_456,
    preferred=50_000,
    accepted=100_000,
    within_day=90_000,
    ripe_day=100_000,
    within_two_days=99_000,
    ripe_two_days=100_000,
    contacted=80_000,
    scheduled=60_000,
    answered=123_455,
    waiting=1000,
    in_hand=2000,
    expired=300,
    closed=9000,
    unmet=400,
    fit=7,
    median=timedelta(hours=3, minutes=20),
    p90=timedelta(days=1, hours=2),
)


def report(typed: str, whole: Figures = MANY, of_each: Figures = MANY) -> Report:
    asked = period(typed, NOW, ZONE)
    assert isinstance(asked, Period)
    parts = [(step, of_each) for step in steps(asked, ZONE)]
    reasons = dict.fromkeys(CloseReason, 1285)
    return Report(asked, unit_of(asked), whole, parts, reasons, reasons, knows_ideal=True)


@pytest.mark.parametrize("typed", ["today", "last 14 days", "last 140 days", "last year", "2024-11-24 to 2026-11-23"])
def test_any_period_is_within_slacks_limits_and_read_out(typed: str) -> None:
    message = practice_report_answer(report(typed))
    assert complaints(message.blocks) == [] and len(message.blocks) < 50 and len(message.text) < 4000
    assert "*" not in message.text and "median 3 hours 20 minutes" in message.text
    charts = [one for one in message.blocks if one["type"] == "data_visualization"]
    assert len(charts) == (0 if typed == "today" else 2)
    assert message.text.count("received") == 1 + (
        0 if typed == "today" else len(charts[0]["chart"]["axis_config"]["categories"])
    )
    assert "over 99%" in message.text and "under 1%" in message.text


def test_what_nobody_has_done_yet_is_no_zero() -> None:
    some = Figures(received=3, waiting=3)
    message = practice_report_answer(report("last week", some, some))
    assert complaints(message.blocks) == [] and "nobody has accepted yet" in message.text
    assert "0 hours" not in message.text and "with no taker" not in message.text
    assert [one["title"] for one in message.blocks if one["type"] == "data_visualization"] == [
        "Received and accepted, by day"
    ]


def test_a_step_without_an_acceptance_stands_in_no_chart_of_hours() -> None:
    whole = report("last week")
    parts = list(whole.over_time)
    parts[2] = (parts[2][0], Figures(received=1, waiting=1))
    message = practice_report_answer(replace(whole, over_time=parts))
    hours = [one for one in message.blocks if one["type"] == "data_visualization"][1]["chart"]
    assert len(hours["axis_config"]["categories"]) == 6 and parts[2][0].label not in hours["axis_config"]["categories"]
    assert complaints(message.blocks) == []


def digest_of(today: Today) -> DigestLetter:
    whose = practice(digest_hour=8)
    return DigestLetter(Template.COORDINATOR_DIGEST, DeliveryChannel.SLACK, whose, NOW, today, "U0ROBIN")


def test_a_digest_of_everything() -> None:
    needs = [Need(kind, number, NOW - timedelta(days=number)) for number, kind in enumerate(AttentionKind, 1)]
    end = LicenceEnd("NY", "New York", date(2026, 11, 30), 7)
    over = LicenceEnd("TX", "Texas", date(2020, 1, 1), -2518)
    licences = [EndingLicence(HOSTILE, (end, over)) for _ in range(9)]
    message = notice(digest_of(Today(date(2026, 11, 23), needs, 3, 1, licences, 5, 4, 2, 1, 13)), "d1")
    words = all_text(message.blocks)
    assert complaints(message.blocks) == [] and "<!channel" not in words + message.text
    assert message.text == "Monday, November 23: 13 things need a person, 4 due today."
    for said in (
        "3 offers end by tonight",
        "1 client has waited",
        "New York ends on Nov 30",
        "Texas ended on Jan 1, 2020",
    ):
        assert said in words, said
    assert "and 4 more on the roster" in words and "5 received  ·  4 accepted  ·  2 scheduled  ·  1 expired" in words
    assert "Every day at 8 am" in words and message.metadata is not None


def test_a_digest_of_one_thing_says_nothing_else() -> None:
    message = notice(digest_of(Today(date(2026, 11, 23), received=1)), "d1")
    words = all_text(message.blocks)
    assert complaints(message.blocks) == [] and "1 received" in words
    for said in ("Needs a person", "Due today", "Licences"):
        assert said not in words
