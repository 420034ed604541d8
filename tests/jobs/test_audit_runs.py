"""When the worker audits, what it leaves behind, and that rows which are being worked off are no findings."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from jobs import auditing
from jobs.audit_runs import SWEEP_TROUBLE, beginning, note_sweep, record, run, whole_is_due
from jobs.auditing import audit_practice
from referrals import links
from referrals.audit import Audit, Finding, Rule
from referrals.audit.state import SWEEP, last_audit, sweep_age
from referrals.deadlines import expire
from referrals.tx import Tx
from store.database import Database
from store.ids import new_id
from store.tables import Attention, AuditRun, Delivery, Link, Offer, PageSession, Pulse, Referral
from store.vocabulary import AttentionKind, LinkPurpose, Status
from tests.canary import Watch
from tests.desk import COORDINATOR, CORA, START, Office, new_office
from tests.referrals.audit.office_life import everything_sent

pytestmark = pytest.mark.anyio

AT_ONCE = timedelta(0)
WRONG = Finding(Rule.ROUNDS, "offer", "an-id", "words", "R-CODE1")
MINUTE = timedelta(minutes=1)


async def open_items(office: Office, kind: AttentionKind) -> list[str | None]:
    return [one.detail for one in await office.rows(Attention, kind=kind) if one.settled_at is None]


async def look(office: Office) -> AuditRun:
    """One run of the worker's over this practice; the sweep has just been through."""
    started = office.clock.real()
    since = await office.desk.ask(office.practice_id, beginning)
    done = await audit_practice(office.desk, office.practice_id, since, patience=AT_ONCE)
    office.clock.turn(seconds=1)
    await office.do(record, done, started)
    return (await office.rows(AuditRun))[-1]


async def test_everything_first_and_then_what_is_new(office: Office) -> None:
    await office.submit(None)
    await office.do(everything_sent)
    first, second = await look(office), await look(office)
    assert (first.whole, first.looked_at, first.findings, first.first) == (True, 1, 0, None)
    assert (second.whole, second.looked_at, second.up_to >= first.up_to) == (False, 1, True)
    assert (first.started_at, first.finished_at) == (START, START + timedelta(seconds=1))
    assert (await office.desk.ask(office.practice_id, last_audit)) == second
    assert await office.rows(Delivery, template="coordinator_trouble") == []


async def test_what_is_wrong_is_told_once_and_taken_back_when_it_is_mended(office: Office, watch: Watch) -> None:
    done = await office.submit(None)
    await office.do(everything_sent)
    await look(office)
    await office.change(Referral, done.referral_id, status=Status.ACCEPTED)
    bad = await look(office)
    assert (bad.whole, bad.findings, bad.first) == (False, 1, f"standing_as_recorded:referral:{done.referral_id}")
    told = [line for line in watch.log.lines if "audit_failed" in line]
    assert done.code not in "".join(told)
    again = await look(office)
    assert (again.whole, again.findings) == (False, 1)  # nothing is new, and it is looked at once more all the same
    assert await open_items(office, AttentionKind.AUDIT) == ["standing_as_recorded"]
    assert [one.recipient for one in await office.rows(Delivery, template="coordinator_trouble")] == [
        f"slack:{COORDINATOR}"
    ]
    await office.do(everything_sent)
    await office.change(Referral, done.referral_id, status=Status.PENDING)
    good = await look(office)
    assert (good.whole, good.findings, await open_items(office, AttentionKind.AUDIT)) == (False, 0, [])


async def test_a_look_at_a_part_takes_nothing_back_that_a_whole_one_has_found(office: Office) -> None:
    async def left(findings: int, *, whole: bool) -> AuditRun | None:
        done = Audit(whole=whole, up_to=new_id())
        done.add(*[WRONG] * findings)
        office.clock.turn(minutes=1)
        await office.do(record, done, office.clock.real() - timedelta(seconds=30))
        return await office.desk.ask(office.practice_id, last_audit)

    broken = await left(1, whole=True)
    assert broken is not None and broken.findings == 1
    assert await left(0, whole=False) == broken
    assert await open_items(office, AttentionKind.AUDIT) == ["rounds_as_recorded"]
    mended = await left(0, whole=True)
    assert mended is not None and mended.findings == 0
    assert await open_items(office, AttentionKind.AUDIT) == []
    later = await left(0, whole=False)
    assert later is not None and not later.whole


async def test_a_whole_look_forgets_the_old_small_ones(office: Office) -> None:
    for whole in (True, False, False, True):
        await office.do(record, Audit(whole=whole, up_to=new_id()), office.clock.real())
        office.clock.turn(days=5)
    assert [(one.whole, one.started_at) for one in await office.rows(AuditRun)] == [
        (True, START),
        (False, START + timedelta(days=10)),
        (True, START + timedelta(days=15)),
    ]


NIGHT = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)  # three in the morning in Chicago, an hour after the clocks went ahead


