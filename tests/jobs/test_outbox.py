"""The outbox between two workers, after a crash, and around rows that nobody can send."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col

from jobs import outbox
from jobs.delivery_records import failed, sent
from jobs.errors import DeliveryError, FailureKind
from jobs.outbox import claim, deliver, drain
from referrals.tx import Tx
from store.tables import Delivery
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState
from tests.desk import Office

from .outside import Outside

pytestmark = pytest.mark.anyio

UNKNOWN = DeliveryError("internal_error", FailureKind.UNKNOWN)


async def _claimed(office: Office, channel: DeliveryChannel) -> list[Delivery]:
    return list(await office.do(claim, col(Delivery.channel) == channel, 20))


async def _row(office: Office, id: str) -> Delivery:
    return (await office.rows(Delivery, id=id))[0]


async def test_an_sms_whose_worker_died_is_not_sent_again_and_alerts_once(office: Office) -> None:
    outside = Outside()
    done = await office.submit(await office.provider("Maya Lin"))
    (sms,) = await _claimed(office, DeliveryChannel.SMS)
    for _ in range(3):
        office.clock.turn(minutes=10)
        await drain(outside.deps(office), office.practice_id)
    assert outside.texts == 0
    assert (await _row(office, sms.id)).state is DeliveryState.UNKNOWN
    assert await office.attention(done.referral_id) == [AttentionKind.DELIVERY_FAILED]


async def test_what_an_abandoned_attempt_reports_too_late_changes_nothing(office: Office) -> None:
    await office.submit()
    (mail,) = await _claimed(office, DeliveryChannel.EMAIL)
    office.clock.turn(minutes=10)
    (again,) = await _claimed(office, DeliveryChannel.EMAIL)
    assert again.state is DeliveryState.UNKNOWN
    await office.do(failed, mail.id, 1, "smtp_550", FailureKind.PERMANENT, timedelta())
    assert (await _row(office, mail.id)).state is DeliveryState.UNKNOWN
    await office.do(sent, mail.id, "<a@practice.example.org>")
    await office.do(failed, mail.id, 2, "smtp_550", FailureKind.PERMANENT, timedelta())
    assert (await _row(office, mail.id)).state is DeliveryState.SENT


async def test_a_mail_is_leased_for_longer_than_it_may_take(office: Office) -> None:
    await office.submit()
    assert await _claimed(office, DeliveryChannel.EMAIL)
    office.clock.turn(seconds=170)
    assert not await _claimed(office, DeliveryChannel.EMAIL)


async def test_an_attempt_ends_before_its_lease(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(outbox, "_MAIL_LEASE", outbox._TO_RECORD + timedelta(seconds=1.5))  # to compose
    await office.submit()
    (mail,) = await _claimed(office, DeliveryChannel.EMAIL)
    await deliver(Outside(during=for_ever).deps(office), office.practice_id, mail)
    row = await _row(office, mail.id)
    assert (row.state, row.trouble) == (DeliveryState.UNKNOWN, "took_too_long")


async def test_a_letter_that_cannot_be_written_alerts_and_the_others_go_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = outbox.compose
    done = await office.submit(await office.provider("Maya Lin"))
    (broken,) = [row for row in await office.rows(Delivery) if row.template == "provider_offer"]

    def unreadable(tx: Tx, delivery: Delivery, address: str | None = None) -> object:
        if delivery.id == broken.id:
            raise LookupError("the words of a fault may quote a client")
        return compose(tx, delivery, address)

    monkeypatch.setattr(outbox, "compose", unreadable)
    outside = Outside()
    await drain(outside.deps(office), office.practice_id)
    assert (await _row(office, broken.id)).state is DeliveryState.FAILED
    assert await office.attention(done.referral_id) == [AttentionKind.DELIVERY_FAILED]
    assert outside.mails and broken.id not in outside.mails


async def test_a_row_that_cannot_even_be_recorded_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("Ada Canary-Quill")

    monkeypatch.setattr(outbox, "sent", broken)
    await office.submit(await office.provider("Maya Lin"))
    outside = Outside()
    assert await drain(outside.deps(office), office.practice_id) > 1
    assert outside.texts == 1 and outside.mails
    assert "Canary" not in caplog.text


async def test_a_notice_that_stays_unknown_is_given_up_after_three_real_days(office: Office) -> None:
    await office.submit()
    outside = Outside(error=UNKNOWN)
    deps = outside.deps(office)
    office.desk.clock.offset = timedelta(days=30)  # the turned clock of a sandbox gives nothing up
    try:
        reply = (await office.rows(Delivery, template="coordinator_nobody"))[0]
        await office.change(Delivery, reply.id, channel=DeliveryChannel.SLACK, recipient="slack:U0CORA")
        await drain(deps, office.practice_id)
        assert (await _row(office, reply.id)).state is DeliveryState.UNKNOWN
        start = office.clock.at
        office.clock.turn(days=2)
        await drain(deps, office.practice_id)
        assert (await _row(office, reply.id)).state is DeliveryState.UNKNOWN
        assert outside.looks == [(start - timedelta(hours=1)).timestamp()]
        office.clock.turn(days=1, minutes=1)
        await drain(deps, office.practice_id)
    finally:
        office.desk.clock.offset = timedelta()
    assert (await _row(office, reply.id)).state is DeliveryState.FAILED


async def test_nothing_new_is_taken_on_once_the_process_is_told_to_stop(office: Office) -> None:
    outside = Outside()
    deps = outside.deps(office)
    await office.submit()
    deps.stopping.set()
    assert await drain(deps, office.practice_id) == 0 and not outside.mails


async def test_a_mail_whose_worker_died_twice_is_not_sent_a_third_time(office: Office) -> None:
    done = await office.submit()
    outside = Outside()
    (mail,) = await _claimed(office, DeliveryChannel.EMAIL)
    office.clock.turn(minutes=10)
    (again,) = await _claimed(office, DeliveryChannel.EMAIL)
    assert again.id == mail.id and again.state is DeliveryState.UNKNOWN
    for _ in range(3):
        office.clock.turn(minutes=10)
        await drain(outside.deps(office), office.practice_id)
    row = await _row(office, mail.id)
    assert (row.state, row.trouble) == (DeliveryState.FAILED, "lease_lost") and mail.id not in outside.mails
    tasks = [one for one in await office.attention(done.referral_id) if one == AttentionKind.PHONE_TASK]
    assert len(tasks) == 1


async def test_a_second_sending_that_was_certainly_refused_may_be_repeated(office: Office) -> None:
    await office.submit()
    (mail,) = await _claimed(office, DeliveryChannel.EMAIL)
    office.clock.turn(minutes=10)
    outside = Outside(error_on={"mail": DeliveryError("smtp_451", FailureKind.RETRY)})
    deps = outside.deps(office)
    await drain(deps, office.practice_id)
    assert (await _row(office, mail.id)).state is DeliveryState.UNKNOWN
    outside.error_on.clear()
    office.clock.turn(minutes=10)
    await drain(deps, office.practice_id)
    assert (await _row(office, mail.id)).state is DeliveryState.SENT
    assert outside.mails.count(mail.id) == 2


async def test_a_message_whose_worker_died_is_looked_for_before_it_is_sent(office: Office) -> None:
    """However often that happens: Slack knows."""
    await office.submit()
    outside = Outside(found="1763161200.000007")
    for _ in range(3):
        (dm,) = await _claimed(office, DeliveryChannel.SLACK)
        office.clock.turn(minutes=10)
    await drain(outside.deps(office), office.practice_id)
    row = await _row(office, dm.id)
    assert (row.state, row.reference) == (DeliveryState.SENT, outside.found)
    assert outside.dms == 0 and len(outside.looks) == 1
