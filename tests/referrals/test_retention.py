"""Whose identity is past its time, erasing exactly that, and that nothing else is lost with it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from referrals.accept import accept
from referrals.acting.hold import HoldReason, lift_hold, put_on_hold
from referrals.actor import OPERATOR, Actor
from referrals.audit import audit
from referrals.changes import Typed
from referrals.close import close
from referrals.decline import release
from referrals.details import Details, view
from referrals.find import find
from referrals.imports.files import FileKind, import_file
from referrals.outcomes import Refusal, Refused
from referrals.profile_fields import digest
from referrals.progress import contacted, scheduled
from referrals.retention import runs as retention
from referrals.retention.erasing import erase
from referrals.retention.past_time import due, last_night, up_to
from referrals.retention.runs import BATCH, Begun, DryRun, Moved, begin, begin_nightly, dry_run, erase_some, switch
from referrals.settings.change import Saved
from referrals.settings.change import change as change_settings
from referrals.settings.names import Group, Setting
from referrals.tx import Tx
from store.tables import Attention, Client, ClientName, Delivery, Erasure, History, Referral
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, DeliveryState
from tests.canary import somebody
from tests.desk import CORA, STRANGER, Office, by
from tests.engines import ON_SQLITE
from tests.plans import plans
from tests.referrals.audit.office_life import everything_sent

pytestmark = pytest.mark.anyio

DAYS = 180
#: The clocks of New York went ahead on this day, at 07:00 UTC, and back on the other at 06:00 UTC.
SPRING, AUTUMN = datetime(2026, 3, 8, tzinfo=UTC), datetime(2025, 11, 2, tzinfo=UTC)


async def closed(office: Office, **facts: Any) -> str:
    """A canary's referral, closed now. Answers its id."""
    who = somebody()
    facts = {"client_name": who.name, "client_email": who.email, "client_phone": who.phone} | facts
    done = await office.submit(None, **facts)
    await office.do(close, CORA, done.referral_id, CloseReason.UNREACHABLE)
    await office.do(everything_sent)
    return done.referral_id


async def shown(office: Office) -> DryRun:
    return await office.desk.ask(office.practice_id, dry_run)


async def codes(office: Office) -> list[str]:
    return [one.code for one in (await shown(office)).first]


async def erased(office: Office, actor: Actor = CORA) -> str:
    """All that is due, to the end. Answers the erasing's id."""
    begun = await office.do(begin, actor, (await shown(office)).digest)
    assert isinstance(begun, Begun)
    while await office.do(erase_some, begun.erasure_id):
        pass
    return begun.erasure_id


async def keep(office: Office, days: int) -> None:
    await office.do(lambda tx: setattr(tx.locked_practice(), "retain_days", days))


async def sound(office: Office) -> None:
    await office.do(everything_sent)
    found = await office.do(audit)
    assert [str(one) for one in found.findings] == []


async def test_everything_that_says_who_they_are_goes_and_the_rest_stays(office: Office) -> None:
    who = somebody()
    id = await closed(
        office,
        client_name=who.name,
        client_email=who.email,
        client_phone=who.phone,
        preferred_name=who.preferred_name,
        guardian=who.guardian,
        notes=who.notes,
        external_id="EHR-4711",
        nonce="a-nonce",
        concerns=("grief",),
    )
    other = await closed(office)
    before = await office.referral(id)
    office.clock.turn(days=DAYS)
    await office.do(put_on_hold, CORA, other, HoldReason.LITIGATION)
    assert await codes(office) == [before.code]
    await erased(office)
    after, client = await office.referral(id), (await office.rows(Client, id=before.client_id))[0]
    sealed = (client.name, client.preferred_name, client.email, client.phone, client.guardian, client.notes)
    assert sealed == (None,) * 6 and client.email_index is None
    assert client.erased_at == after.erased_at == office.clock.at
    assert await office.rows(ClientName, client_id=client.id) == []
    assert after.nonce is None and after.external_id is not None and "4711" not in after.external_id
    kept = ("code", "state", "insurer", "service", "age_band", "concerns", "created_at", "closed_at", "close_reason")
    assert all(getattr(after, name) == getattr(before, name) for name in kept)
    assert (await office.history(after))[-1] == "erase"
    assert (await office.rows(History, subject_id=id))[-1].data == {"offer": after.offer_id}
    first, _, last = who.name.partition(" ")
    assert await office.do(find, CORA, first, last) == []
    details = await office.do(view, CORA, id)
    assert isinstance(details, Details) and details.contact is None
    held = (await office.rows(Client, id=(await office.referral(other)).client_id))[0]
    assert held.name is not None and held.erased_at is None, "on legal hold"
    assert len(await office.rows(ClientName, client_id=held.id)) > 0
    await sound(office)


