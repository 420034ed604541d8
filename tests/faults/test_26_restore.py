"""Row 26 of the fault table, its first half: the disk is full under a desk at work.

Its second half, the restore of an old backup, starts and stops whole desks of its own: tests/bot/test_backup.py,
``test_fault_26_a_restored_desk_loses_nothing_before_the_backup_and_sends_nothing_again``.
"""

import resource

import pytest

from .house import LIMIT, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]


@pytest.mark.parametrize("keeper", ["one"], indirect=True)
async def test_26_disk_full_at_a_click(house: House) -> None:
    """Nothing can be written, not even to the log: a clear answer, and no acknowledged decision is lost.

    The disk of a PostgreSQL server is its own; what the desk meets then is row 5.
    """
    kept, card = await house.posted()
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.quiet()
    done, card = await house.posted()
    (process,) = house.processes
    limits = resource.prlimit(process.child.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        answer = await house.person("samir").click(card, "referral.accept")
        assert answer.ok and "nothing has changed" in answer.text
        assert (await house.referral(done.code)).status == "pending"
        assert (await house.referral(kept.code)).status == "accepted"
    finally:
        resource.prlimit(process.child.pid, resource.RLIMIT_FSIZE, limits)
    assert (await house.person("samir").click(card, "referral.accept")).ok
    await house.card(done.code, "*Accepted*")
    assert (await house.history(done.referral_id)).count(("accept", "done")) == 1
    await house.kill(house.processes)
    await house.leases_over()
    await house.complete()
    await house.quiet()
    assert (await house.referral(kept.code)).status == (await house.referral(done.code)).status == "accepted"
