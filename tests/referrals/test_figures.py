"""The numbers of Home and of reports: medians, percentiles and shares, weeks as people count them, and one query."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from referrals.accept import accept
from referrals.deadlines import expire
from referrals.decline import release
from referrals.progress import contacted
from referrals.views.arithmetic import in_percent, median, percentile, share, within
from referrals.views.figures import Received, figures, received, right_now, since_weeks, weeks
from store.vocabulary import DeclineReason
from tests.desk import Office, by

pytestmark = pytest.mark.anyio

HOURS = [timedelta(hours=one) for one in range(1, 11)]
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("of", "middle", "ninety"),
    [
        ([], None, None),
        (HOURS[:1], HOURS[0], HOURS[0]),
        (HOURS[:2], timedelta(minutes=90), HOURS[1]),
        (HOURS[:3], HOURS[1], HOURS[2]),
        (HOURS, timedelta(hours=5, minutes=30), HOURS[8]),
        (HOURS[::-1], timedelta(hours=5, minutes=30), HOURS[8]),
        ([timedelta(hours=n) for n in range(1, 101)], timedelta(hours=50, minutes=30), timedelta(hours=90)),
    ],
)
def test_medians_and_percentiles(of: list[timedelta], middle: timedelta | None, ninety: timedelta | None) -> None:
    assert (median(of), percentile(of, 90)) == (middle, ninety)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (None, "n/a"),
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction(1, 2), "50%"),
        (Fraction(2, 3), "67%"),
        (Fraction(1, 1000), "under 1%"),
        (Fraction(999, 1000), "over 99%"),
        (Fraction(1, 200), "1%"),
    ],
)
def test_shares_are_said_so_that_only_all_is_all(of: Fraction | None, words: str) -> None:
    assert in_percent(of) == words


def test_a_share_of_nothing_is_none() -> None:
    assert share(0, 0) is None and share(1, 4) == Fraction(1, 4)
    assert within([], timedelta(hours=1)) is None
    assert within(HOURS, timedelta(hours=5)) == Fraction(1, 2), "the limit itself is within"
    assert within(HOURS[:2], timedelta(hours=5), whole=8) == Fraction(1, 4)


def row(hours_ago: float, taken_after: float | None = None) -> Received:
    seconds = None if taken_after is None else int(taken_after * 3600)
    return Received(NOW - timedelta(hours=hours_ago), seconds, taken_after is not None, expired=False)


def test_what_is_too_young_to_tell_counts_against_nobody() -> None:
    rows = [row(100, 2), row(100, 30), row(100, 60), row(100), row(30, 1), row(30), row(2), row(1, 1)]
    found = figures(rows, NOW)
    assert (found.received, found.accepted, found.answered) == (8, 5, 5)
    assert found.in_a_day == Fraction(2, 6), "of the six that are a day old"
    assert found.in_two_days == Fraction(2, 4), "of the four that are two days old"
    assert found.to_accept == timedelta(hours=2) and found.to_accept_90 == timedelta(hours=60)
    assert figures([], NOW).in_a_day is None and figures([row(2)], NOW).in_a_day is None


def test_weeks_begin_on_monday_where_the_practice_is() -> None:
    sunday_night = datetime(2026, 11, 23, 4, 59, tzinfo=UTC)  # still Sunday in New York
    rows = [
        Received(sunday_night, None, answered=False, expired=True),
        Received(sunday_night + timedelta(minutes=1), 60, answered=True, expired=False),
        Received(NOW - timedelta(weeks=60), None, answered=False, expired=False),
    ]
    found = weeks(rows, NOW, NEW_YORK)
    assert [one.monday for one in found][::7] == [date(2026, 10, 5), date(2026, 11, 23)] and len(found) == 8
    assert [(one.received, one.accepted, one.expired) for one in found[-2:]] == [(1, 0, 1), (1, 1, 0)]
    assert sum(one.received for one in found) == 2, "what came before is in no week"
    assert since_weeks(NOW, NEW_YORK) == datetime(2026, 10, 5, 4, 0, tzinfo=UTC), "across the change to winter time"


async def test_they_are_counted_from_what_happened(office: Office) -> None:
    maya, _ = await office.team("Maya Reed", "Tomás Lind")
    taken, given_back, left = [await office.submit() for _ in range(3)]
    office.clock.turn(hours=3)
    await office.do(accept, by(maya), taken.offer_id)
    await office.do(accept, by(maya), given_back.offer_id)
    await office.do(contacted, by(maya), taken.referral_id)
    await office.do(release, by(maya), given_back.referral_id, DeclineReason.SCHEDULE, wants_care=True)
    office.clock.turn(hours=46)
    await office.do(expire, left.offer_id)
    now = office.clock.at
    assert (await office.do(right_now)).open == 3 and (await office.do(right_now)).soon == 1
    rows = await office.do(received, now - timedelta(days=7), now)
    found = figures(rows, now)
    assert (found.received, found.accepted) == (3, 2), "given back is still a first accept"
    assert found.to_accept == timedelta(hours=3) and found.answered == 1
    assert sum(one.expired for one in weeks(rows, now, NEW_YORK)) == 1
    assert await office.do(received, now - timedelta(days=7), now - timedelta(days=6)) == []
