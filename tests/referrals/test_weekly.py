"""The weekly limit: what counts, when a week begins, and what becomes of referrals once it is reached."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from referrals.accept import accept
from referrals.close import close
from referrals.coordinate import assign
from referrals.decline import release
from referrals.outcomes import Asks, Done, Question, Refusal, Refused
from referrals.pausing import weekly
from referrals.pausing.availability import Availability, set_weekly_limit
from referrals.pausing.weekly import week_began
from store.tables import Provider
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Kind
from tests.desk import CORA, Office, by


@pytest.fixture
async def maya(office: Office) -> Provider:
    return await office.provider("Maya Chen", time_zone="America/New_York")


async def take(office: Office, provider: Provider) -> Done:
    done = await office.submit()
    accepted = await office.do(accept, by(provider), done.offer_id)
    assert isinstance(accepted, Done), accepted
    return accepted


async def kind_for(office: Office, provider: Provider) -> tuple[Kind, str | None]:
    done = await office.submit(provider)
    return (await office.offers(done.referral_id))[0].kind, (await office.referral(done.referral_id)).unroutable


@pytest.mark.parametrize(
    ("now", "zone", "began"),
    [
        ("2026-11-23T20:30", "America/New_York", "2026-11-23T05:00"),
        ("2026-11-23T04:59", "America/New_York", "2026-11-16T05:00"),
        ("2026-11-23T05:00", "America/New_York", "2026-11-23T05:00"),
        ("2027-03-14T12:00", "America/New_York", "2027-03-08T05:00"),  # the clocks went forward that morning
        ("2027-03-21T12:00", "America/New_York", "2027-03-15T04:00"),
        ("2027-11-07T12:00", "America/New_York", "2027-11-01T04:00"),
        ("2026-11-22T10:00", "Pacific/Kiritimati", "2026-11-22T10:00"),
    ],
)
def test_when_a_week_begins(now: str, zone: str, began: str) -> None:
    at, monday = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (now, began))
    assert week_began(at, ZoneInfo(zone)) == monday


async def test_once_it_is_reached_nobody_can_ask_for_them(office: Office, maya: Provider) -> None:
    assert isinstance(await office.do(set_weekly_limit, by(maya), maya.id, 2), Availability)
    first = await take(office, maya)
    assert await kind_for(office, maya) == (Kind.PREFERRED, None)
    await take(office, maya)
    assert await kind_for(office, maya) == (Kind.GENERAL, "full")
    await office.do(release, by(maya), first.referral_id, DeclineReason.SCHEDULE)
    assert await kind_for(office, maya) == (Kind.PREFERRED, None), "what was given back does not count"
    last = await take(office, maya)
    await office.do(close, CORA, last.referral_id, CloseReason.WITHDRAWN)
    assert await kind_for(office, maya) == (Kind.GENERAL, "full"), "what was closed since was accepted all the same"


async def test_a_week_later_they_can_be_asked_for_again(office: Office, maya: Provider) -> None:
    """START is a Friday, 6 PM in New York; the week ends two days and six hours later."""
    await office.do(set_weekly_limit, by(maya), maya.id, 1)
    await take(office, maya)
    office.clock.turn(days=2, hours=6, seconds=-1)
    assert await kind_for(office, maya) == (Kind.GENERAL, "full")
    office.clock.turn(seconds=1)
    assert await kind_for(office, maya) == (Kind.PREFERRED, None)


async def test_each_in_their_own_week(office: Office, maya: Provider) -> None:
    kiri = await office.provider("Kiri Tane", time_zone="Pacific/Kiritimati")  # fourteen hours ahead of UTC
    for one in (maya, kiri):
        await office.do(set_weekly_limit, by(one), one.id, 1)
        await take(office, one)
    office.clock.at = datetime(2025, 11, 16, 10, tzinfo=UTC)
    assert await kind_for(office, kiri) == (Kind.PREFERRED, None)
    assert await kind_for(office, maya) == (Kind.GENERAL, "full")


async def test_the_full_may_still_accept_when_asked(office: Office, maya: Provider) -> None:
    await office.do(set_weekly_limit, by(maya), maya.id, 1)
    await take(office, maya)
    done = await office.submit()
    asked = await office.do(accept, by(maya), done.offer_id)
    assert isinstance(asked, Asks) and asked.questions == (Question.FULL,)
    assert isinstance(await office.do(accept, by(maya), done.offer_id, confirmed=frozenset(Question)), Done)


async def test_a_coordinator_may_offer_it_to_the_full(office: Office, maya: Provider) -> None:
    await office.do(set_weekly_limit, by(maya), maya.id, 1)
    await take(office, maya)
    done = await office.submit()
    assert isinstance(await office.do(assign, CORA, done.referral_id, maya.id), Done)


async def test_who_is_full_is_not_somebody_left(office: Office, maya: Provider) -> None:
    await office.do(set_weekly_limit, by(maya), maya.id, 1)
    waiting = await office.submit()
    assert await office.attention(waiting.referral_id) == []
    await take(office, maya)
    done = await office.submit()
    assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]
    await office.provider("Noor Haddad")
    assert await office.attention((await office.submit()).referral_id) == []


async def test_setting_a_limit_that_is_reached_already_tells_where_nobody_is_left(
    office: Office, maya: Provider
) -> None:
    await take(office, maya)
    done = await office.submit()
    assert await office.attention(done.referral_id) == []
    await office.do(set_weekly_limit, by(maya), maya.id, 1)
    assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]


async def test_no_limit_is_the_default_and_costs_no_query(
    office: Office, maya: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weekly, "accepted_this_week", lambda *_: pytest.fail("counted without need"))
    for _ in range(3):
        await take(office, maya)
    assert await kind_for(office, maya) == (Kind.PREFERRED, None)


async def test_who_may_set_it_and_to_what(office: Office, maya: Provider) -> None:
    noor = await office.provider("Noor Haddad")
    assert await office.do(set_weekly_limit, by(noor), maya.id, 3) == Refused(Refusal.NOT_THEIRS)
    for wrong in (0, -1, 100):
        with pytest.raises(ValueError, match=str(wrong)):
            await office.do(set_weekly_limit, by(maya), maya.id, wrong)
    await office.do(set_weekly_limit, by(maya), maya.id, 3)
    await office.do(set_weekly_limit, by(maya), maya.id, None)
    assert (await office.rows(Provider, id=maya.id))[0].weekly_limit is None
    assert await office.history(maya) == ["limit:not_theirs", "limit", "limit"]
