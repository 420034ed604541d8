"""The funnel of each source, who is quiet, and the order on Home; counted by index, for this practice alone."""

from datetime import timedelta
from typing import Any

import pytest

from referrals.accept import accept
from referrals.close import close
from referrals.decline import release
from referrals.periods import Wrong
from referrals.progress import contacted, scheduled
from referrals.sources.edit import retire
from referrals.sources.fields import FROM_THE_FORM
from referrals.sources.report import SourceReport, source_report, take_out
from referrals.tx import Tx
from referrals.views.sources import Funnel, SourceLine, Which, all_funnels, how_many_are_quiet, sources_page
from store.database import Database
from store.tables import History, Provider, Source
from store.vocabulary import CloseReason, DeclineReason, SourceKind
from tests.desk import CORA, Office, by, new_office
from tests.engines import ON_SQLITE
from tests.plans import plans

REED, SCHOOL, QUIET = "Dr. Reed", "Marlow School", "Old Directory"


async def source(office: Office, name: str, kind: SourceKind = SourceKind.PHYSICIAN) -> Source:
    row = Source(id=name.lower().replace(" ", "-") + office.practice_id, practice_id=office.practice_id, name=name)
    row.kind, row.created_at = kind, office.clock.at
    await office.do(Tx.add, row)
    return row


async def refer(office: Office, name: str, *steps: Any, maya: Provider | None = None, **facts: Any) -> str:
    done = await office.submit(source=name, channel="staff", **facts)
    for step in steps:
        office.clock.turn(hours=1)
        assert maya is not None
        await office.do(step, by(maya), done.offer_id if step is accept else done.referral_id)
    return done.referral_id


@pytest.fixture
async def lived(office: Office) -> Office:
    """A hundred days: a quiet source, a physician whose clients get far, a school whose one client does not."""
    [maya] = await office.team("Maya")
    await source(office, QUIET, SourceKind.DIRECTORY)
    await source(office, "Never", SourceKind.INSURER)
    await refer(office, QUIET, accept, contacted, scheduled, maya=maya)
    office.clock.turn(days=100)
    await source(office, REED)
    await source(office, SCHOOL, SourceKind.SCHOOL)
    await refer(office, REED, accept, contacted, scheduled, maya=maya, concerns=("grief",))
    await refer(office, REED, accept, contacted, maya=maya, concerns=("sleep",))
    await refer(office, REED, accept, maya=maya)
    returned = await refer(office, REED, accept, contacted, maya=maya)
    await office.do(release, by(maya), returned, DeclineReason.SCHEDULE, wants_care=True)
    await refer(office, SCHOOL)
    await refer(office, "")
    return office


def named(lines: tuple[SourceLine, ...]) -> dict[str, SourceLine]:
    return {one.name: one for one in lines}


async def test_how_far_the_referrals_of_each_have_got(lived: Office) -> None:
    page = await lived.do(sources_page, 0, 10)
    assert [one.name for one in page.lines] == [REED, SCHOOL, "Never", QUIET], "who refers most lately comes first"
    lines = named(page.lines)
    assert lines[REED].funnel == Funnel(4, 4, 2, 1, None), "what was given back was accepted once"
    assert lines[SCHOOL].funnel == Funnel(1, 0, 0, 0, None)
    assert lines[QUIET].funnel == Funnel() and lines[QUIET].last_at is not None
    assert {name for name, one in lines.items() if one.quiet} == {QUIET, "Never"}
    assert (page.total, page.quiet, page.quiet_days) == (4, 2, 90)


async def test_the_share_that_fits_once_it_is_said_what_fits(lived: Office) -> None:
    def define(tx: Tx) -> None:
        tx.practice().ideal = {"concern": ["grief", "sleep"]}

    await lived.do(define)
    lines = named((await lived.do(sources_page, 0, 10)).lines)
    assert lines[REED].funnel.ideal == 2
    assert lines[SCHOOL].funnel.ideal == lines[QUIET].funnel.ideal == 0


