"""How a provider is doing: their own answers of a period, and nothing of anybody else's; and which period is meant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from referrals.accept import accept
from referrals.decline import decline, pass_, release
from referrals.outcomes import Done, Question, Reserved
from referrals.periods import Period, Wrong, period
from referrals.views.performance import LATELY, Performance, performance
from store.tables import Provider
from store.vocabulary import DeclineReason
from tests.desk import CORA, Office, by

NEW_YORK = ZoneInfo("America/New_York")


async def figures(office: Office, provider: Provider, back: timedelta = LATELY) -> Performance:
    now = office.clock.now()
    return await office.do(performance, provider.id, now - back, now + timedelta(seconds=1))


async def test_nobody_has_figures_before_their_first_answer(office: Office) -> None:
    maya = await office.provider("Maya Reed")
    await office.submit(maya)
    assert await figures(office, maya) == Performance()


async def test_own_answers_are_counted_and_timed_from_the_rounds_opening(office: Office) -> None:
    maya, tomas = await office.team("Maya Reed", "Tomas Lind")
    first, second, third, other = [await office.submit(who) for who in (maya, maya, None, tomas)]
    office.clock.turn(hours=1)
    assert isinstance(await office.do(accept, by(maya), first.offer_id), Done)
    office.clock.turn(hours=2)
    assert isinstance(await office.do(decline, by(maya), second.offer_id, DeclineReason.SCHEDULE), Done)
    office.clock.turn(hours=4)
    assert isinstance(await office.do(pass_, by(maya), third.offer_id), Done)
    assert isinstance(await office.do(accept, by(maya), other.offer_id), Reserved)  # a refusal is no answer
    assert await figures(office, maya) == Performance(1, 1, 1, timedelta(hours=3))
    assert await figures(office, tomas) == Performance()


async def test_who_passes_and_accepts_after_all_has_accepted_and_answered_at_first(office: Office) -> None:
    maya, _ = await office.team("Maya Reed", "Tomas Lind")
    asked = await office.submit()
    office.clock.turn(minutes=30)
    await office.do(pass_, by(maya), asked.offer_id)
    office.clock.turn(hours=9)
    await office.do(accept, by(maya), asked.offer_id)
    assert await figures(office, maya) == Performance(accepted=1, to_respond=timedelta(minutes=30))


async def test_what_was_given_back_was_accepted_all_the_same(office: Office) -> None:
    maya, _ = await office.team("Maya Reed", "Tomas Lind")
    asked = await office.submit()
    office.clock.turn(hours=1)
    await office.do(accept, by(maya), asked.offer_id)
    await office.do(release, by(maya), asked.referral_id, DeclineReason.SCHEDULE)
    assert await figures(office, maya) == Performance(accepted=1, to_respond=timedelta(hours=1))


async def test_what_a_coordinator_decides_for_somebody_is_nobodys_answer(office: Office) -> None:
    maya, cora = await office.team("Maya Reed", "Cora Lind")
    asked = [await office.submit(maya) for _ in range(2)]
    await office.do(accept, CORA, asked[0].offer_id, confirmed=frozenset(Question))
    await office.do(decline, by(cora, coordinator=True), asked[1].offer_id, DeclineReason.SCHEDULE)
    assert await figures(office, maya) == await figures(office, cora) == Performance()


async def test_only_the_period_counts(office: Office) -> None:
    maya = await office.provider("Maya Reed")
    asked = await office.submit(maya)
    await office.do(accept, by(maya), asked.offer_id)
    office.clock.turn(days=91)
    assert await figures(office, maya) == Performance()
    assert (await figures(office, maya, timedelta(days=92))).accepted == 1


#: A Monday in New York, where it is still Sunday evening in California.
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("", date(2026, 10, 25), date(2026, 11, 23)),
        ("last 30 days", date(2026, 10, 25), date(2026, 11, 23)),
        ("This  WEEK", date(2026, 11, 23), date(2026, 11, 23)),
        ("last week", date(2026, 11, 16), date(2026, 11, 22)),
        ("today", date(2026, 11, 23), date(2026, 11, 23)),
        ("yesterday", date(2026, 11, 22), date(2026, 11, 22)),
        ("this month", date(2026, 11, 1), date(2026, 11, 23)),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("2 weeks", date(2026, 11, 10), date(2026, 11, 23)),
        ("March", date(2026, 3, 1), date(2026, 3, 31)),
        ("december", date(2025, 12, 1), date(2025, 12, 31)),
        ("Feb 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("november", date(2026, 11, 1), date(2026, 11, 23)),
    ],
)
def test_a_period_is_understood(typed: str, first: date, last: date) -> None:
    found = period(typed, NOW, NEW_YORK)
    assert isinstance(found, Period) and (found.first, found.last) == (first, last)
    assert found.since.astimezone(NEW_YORK) == datetime(first.year, first.month, first.day, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    "typed",
    [
        "next week",
        "last",
        "last 0 days",
        "last 400 days",
        "last 99999999999999 days",
        "March 2027",
        "March 20x6",
        "¼ days",
    ],
)
def test_what_is_no_period_is_none(typed: str) -> None:
    assert isinstance(period(typed, NOW, NEW_YORK), Wrong)


def test_a_week_begins_where_the_provider_is() -> None:
    found = period("this week", NOW, ZoneInfo("America/Los_Angeles"))
    assert isinstance(found, Period) and (found.first, found.last) == (date(2026, 11, 16), date(2026, 11, 22))


def test_a_day_of_twenty_five_hours_is_counted_whole() -> None:
    found = period("yesterday", datetime(2026, 11, 2, 15, tzinfo=UTC), NEW_YORK)
    assert isinstance(found, Period) and found.until - found.since == timedelta(hours=25)