@pytest.mark.parametrize(
    ("started", "took", "findings", "now", "due"),
    [
        (NIGHT - 30 * MINUTE, 1, 0, NIGHT - MINUTE, False),
        (NIGHT - 30 * MINUTE, 1, 0, NIGHT, True),
        (NIGHT + MINUTE, 1, 0, NIGHT + 60 * MINUTE, False),
        (NIGHT + MINUTE, 1, 0, NIGHT + 24 * 60 * MINUTE, True),
        (NIGHT - 72 * 60 * MINUTE, 1, 0, NIGHT - 2 * 60 * MINUTE, True),
        (NIGHT + MINUTE, 2, 3, NIGHT + 22 * MINUTE, False),
        (NIGHT + MINUTE, 2, 3, NIGHT + 23 * MINUTE, True),
    ],
)
def test_when_everything_is_looked_at(started: datetime, took: int, findings: int, now: datetime, due: bool) -> None:
    last = AuditRun(
        id="r",
        practice_id="p",
        whole=True,
        started_at=started,
        finished_at=started + took * MINUTE,
        looked_at=0,
        findings=findings,
    )
    assert whole_is_due(last, now, "America/Chicago") is due


async def test_what_is_being_worked_off_is_no_finding(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was turned, or a night without power, makes much due at once."""
    done = await office.submit(None)
    await office.do(everything_sent)
    office.clock.turn(hours=50)
    seen = asyncio.Event()
    real = auditing.overdue

    def looked(*given: Any) -> list[Finding]:
        found = real(*given)
        if found:
            loop.call_soon_threadsafe(seen.set)
        return found

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(auditing, "overdue", looked)
    watching = asyncio.create_task(audit_practice(office.desk, office.practice_id, patience=timedelta(seconds=30)))
    await asyncio.wait_for(seen.wait(), 20)
    await office.do(expire, done.offer_id)
    found = await asyncio.wait_for(watching, 30)
    assert [str(one) for one in found.findings] == []


async def test_what_nobody_works_off_is_one(office: Office) -> None:
    done = await office.submit(None)
    await office.do(everything_sent)
    office.clock.turn(hours=50)
    found = await audit_practice(office.desk, office.practice_id, patience=timedelta(milliseconds=50))
    assert [(one.rule, one.row_id, one.code) for one in found.findings] == [
        (Rule.OVERDUE, done.offer_id, done.code),
    ]


async def test_a_sweep_that_stands_still_is_told_until_it_moves(office: Office) -> None:
    for moves, left in ((True, []), (False, [SWEEP_TROUBLE]), (False, [SWEEP_TROUBLE]), (True, [])):
        await office.do(note_sweep, moves)
        assert await open_items(office, AttentionKind.SWEEP) == left
    assert len(await office.rows(Delivery, template="coordinator_trouble")) == 1


def beat(at: datetime) -> Callable[[Session], None]:
    def write(session: Session) -> None:
        session.merge(Pulse(name=SWEEP, at=at))

    return write


@pytest.mark.all_practices
async def test_a_run_over_all_practices(database: Database) -> None:
    """The sweep's pulse is one for all practices, so they have a database of their own here."""
    office, other = await new_office(database), await new_office(database)
    office.clock.turn(hours=1)
    await office.desk.database.write(beat(office.clock.real() - timedelta(minutes=3)))
    assert await office.desk.database.read(lambda session: sweep_age(session, office.clock.real())) == 3 * MINUTE
    await run(office.desk, AT_ONCE)
    assert await open_items(office, AttentionKind.SWEEP) == [SWEEP_TROUBLE]
    assert len(await office.rows(AuditRun)) == 1
    await office.desk.database.write(beat(office.clock.real()))
    await run(office.desk, AT_ONCE)
    assert await open_items(office, AttentionKind.SWEEP) == []
    for each in (office, other):
        assert [one.whole for one in await each.rows(AuditRun)] == [True, False]


async def test_pages_are_read_on_one_view_each_and_nothing_is_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.audit.looking.PAGE", 2)
    told: list[tuple[int, int]] = []
    for _ in range(5):
        await office.submit(None)
    await office.do(everything_sent)
    found = await audit_practice(
        office.desk, office.practice_id, patience=AT_ONCE, progress=lambda *numbers: told.append(numbers)
    )
    assert (found.wrong, found.looked_at.referrals, told) == (0, 5, [(2, 5), (4, 5), (5, 5)])
    last = (await office.rows(Offer))[-1]
    await office.change(Offer, last.id, remind_due=None)
    again = await audit_practice(office.desk, office.practice_id, patience=AT_ONCE)
    assert again.first is not None and again.first.row_id == last.id


@pytest.mark.all_practices
async def test_a_whole_look_is_followed_by_forgetting_old_links_and_sessions(office: Office) -> None:
    def opened(tx: Tx) -> None:
        """Two links, and the session that one of them has led to."""
        links.page_link(tx, CORA, None)
        used = links.link_of(tx, links.page_link(tx, CORA, None), LinkPurpose.FIND)
        assert used is not None and links.use(tx, used)
        links.open_session(tx, used)

    async def left() -> tuple[int, int]:
        await office.do(links.forget)
        return len(await office.rows(Link)), len(await office.rows(PageSession))

    await office.do(opened)
    assert await left() == (2, 1)
    office.clock.turn(hours=24)
    assert await left() == (2, 1), "it ended less than a day ago"
    office.clock.turn(hours=1)
    assert await left() == (2, 0)
    office.clock.turn(days=28)
    await office.do(opened)
    assert await left() == (4, 1), "a link's page can still say that it is past its time"
    office.clock.turn(days=2)
    assert await left() == (2, 0)

    await office.do(opened)
    office.clock.turn(days=31)
    await run(office.desk, AT_ONCE)
    assert (await office.rows(Link), await office.rows(PageSession)) == ([], [])
