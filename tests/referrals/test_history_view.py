"""The history by time: found by its indexes, whatever is asked for, and never another practice's."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from referrals.outcomes import Refusal, Refused
from referrals.views.history import EXPORT, VIEW, Filters, Group, Place, history, record
from store.database import Database
from store.tables import History
from tests.desk import CORA, START, STRANGER, Office, new_office
from tests.engines import ON_SQLITE
from tests.plans import plans

pytestmark = pytest.mark.anyio

MONTH = Filters(START - timedelta(days=29), START + timedelta(days=1))


def within(**more: Any) -> Filters:
    return Filters(MONTH.since, MONTH.until, **more)


ASKED = {
    "everything": within(),
    "a person": within(person="provider:01m00000000000000000000000"),
    "the desk": within(person="system"),
    "a referral": within(referral_id="01m00000000000000000000000"),
    "a kind": within(group=Group.ANSWERS),
    "the rest": within(group=Group.REST),
    "refusals": within(group=Group.REFUSED),
}


@ON_SQLITE
@pytest.mark.parametrize("further", [False, True])
@pytest.mark.parametrize("what", ASKED)
async def test_no_look_reads_all_that_ever_happened(office: Office, what: str, further: bool) -> None:
    after = Place(START, 3, "01m00000000000000000000000") if further else None

    steps = await office.do(plans, history, ASKED[what], after)
    steps = [step for step in steps if "history" in step]
    index = "sqlite_autoindex_history" if what == "a referral" else "INDEX history_by_time (practice_id=? AND at>? AND"
    assert steps[0].startswith("SEARCH history") and index in steps[0], steps
    assert not [step for step in steps if step.startswith("SCAN")], steps


async def test_another_practices_rows_do_not_exist_here(shared_database: Database) -> None:
    here, there = await new_office(shared_database), await new_office(shared_database)
    done = await there.submit(None)
    await here.submit(None)
    wide = Filters(datetime.min.replace(tzinfo=START.tzinfo), START + timedelta(days=1))
    found = await here.desk.ask(here.practice_id, history, wide)
    assert [row.practice_id for row in found.rows] == [here.practice_id]
    theirs = Filters(wide.since, wide.until, referral_id=done.referral_id)
    assert (await here.desk.ask(here.practice_id, history, theirs)).rows == []


async def test_rows_of_one_moment_are_turned_over_in_their_order(office: Office) -> None:
    for _ in range(7):
        await office.submit(None)
    await office.do(record, CORA, VIEW)
    await office.do(record, CORA, VIEW)
    whole = (await office.desk.ask(office.practice_id, history, MONTH)).rows
    assert len(whole) == 9
    pieces: list[History] = []
    found = await office.desk.ask(office.practice_id, history, MONTH, None, 2)
    pieces += found.rows
    while found.following:
        found = await office.desk.ask(office.practice_id, history, MONTH, found.following, 2)
        pieces += found.rows
    assert [row.id for row in pieces] == [row.id for row in whole]
    looks = [row.seq for row in whole if row.event == VIEW]
    assert looks == sorted(looks, reverse=True)


async def test_who_does_not_coordinate_is_refused_and_recorded(office: Office) -> None:
    assert await office.do(record, STRANGER, EXPORT, MONTH, 3) == Refused(Refusal.NOT_COORDINATOR)
    rows = await office.rows(History, event=EXPORT)
    assert [(row.result, row.actor, row.data) for row in rows] == [("not_coordinator", STRANGER.name, {})]
