"""The daily digest: once a day and coordinator, at the hour of the practice's clock, and only with something to say."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from referrals import digest
from referrals.accept import accept
from referrals.audit.finding import Rule
from referrals.audit.looking import audit
from referrals.changes import Typed
from referrals.composing import compose
from referrals.deadlines import expire
from referrals.digest import DigestLetter
from referrals.letters import Void
from referrals.profile_fields import digest as shown_digest
from referrals.settings.change import Saved, change
from referrals.settings.names import Group, Setting
from referrals.settings.values import written
from referrals.tx import Tx, WakeKind
from referrals.views.today import Today, today
from store.ids import new_id
from store.tables import Attention, Delivery, History
from store.vocabulary import AttentionKind
from tests.desk import COORDINATOR, CORA, Office, by

pytestmark = pytest.mark.anyio

#: Eight in the morning in New York, on the Saturday after the office's Friday evening.
EIGHT = datetime(2025, 11, 15, 13, 0, tzinfo=UTC)
FRIDAY, SATURDAY = date(2025, 11, 14), date(2025, 11, 15)


async def settle(office: Office, **values: object) -> None:
    def write(tx: Tx) -> None:
        practice = tx.locked_practice()
        for name, value in values.items():
            setattr(practice, name, value)

    await office.do(write)


async def digests(office: Office) -> list[Delivery]:
    return [one for one in await office.rows(Delivery) if one.template == "coordinator_digest"]


async def found_by_the_auditor(office: Office) -> list[Rule]:
    """Nothing is sent in these tests, which it would complain of."""
    return [one.rule for one in (await office.do(audit)).findings if one.rule is not Rule.OVERDUE]


async def letter(office: Office, delivery: Delivery) -> DigestLetter | Void:
    found = await office.do(compose, delivery)
    assert isinstance(found, DigestLetter | Void)
    return found


async def test_each_coordinator_is_told_once_at_the_hour(office: Office) -> None:
    await settle(office, digest_hour=8, coordinators=[COORDINATOR, "U0OTHER"])
    await office.submit()
    await office.do(digest.begin)
    assert office.woken[-1].kind is WakeKind.DIGEST and office.woken[-1].at == EIGHT, "Friday's hour is over"
    office.clock.at = EIGHT - timedelta(seconds=1)
    assert not await office.do(digest.is_due) and not await office.do(digest.deal) and not await digests(office)
    office.clock.at = EIGHT
    done = await asyncio.gather(*(office.do(digest.deal) for _ in range(8)))
    assert sorted(done) == [False] * 7 + [True], "many workers, one digest"
    sent = await digests(office)
    assert sorted(one.recipient for one in sent) == [f"slack:{COORDINATOR}", "slack:U0OTHER"]
    assert office.woken[-1].at == EIGHT + timedelta(days=1) or WakeKind.DIGEST in {one.kind for one in office.woken}
    (event,) = [one for one in await office.rows(History) if one.event == "digest"]
    assert event.data == {"day": SATURDAY.isoformat(), "to": [COORDINATOR, "U0OTHER"]}
    office.clock.turn(hours=10)
    assert not await office.do(digest.deal) and len(await digests(office)) == 2
    assert await found_by_the_auditor(office) == []


async def test_a_day_with_nothing_to_say_is_dealt_with_in_silence(office: Office) -> None:
    await settle(office, digest_hour=8)
    office.clock.at = EIGHT
    assert await office.do(digest.deal) and not await office.do(digest.is_due)
    assert not await digests(office) and not [one for one in await office.rows(History) if one.event == "digest"]
    assert (await office.do(lambda tx: tx.practice())).digest_done == SATURDAY
    await settle(office, digest_hour=None, digest_done=None)
    await office.submit()
    assert not await office.do(digest.deal), "and none at all where no hour is set"


async def test_after_three_days_of_silence_one_comes_and_not_three(office: Office) -> None:
    await settle(office, digest_hour=8, digest_done=FRIDAY)
    await office.submit()
    office.clock.at = EIGHT + timedelta(days=3, hours=9)
    assert await office.do(digest.deal) and not await office.do(digest.deal)
    assert len(await digests(office)) == 1


@pytest.mark.parametrize(
    ("hour", "day", "moment"),
    [
        (8, date(2026, 3, 7), datetime(2026, 3, 7, 13, tzinfo=UTC)),
        (8, date(2026, 3, 8), datetime(2026, 3, 8, 12, tzinfo=UTC)),  # the clocks went forward that night
        (2, date(2026, 3, 8), datetime(2026, 3, 8, 7, tzinfo=UTC)),  # and left this hour out
        (1, date(2026, 11, 1), datetime(2026, 11, 1, 5, tzinfo=UTC)),  # the first of two
    ],
)
async def test_the_hour_is_that_of_the_clock_on_the_wall(
    office: Office, hour: int, day: date, moment: datetime
) -> None:
    await settle(office, digest_hour=hour, digest_done=day - timedelta(days=1))
    office.clock.at = moment - timedelta(seconds=1)
    assert not await office.do(digest.is_due)
    office.clock.at = moment
    assert await office.do(digest.deal)
    office.clock.turn(hours=1)
    assert not await office.do(digest.is_due), "an hour that comes twice is one hour"


async def test_a_new_hour_that_is_over_begins_tomorrow_and_a_day_never_has_two(office: Office) -> None:
    office.clock.at = EIGHT + timedelta(hours=2)
    await settle(office, digest_hour=8)
    await office.do(digest.begin)
    assert not await office.do(digest.is_due)
    await settle(office, digest_hour=17)
    await office.do(digest.begin)
    office.clock.turn(hours=8)
    assert not await office.do(digest.is_due), "today counts as dealt with"
    office.clock.turn(hours=24)
    assert await office.do(digest.is_due)


async def moved(office: Office, zone: str) -> None:
    def work(tx: Tx) -> object:
        shown = written(tx.practice())[Setting.ZONE]
        return change(tx, CORA, Group.PRACTICE, {Setting.ZONE: Typed(zone, shown_digest(Setting.ZONE, shown))})

    assert await office.do(work) == Saved((Setting.ZONE,))


async def test_eastward_past_the_hour_todays_digest_still_comes(office: Office) -> None:
    """It is five in New York and ten in London: it was not sent today, so it must not count as dealt with."""
    await office.submit()
    await settle(office, digest_hour=8, digest_done=FRIDAY)
    office.clock.at = EIGHT - timedelta(hours=3)
    assert not await office.do(digest.is_due)
    await moved(office, "Europe/London")
    assert (await office.do(lambda tx: tx.practice())).digest_done == FRIDAY
    assert await office.do(digest.deal) and len(await digests(office)) == 1
    assert not await office.do(digest.is_due)
    office.clock.at = datetime(2025, 11, 16, 8, 0, tzinfo=UTC)
    assert await office.do(digest.is_due)


async def test_eastward_of_a_day_that_had_its_digest_there_is_no_other(office: Office) -> None:
    await settle(office, digest_hour=8, digest_done=SATURDAY)
    office.clock.at = EIGHT + timedelta(hours=1)
    await moved(office, "Europe/London")
    assert not await office.do(digest.is_due)


async def test_westward_over_midnight_no_day_is_left_out(office: Office) -> None:
    """Saturday had its digest at midnight in New York; then it is Friday again in Los Angeles, and Saturday to come."""
    await settle(office, digest_hour=0, digest_done=SATURDAY)
    office.clock.at = datetime(2025, 11, 15, 6, 0, tzinfo=UTC)
    await moved(office, "America/Los_Angeles")
    assert (await office.do(lambda tx: tx.practice())).digest_done == FRIDAY
    midnight = datetime(2025, 11, 15, 8, 0, tzinfo=UTC)
    assert (office.woken[-1].kind, office.woken[-1].at) == (WakeKind.DIGEST, midnight)
    assert not await office.do(digest.is_due), "and Friday has no second one"
    office.clock.at = midnight
    assert await office.do(digest.is_due)


async def test_what_it_says(office: Office) -> None:
    maya = await office.provider("Maya Chen", licences=[{"state": "NY", "expires": "2025-11-20"}])
    lost, _, held = [await office.submit() for _ in range(3)]
    await office.do(accept, by(maya), held.offer_id)
    office.clock.turn(hours=1)
    office.clock.at = EIGHT + timedelta(days=1)
    office.clock.turn(hours=14)
    assert await office.do(expire, lost.offer_id)
    item = Attention(
        id=new_id(),
        practice_id=office.practice_id,
        kind=AttentionKind.LICENCE_ENDING,
        dedupe_key="a licence",
        detail=maya.id,
        opened_at=office.clock.at,
    )
    await office.do(Tx.add, item)
    found = await office.do(today)
    assert (found.day, found.received, found.yesterday) == (date(2025, 11, 16), 0, False)
    assert [(one.kind, one.count) for one in found.needs] == [(AttentionKind.EXPIRED, 1)]
    assert (found.expiring, found.uncontacted) == (1, 1), "what is due by tonight"
    assert [(one.provider, one.ends[0].days_left) for one in found.licences] == [("Maya Chen", 4)]
    office.clock.at = EIGHT
    assert (await office.do(today)).received == 3 and (await office.do(today)).accepted == 1


async def test_it_is_written_when_it_is_sent_and_not_to_whoever_coordinates_no_more(office: Office) -> None:
    await settle(office, digest_hour=8, digest_done=FRIDAY)
    await office.submit()
    office.clock.at = EIGHT
    await office.do(digest.deal)
    (one,) = await digests(office)
    found = await letter(office, one)
    assert isinstance(found, DigestLetter) and found.address == COORDINATOR and found.today.received == 1
    await office.submit()
    office.clock.turn(hours=24)
    assert await letter(office, one) == Void("no_longer_true"), "the next day's says more"
    office.clock.turn(hours=-24)
    await settle(office, coordinators=["U0OTHER"])
    assert await letter(office, one) == Void("no_longer_true")


async def test_the_auditor_asks_which_day_a_digest_was_of(office: Office) -> None:
    await settle(office, digest_hour=8, digest_done=FRIDAY)
    await office.submit()
    office.clock.at = EIGHT
    await office.do(digest.deal)
    await settle(office, digest_done=FRIDAY)
    await office.do(digest.deal)
    assert await found_by_the_auditor(office) == [Rule.TWICE]
    await settle(office, digest_done=SATURDAY)
    _, second = await digests(office)
    await office.change(Delivery, second.id, recipient="slack:U0STRANGER")
    assert await found_by_the_auditor(office) == [Rule.UNEXPLAINED]


def test_a_quiet_day_has_nothing_to_say() -> None:
    assert not Today(SATURDAY).worth_saying and Today(SATURDAY, received=1).worth_saying
