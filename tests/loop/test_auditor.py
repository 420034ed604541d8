"""The worker audits its own desk: what is wrong reaches the coordinators, once, until it is mended."""

import pytest
from sqlmodel import col, select

from jobs.queue import AUDIT
from store.tables import AuditRun, Offer
from tests.audits import assert_sound

from .at_work import COORDINATOR, Running

pytestmark = pytest.mark.anyio


async def _runs(desk: Running) -> list[AuditRun]:
    return await desk.all(select(AuditRun).order_by(col(AuditRun.id)))


async def _audited(desk: Running, findings: int) -> AuditRun:
    """A run from now on that finds so much; one that was under way may not have seen what has just changed."""
    before = len(await _runs(desk))

    async def found() -> bool:
        await desk.house.redis.enqueue_job(AUDIT, _job_id="asked for by a test")
        return any(run.findings == findings for run in (await _runs(desk))[before:])

    await desk.until(found)
    return next(run for run in (await _runs(desk))[before:] if run.findings == findings)


async def test_what_is_spoiled_is_told_and_what_is_mended_taken_back(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit("maya")
    await desk.quiet()
    first = await _audited(desk, 0)
    assert (first.whole, first.looked_at, first.findings) == (True, 1, 0)

    (offer,) = await desk.offers(done.referral_id)
    due = offer.remind_due
    await _set_reminder(desk, offer.id, None)
    bad = await _audited(desk, 1)
    assert (bad.whole, bad.findings, bad.first) == (False, 1, f"rounds_as_recorded:offer:{offer.id}")
    await desk.slack.until(lambda: desk.slack.dm(COORDINATOR).messages, timeout=20)
    (alert,) = desk.slack.dm(COORDINATOR).messages
    assert "rounds_as_recorded" in alert.all_text and done.code not in alert.all_text

    await _audited(desk, 1)
    await _set_reminder(desk, offer.id, due)
    await _audited(desk, 0)
    await desk.quiet()
    assert desk.slack.dm(COORDINATOR).messages == [alert]
    await assert_sound(desk)


async def _set_reminder(desk: Running, offer_id: str, due: object) -> None:
    def change(session: object) -> None:
        session.get_one(Offer, offer_id).remind_due = due  # type: ignore[attr-defined]

    await desk.house.database.write(change)