async def test_only_who_was_closed_unscheduled_unheld_and_long_enough_ago(office: Office) -> None:
    maya = await office.provider("Maya Lin")

    async def taken(*then: Any) -> str:
        done = await office.submit(None)
        await office.do(accept, by(maya), done.offer_id)
        for use_case, *args in then:
            await office.do(use_case, by(maya), done.referral_id, *args)
        await office.do(close, CORA, done.referral_id, CloseReason.OTHER)
        return done.referral_id

    plain = await taken((contacted,))
    patient = await taken((scheduled,))
    once = await office.submit(None)
    await office.do(accept, by(maya), once.offer_id)
    await office.do(scheduled, by(maya), once.referral_id)
    await office.do(release, by(maya), once.referral_id, DeclineReason.SCHEDULE)
    await office.do(close, CORA, once.referral_id, CloseReason.WITHDRAWN)
    assert (await office.referral(once.referral_id)).scheduled_at is None, "its row has forgotten it"
    held = await taken()
    await office.do(put_on_hold, CORA, held, HoldReason.COMPLAINT)
    still_open = await office.submit(None)
    office.clock.turn(days=10)
    later = await taken()
    office.clock.turn(days=DAYS - 10)
    now = await shown(office)
    assert (now.total, now.on_hold, [one.code for one in now.first]) == (1, 1, [(await office.referral(plain)).code])
    assert now.next_due == (await office.referral(later)).closed_at + timedelta(days=DAYS)
    await erased(office)
    gone = {one.id for one in await office.rows(Referral) if one.erased_at is not None}
    assert gone == {plain} and gone.isdisjoint({patient, once.referral_id, held, still_open.referral_id, later})
    assert not await office.do(erase, CORA, held), "nobody erases what is held"
    assert not await office.do(erase, CORA, still_open.referral_id), "nor what is open"
    assert not await office.do(erase, CORA, plain), "nor twice"
    await office.do(close, CORA, still_open.referral_id, CloseReason.OTHER)
    await sound(office)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
@pytest.mark.parametrize("hour", [5.5, 6.0, 6.5, 7.0, 7.5])
async def test_days_are_of_24_hours_to_the_second_whatever_the_clocks_do(
    office: Office, change: datetime, hour: float
) -> None:
    """Due at the second itself, and not a second sooner: closed before the change, and looked at behind it."""
    office.clock.at = change + timedelta(hours=hour) - timedelta(days=DAYS)
    id = await closed(office)
    office.clock.turn(days=DAYS, seconds=-1)
    assert (await shown(office)).total == 0
    assert (await shown(office)).next_due == office.clock.at + timedelta(seconds=1)
    office.clock.turn(seconds=1)
    assert await codes(office) == [(await office.referral(id)).code]


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (SPRING + timedelta(hours=6), SPRING - timedelta(days=1) + timedelta(hours=9)),
        (SPRING + timedelta(hours=8), SPRING + timedelta(hours=8)),
        (AUTUMN + timedelta(hours=8, seconds=59 * 60 + 59), AUTUMN - timedelta(days=1) + timedelta(hours=8)),
        (AUTUMN + timedelta(hours=9), AUTUMN + timedelta(hours=9)),
    ],
)
def test_a_night_begins_at_four_where_the_practice_is(now: datetime, night: datetime) -> None:
    assert last_night(now, "America/New_York") == night


