"""The practice's report: what it counts, on both engines, and that it counts it as the shared arithmetic does."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from referrals.accept import accept
from referrals.close import close
from referrals.coordinate import reopen
from referrals.deadlines import expire
from referrals.decline import decline, release
from referrals.outcomes import Refusal, Refused
from referrals.periods import Period
from referrals.progress import contacted, scheduled
from referrals.reports import EXPORT, look, period_here
from referrals.tx import Tx
from referrals.views.arithmetic import median, percentile
from referrals.views.figures import figures, received
from referrals.views.report import Figures, Report, practice_report
from referrals.views.steps import Unit, steps, unit_of
from referrals.zones import zone_of
from store.ids import new_id
from store.tables import History, Referral, Source
from store.vocabulary import CloseReason, DeclineReason, SourceKind
from tests.desk import CORA, START, Office, by
from tests.engines import ON_SQLITE
from tests.plans import plans

pytestmark = pytest.mark.anyio
#: Of the index by age, and of the one by status for what is closed.
_WITHIN = (
    "referral_by_age (practice_id=? AND created_at>? AND created_at<?)",
    "referral_by_status (practice_id=? AND status=? AND created_at>? AND created_at<?)",
)
CLINIC = "Cedar Street Clinic"


async def report_of(office: Office, typed: str = "", *, brief: bool = False) -> Report:
    def ask(tx: Tx) -> Report | Refused:
        asked = period_here(tx, typed)
        assert isinstance(asked, Period)
        return practice_report(tx, CORA, asked, brief=brief)

    found = await office.desk.ask(office.practice_id, ask)
    assert isinstance(found, Report)
    return found


async def test_every_way_a_referral_can_go_is_counted(office: Office) -> None:
    maya, tom = await office.provider("Maya Chen"), await office.provider("Tom Reed")
    source = Source(
        id=new_id(), practice_id=office.practice_id, name=CLINIC, kind=SourceKind.PHYSICIAN, created_at=START
    )
    await office.do(Tx.add, source)
    taken = await office.submit(maya, service="couples")
    declined = await office.submit(tom, insurer="cigna")
    dropped = await office.submit()
    lost = await office.submit(state="TX")
    twice = await office.submit(state="TX")
    waits = await office.submit()
    await office.change(Referral, taken.referral_id, source_id=source.id)
    office.clock.turn(hours=2)
    await office.do(accept, by(maya), taken.offer_id)
    await office.do(decline, by(tom), declined.offer_id, DeclineReason.SCHEDULE)
    await office.do(close, CORA, twice.referral_id, CloseReason.DUPLICATE)
    office.clock.turn(hours=4)
    await office.do(contacted, by(maya), taken.referral_id)
    await office.do(scheduled, by(maya), taken.referral_id)
    await office.do(accept, by(maya), dropped.offer_id)
    await office.do(release, by(maya), dropped.referral_id, DeclineReason.NOT_MY_SPECIALTY)
    office.clock.turn(hours=45)
    for one in (lost, waits):
        assert await office.do(expire, one.offer_id)
    await office.do(reopen, CORA, waits.referral_id)
    found = await report_of(office, "last 7 days")
    whole = found.whole
    assert (whole.received, whole.preferred, whole.general, whole.accepted) == (6, 2, 4, 2)
    assert (whole.median, whole.p90) == (timedelta(hours=4), timedelta(hours=6))
    assert (whole.within_day, whole.within_two_days) == (2, 2)
    assert (whole.contacted, whole.scheduled, whole.answered) == (1, 1, 1)
    assert (whole.waiting, whole.in_hand, whole.expired, whole.closed) == (3, 0, 1, 1)
    assert whole.of_received(whole.accepted) == Fraction(1, 3)
    assert found.closed_for == {CloseReason.DUPLICATE: 1} and found.never_taken == {}
    assert whole.unmet == 2, "expired, and open again after it had; a duplicate asked for nothing"
    assert [(one.state, one.count) for one in found.unmet] == [("NY", 1), ("TX", 1)]
    assert found.declined == {DeclineReason.SCHEDULE: 1} and found.given_back == {DeclineReason.NOT_MY_SPECIALTY: 1}
    assert {one.key: one.figures.received for one in found.insurers} == {"aetna": 5, "cigna": 1}
    assert {one.key: one.figures.scheduled for one in found.services} == {"individual": 0, "couples": 1}
    assert [(one.name, one.figures.received) for one in found.sources] == [(None, 5), (CLINIC, 1)]
    assert found.sources[1].figures.median == timedelta(hours=2) and found.sources[1].kind is SourceKind.PHYSICIAN
    assert sum(one.received for _, one in found.over_time) == 6 and found.unit is Unit.DAY
    brief = await report_of(office, "last 7 days", brief=True)
    assert (brief.whole, brief.over_time) == (found.whole, found.over_time) and not brief.insurers


async def test_shares_leave_out_what_came_too_recently_to_tell_as_home_does(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    taken = await office.submit(maya)
    await office.submit()
    await office.do(accept, by(maya), taken.offer_id)
    office.clock.turn(hours=25)
    fresh = await office.submit(maya)
    await office.do(accept, by(maya), fresh.offer_id)
    whole = (await report_of(office, "last 7 days")).whole
    assert (whole.received, whole.accepted) == (3, 2)
    assert (whole.within_day, whole.ripe_day, whole.in_a_day) == (1, 2, Fraction(1, 2))
    assert (whole.within_two_days, whole.ripe_two_days, whole.in_two_days) == (0, 0, None)
    now = office.clock.now()
    home = await office.do(lambda tx: figures(received(tx, now - timedelta(days=7), now + timedelta(seconds=1)), now))
    assert (home.in_a_day, home.in_two_days) == (whole.in_a_day, whole.in_two_days)


async def test_what_came_before_or_belongs_to_others_does_not_count(office: Office) -> None:
    await office.submit()
    office.clock.turn(days=40)
    found = await report_of(office)
    assert found.whole == Figures() and not found.unmet and not found.insurers
    assert (await report_of(office, "last 60 days")).whole.received == 1


async def test_what_retention_has_erased_still_counts(office: Office) -> None:
    done = await office.submit()
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    before = await report_of(office)
    await office.change(Referral, done.referral_id, erased_at=office.clock.now())
    assert (await report_of(office)) == before and before.whole.unmet == 1


async def test_the_share_that_fits(office: Office) -> None:
    await office.do(lambda tx: setattr(tx.locked_practice(), "ideal", {"service": ["couples"]}))
    await office.submit()
    await office.submit(service="couples")
    found = await report_of(office)
    assert found.knows_ideal and (found.whole.fit, found.whole.received) == (1, 2)


@pytest.mark.parametrize("hours", [[1.0], [1.0, 2.0], [3.0, 1.0, 2.0], [n / 2 for n in range(1, 21)]])
async def test_ranks_are_those_of_the_shared_arithmetic(office: Office, hours: list[float]) -> None:
    for length in hours:
        done = await office.submit()
        await office.change(Referral, done.referral_id, first_accepted_at=START + timedelta(hours=length))
    lengths = [timedelta(hours=one) for one in hours]
    found = await report_of(office)
    assert (found.whole.median, found.whole.p90) == (median(lengths), percentile(lengths, 90))
    assert found.insurers[0].figures.median == median(lengths)


async def test_a_look_is_recorded_and_others_than_coordinators_are_refused(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await office.submit()
    asked = await office.do(period_here, "2025-11-01 to 2025-11-14")
    assert isinstance(asked, Period)
    assert await office.do(practice_report, by(maya), asked) == Refused(Refusal.NOT_COORDINATOR)
    assert await office.do(look, by(maya), asked) == Refused(Refusal.NOT_COORDINATOR)
    assert await office.do(look, CORA, asked, EXPORT) == CORA
    rows = [one for one in await office.rows(History) if one.subject == "practice"]
    period = "2025-11-01_2025-11-14"
    assert [(one.event, one.result, one.data) for one in rows] == [
        ("report", "not_coordinator", {"period": period}),
        ("export", "done", {"period": period, "what": "report"}),
    ]


@pytest.mark.parametrize(
    ("typed", "unit", "count"),
    [
        ("today", Unit.DAY, 1),
        ("last 14 days", Unit.DAY, 14),
        ("last 30 days", Unit.WEEK, 5),
        ("last 130 days", Unit.WEEK, 19),
        ("last 365 days", Unit.MONTH, 13),
        ("2023-11-15 to 2025-11-14", Unit.QUARTER, 9),
    ],
)
async def test_a_chart_has_as_many_steps_as_can_be_read(office: Office, typed: str, unit: Unit, count: int) -> None:
    def ask(tx: Tx) -> tuple[Unit, list[Any], Period]:
        asked = period_here(tx, typed)
        assert isinstance(asked, Period)
        return unit_of(asked), steps(asked, zone_of(None, tx.practice())), asked

    found, parts, asked = await office.do(ask)
    assert (found, len(parts)) == (unit, count)
    assert parts[0].first == asked.first and parts[-1].until == asked.until
    assert len({step.label for step in parts}) == count, "charts need names that differ"


@ON_SQLITE
async def test_nothing_is_read_beyond_the_period(office: Office) -> None:
    await office.submit()
    asked = await office.do(period_here, "last week")
    assert isinstance(asked, Period)
    steps = await office.do(plans, lambda tx: practice_report(tx, CORA, asked))
    of_referrals = [step for step in steps if " referral " in f"{step} "]
    assert of_referrals, steps
    for step in of_referrals:
        assert step.endswith(_WITHIN), step
    scanned = [step for step in steps if step.startswith("SCAN")]
    tables = {"referral", "history", "offer", "source", "delivery"}
    assert not [step for step in scanned if step.split()[1] in tables], scanned