async def test_filters_and_pages(lived: Office) -> None:
    await lived.do(retire, CORA, (await lived.rows(Source, name=SCHOOL))[0].id)

    async def names(*asked: Any) -> list[str]:
        return [one.name for one in (await lived.do(sources_page, *asked)).lines]

    assert await names(0, 10) == [REED, "Never", QUIET, SCHOOL], "the retired come last"
    assert await names(0, 10, SourceKind.DIRECTORY) == [QUIET]
    assert await names(0, 10, None, Which.QUIET) == ["Never", QUIET]
    assert await names(0, 10, SourceKind.INSURER, Which.QUIET) == ["Never"]
    assert await names(0, 10, None, Which.RETIRED) == [SCHOOL]
    assert await names(1, 2) == [QUIET, SCHOOL] and await names(9, 2) == [QUIET, SCHOOL], "past the last is the last"
    assert await names(0, 10, SourceKind.CLIENT) == []


async def test_a_source_is_quiet_only_once_the_days_are_over_and_somebody_could_be_asked(office: Office) -> None:
    await source(office, REED)
    await source(office, FROM_THE_FORM, SourceKind.CLIENT)
    retired = await source(office, SCHOOL)
    await office.do(retire, CORA, retired.id)
    office.clock.turn(days=90)
    assert await office.do(how_many_are_quiet) == 0
    office.clock.turn(seconds=1)
    assert await office.do(how_many_are_quiet) == 1
    assert [one.name for one in (await office.do(sources_page, 0, 10, None, Which.QUIET)).lines] == [REED]
    await refer(office, REED)
    assert await office.do(how_many_are_quiet) == 0
    office.clock.turn(days=8)
    await office.change(Source, retired.id, retired_at=None)

    def patient(tx: Tx) -> None:
        tx.practice().quiet_days = 7

    await office.do(patient)
    assert await office.do(how_many_are_quiet) == 2, "the days are the practice's"


async def test_a_period_counts_what_came_in_then(lived: Office) -> None:
    now, old = lived.clock.at, timedelta(days=200)
    first, *_ = await lived.do(all_funnels, now - old, now - timedelta(days=50))
    assert (first.name, first.funnel.referred) == (QUIET, 1)
    lines = named(await lived.do(all_funnels, now - timedelta(days=30), now + timedelta(seconds=1)))
    assert lines[REED].funnel.referred == 4 and lines[REED].to_accept == timedelta(hours=1)
    assert lines[SCHOOL].to_accept is None


async def test_the_report_and_that_it_was_taken_out(lived: Office) -> None:
    report = await lived.do(source_report, CORA, "last 7 days")
    assert isinstance(report, SourceReport)
    assert report.total == Funnel(5, 4, 2, 1)
    assert not report.ideal_defined and report.quiet_days == 90
    assert await lived.rows(History, subject_id=lived.practice_id, event="export") == []
    await lived.do(take_out, CORA, report.period)
    [row] = await lived.rows(History, subject_id=lived.practice_id, event="export")
    assert row.data["what"] == "sources" and row.actor == CORA.name
    assert isinstance(await lived.do(source_report, CORA, "whenever"), Wrong)


async def test_nothing_of_another_practice(lived: Office, shared_database: Database) -> None:
    other = await new_office(shared_database)
    await source(other, REED)
    page = await other.do(sources_page, 0, 10)
    assert [one.funnel for one in page.lines] == [Funnel()]
    report = await other.do(source_report, CORA, "last 365 days")
    assert isinstance(report, SourceReport) and report.total.referred == 0


async def test_a_closed_one_still_counts_as_far_as_it_got(office: Office) -> None:
    [maya] = await office.team("Maya")
    done = await refer(office, REED, accept, contacted, scheduled, maya=maya)
    await office.do(close, CORA, done, CloseReason.OTHER)
    [line] = (await office.do(sources_page, 0, 10)).lines
    assert line.funnel == Funnel(1, 1, 1, 1)


@ON_SQLITE
async def test_homes_room_reads_the_latest_of_each_source_by_index(lived: Office) -> None:
    steps = await lived.do(plans, sources_page, 0, 10, SourceKind.SCHOOL, Which.QUIET)
    steps += await lived.do(plans, sources_page, 0, 10)
    of_referrals = [step for step in steps if "referral" in step]
    assert of_referrals and all(
        "INDEX referral_of_source (practice_id=? AND source_id=?" in one for one in of_referrals
    )
    assert not [step for step in steps if step.startswith(("SCAN referral", "SCAN source"))], steps


@ON_SQLITE
async def test_a_period_is_read_by_index(lived: Office) -> None:
    now = lived.clock.at
    steps = await lived.do(plans, all_funnels, now - timedelta(days=90), now)
    assert not [step for step in steps if step.startswith(("SCAN referral", "SCAN source"))], steps
    assert [step for step in steps if "SEARCH referral USING" in step]