async def test_what_was_not_shown_is_not_erased(office: Office) -> None:
    first = await closed(office)
    office.clock.turn(hours=1)
    await closed(office)
    office.clock.turn(days=DAYS, hours=-1)
    looked = await shown(office)
    assert looked.total == 1
    office.clock.turn(hours=1)  # and one more is due
    moved = await office.do(begin, CORA, looked.digest)
    assert isinstance(moved, Moved) and moved.now.total == 2
    assert [one for one in await office.rows(Referral) if one.erased_at] == []
    await keep(office, DAYS - 1)
    assert isinstance(await office.do(begin, CORA, moved.now.digest), Moved), "another rule is another list"
    now = await shown(office)
    begun = await office.do(begin, CORA, now.digest)
    assert isinstance(begun, Begun) and begun.total == 2
    again = await office.do(begin, CORA, now.digest)
    assert isinstance(again, Moved) and again.now.under_way is not None, "not twice at a time"
    assert len(await office.rows(Erasure)) == 1
    await office.do(put_on_hold, CORA, first, HoldReason.RECORDS)
    await office.do(erase_some, begun.erasure_id)
    assert (await office.referral(first)).erased_at is None, "held in the last moment"
    assert (await shown(office)).under_way is None
    assert [one.erased for one in await office.rows(Erasure)] == [1]


async def test_a_hold_that_ended_after_the_look_waits_for_the_next_one(office: Office) -> None:
    id, other = await closed(office), await closed(office)
    await office.do(put_on_hold, CORA, id, HoldReason.OTHER)
    office.clock.turn(days=DAYS)
    begun = await office.do(begin, CORA, (await shown(office)).digest)
    assert isinstance(begun, Begun) and begun.total == 1
    office.clock.turn(seconds=1)
    await office.do(lift_hold, CORA, id)
    assert not await office.do(erase_some, begun.erasure_id)
    assert (await office.referral(other)).erased_at is not None
    assert (await office.referral(id)).erased_at is None
    assert await codes(office) == [(await office.referral(id)).code]


async def test_an_erasing_that_broke_off_goes_on_where_it_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash takes the batch it was in back as a whole, and nothing of what was done before."""
    for _ in range(2 * BATCH + 3):
        await office.submit(None, client_email=None, email_ok=False)

    def close_all(tx: Tx) -> None:
        for id in tx.session.exec(select(Referral.id).where(Referral.practice_id == office.practice_id)).all():
            close(tx, CORA, id, CloseReason.WITHDRAWN)

    await office.do(close_all)
    office.clock.turn(days=DAYS)
    begun = await office.do(begin, CORA, (await shown(office)).digest)
    assert isinstance(begun, Begun) and begun.total == 2 * BATCH + 3
    assert await office.do(erase_some, begun.erasure_id)
    real, calls = retention.erase, []

    def breaks(tx: Tx, actor: Actor, id: str) -> bool:
        calls.append(id)
        if len(calls) == 7:
            raise MemoryError
        return real(tx, actor, id)

    with monkeypatch.context() as patch:
        patch.setattr(retention, "erase", breaks)
        with pytest.raises(MemoryError):
            await office.do(erase_some, begun.erasure_id)
    assert len([one for one in await office.rows(Referral) if one.erased_at]) == BATCH
    assert await office.desk.ask(office.practice_id, retention.unfinished) == [begun.erasure_id]
    while await office.do(erase_some, begun.erasure_id):
        pass
    run = (await office.rows(Erasure))[0]
    assert (run.erased, run.finished_at) == (2 * BATCH + 3, office.clock.at)
    events = Counter(row.event for row in await office.rows(History, subject="referral"))
    assert events["erase"] == 2 * BATCH + 3, "each once"
    assert await office.desk.ask(office.practice_id, retention.unfinished) == []
    assert not await office.do(erase_some, begun.erasure_id)


async def test_what_waits_for_them_is_not_sent_and_nobody_has_to_phone(office: Office) -> None:
    done = await office.submit(None, email_ok=False)
    mailed = await office.submit(None, client_email=somebody().email)
    for one in (done, mailed):
        await office.do(close, CORA, one.referral_id, CloseReason.REFERRED_OUT)
    office.clock.turn(days=DAYS)
    await erased(office)
    assert await office.attention(done.referral_id) == []
    tasks = await office.rows(Attention, referral_id=done.referral_id, kind=AttentionKind.PHONE_TASK)
    assert {one.settled_by for one in tasks} == {CORA.name}
    waiting = [one for one in await office.rows(Delivery) if one.state is DeliveryState.PENDING]
    assert [one.template for one in waiting if one.recipient.startswith("client:")] == []
    assert "coordinator_phone_mail" not in {one.template for one in waiting}, "it has the client's number in it"
    held_back = {(one.template, one.trouble) for one in await office.rows(Delivery) if one.trouble}
    assert ("client_closing", "erased") in held_back and ("coordinator_phone_mail", "erased") in held_back
    await office.do(everything_sent)
    await sound(office)


async def test_what_reports_count_stays_as_it_was(office: Office) -> None:
    for insurer, service in [("aetna", "individual"), ("aetna", "couples"), ("cigna", "individual")] * 2:
        await closed(office, insurer=insurer, service=service)
    office.clock.turn(days=DAYS)
    await closed(office, insurer="medicare")

    async def counts() -> Counter[tuple[Any, ...]]:
        rows = await office.rows(Referral)
        return Counter(
            (one.state, one.insurer, one.service, one.age_band, one.status, one.close_reason) for one in rows
        )

    before = await counts()
    await erased(office)
    assert await counts() == before and sum(before.values()) == 7
    assert len([one for one in await office.rows(Referral) if one.erased_at]) == 6
    assert (await shown(office)).total == 0
    await sound(office)


async def test_an_old_file_brings_nobody_back(office: Office) -> None:
    header = "external_id,client_name,client_email,state,insurer,service,delivery,age_band\n"
    file = (header + f"A-1,{somebody().name},{somebody().email},NY,aetna,individual,telehealth,18-64\n").encode()

    async def imported() -> tuple[int, int]:
        report = await import_file(office.desk, office.practice_id, FileKind.REFERRALS, file)
        assert report.referrals is not None, report.problems
        return report.referrals.created, report.referrals.already_there

    assert await imported() == (1, 0)
    id = (await office.rows(Referral))[0].id
    await office.do(close, CORA, id, CloseReason.DUPLICATE)
    office.clock.turn(days=DAYS)
    await erased(office, OPERATOR)
    assert (await office.referral(id)).external_id != "A-1"
    assert await imported() == (0, 1)
    again = await office.submit(None, external_id="A-1")
    assert again.referral_id == id
    assert (await office.submit(None, external_id="a-1")).referral_id != id, "another id is another referral"


async def test_who_does_not_coordinate_is_refused_and_recorded(office: Office) -> None:
    await closed(office)
    office.clock.turn(days=DAYS)
    digest = (await shown(office)).digest
    refused = Refused(Refusal.NOT_COORDINATOR)
    assert await office.do(begin, STRANGER, digest) == refused
    assert await office.do(switch, STRANGER, True, digest) == refused
    assert await office.do(retention.look, STRANGER) == refused
    rows = await office.rows(History, subject="practice", actor=STRANGER.name)
    assert sorted((row.event, row.result) for row in rows) == [
        ("erase_due", "not_coordinator"),
        ("retention", "not_coordinator"),
        ("view_retention", "not_coordinator"),
    ]
    assert await office.rows(Erasure) == [] and not (await shown(office)).nightly


async def test_by_night_only_once_a_coordinator_has_looked_and_never_sooner_than_agreed(office: Office) -> None:
    id = await closed(office)
    office.clock.turn(days=DAYS + 1)
    assert await office.do(begin_nightly) is None, "nobody has turned it on"
    assert isinstance(await office.do(switch, CORA, True, "another list"), Moved)
    assert not (await shown(office)).nightly
    on = await office.do(switch, CORA, True, (await shown(office)).digest)
    assert isinstance(on, DryRun) and on.nightly
    await keep(office, DAYS - 100)
    assert not (await shown(office)).nightly, "a shorter time has to be looked at again"
    assert await office.do(begin_nightly) is None
    await keep(office, DAYS)
    assert await office.do(begin_nightly) is None, "turned on by day: from the coming night on"
    office.clock.turn(days=1)
    begun = await office.do(begin_nightly)
    assert isinstance(begun, Begun) and begun.total == 1
    assert await office.do(begin_nightly) is None, "one at a time"
    while await office.do(erase_some, begun.erasure_id):
        pass
    assert [row.actor for row in await office.rows(History, subject_id=id, event="erase")] == ["system"]
    off = await office.do(switch, CORA, False, "")
    assert isinstance(off, DryRun) and not off.nightly
    changes = [row.data for row in await office.rows(History, event="retention")]
    assert [(one["before"], one["after"], one["days"]) for one in changes] == [(False, True, DAYS), (True, False, DAYS)]
    await sound(office)


async def by_night(office: Office) -> None:
    """The nightly erasing on, and a night come."""
    await office.do(switch, CORA, True, (await shown(office)).digest)
    office.clock.turn(days=1)


async def test_a_hold_lifted_by_day_waits_for_the_coming_night(office: Office) -> None:
    id, other = await closed(office), await closed(office)
    await office.do(put_on_hold, CORA, id, HoldReason.OTHER)
    office.clock.turn(days=DAYS + 1)
    await by_night(office)
    await office.do(lift_hold, CORA, id)
    office.clock.turn(minutes=5)
    begun = await office.do(begin_nightly)
    assert isinstance(begun, Begun) and begun.total == 1
    while await office.do(erase_some, begun.erasure_id):
        pass
    assert (await office.referral(other)).erased_at is not None
    assert (await office.referral(id)).erased_at is None
    assert await office.do(begin_nightly) is None, "nor with the next run of the same day"
    office.clock.turn(days=1)
    begun = await office.do(begin_nightly)
    assert isinstance(begun, Begun) and begun.total == 1


async def test_another_number_of_days_counts_from_the_coming_night(office: Office) -> None:
    await closed(office)
    office.clock.turn(days=DAYS + 30)
    await by_night(office)
    for days in (DAYS + 90, DAYS):
        shown_there = digest(Setting.RETAIN, str((await shown(office)).days))
        typed = {Setting.RETAIN: Typed(str(days), shown_there)}
        assert isinstance(await office.do(change_settings, CORA, Group.KEEPING, typed), Saved)
    assert (await shown(office)).nightly and (await shown(office)).total == 1
    assert await office.do(begin_nightly) is None
    office.clock.turn(days=1)
    assert isinstance(await office.do(begin_nightly), Begun)


async def test_a_longer_rule_holds_for_an_erasing_under_way(office: Office) -> None:
    id = await closed(office)
    office.clock.turn(days=DAYS)
    begun = await office.do(begin, CORA, (await shown(office)).digest)
    assert isinstance(begun, Begun) and begun.total == 1
    await keep(office, DAYS + 1)
    assert not await office.do(erase_some, begun.erasure_id)
    assert (await office.referral(id)).erased_at is None and (await shown(office)).under_way is None


async def test_turning_it_off_ends_the_nights_erasing_and_nobody_elses(office: Office) -> None:
    id = await closed(office)
    office.clock.turn(days=DAYS + 1)
    await by_night(office)
    begun = await office.do(begin_nightly)
    assert isinstance(begun, Begun)
    await office.do(switch, CORA, False, "")
    assert not await office.do(erase_some, begun.erasure_id)
    assert (await office.referral(id)).erased_at is None
    assert await office.desk.ask(office.practice_id, retention.unfinished) == []
    await erased(office)
    assert (await office.referral(id)).erased_at is not None, "asked for by somebody"


async def test_a_batch_that_erases_nobody_does_not_end_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [await closed(office) for _ in range(5)]
    office.clock.turn(days=DAYS)
    real, refused = retention.erase, set(ids[:4])
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "erase", lambda tx, actor, id: id not in refused and real(tx, actor, id))
    await erased(office)
    assert {one.id for one in await office.rows(Referral) if one.erased_at is not None} == {ids[4]}
    assert (await shown(office)).under_way is None, "and it ends, whoever is left"


async def test_what_becomes_due_by_day_waits_for_the_night(office: Office) -> None:
    office.clock.at = datetime(2025, 6, 2, 15, tzinfo=UTC)
    await closed(office)
    await office.do(switch, CORA, True, (await shown(office)).digest)
    office.clock.turn(days=DAYS)
    assert (await shown(office)).total == 1 and await office.do(begin_nightly) is None
    office.clock.at = datetime(2025, 11, 30, 8, 59, 59, tzinfo=UTC)
    assert await office.do(begin_nightly) is None, "a second before four in New York"
    office.clock.turn(seconds=1)
    assert isinstance(await office.do(begin_nightly), Begun)


@ON_SQLITE
async def test_it_is_found_by_an_index(office: Office) -> None:
    def ask(tx: Tx) -> None:
        dry_run(tx)
        tx.session.execute(due(tx, up_to(tx, tx.now))).all()

    steps = await office.do(plans, ask)
    assert not [step for step in steps if step.startswith("SCAN")], steps
    assert len([step for step in steps if "referral_to_erase" in step]) >= 3, steps
