"""Lets the auditor look at what a test leaves behind: nothing may be lost, wrong or forgotten."""

from datetime import timedelta
from typing import Protocol

from jobs.auditing import audit_practice
from jobs.sweep import practice_ids
from referrals.audit import Audit, Bounds
from referrals.desk import Desk

#: Whatever is due must be acted on while the test waits: the sweep comes every few seconds, on a busy machine.
AT_ONCE = Bounds(timedelta(0), timedelta(0))
_PATIENCE = timedelta(seconds=30)


class House(Protocol):
    @property
    def desk(self) -> Desk: ...


class AtWork(Protocol):
    """A desk that runs: tests.loop.at_work.Running, or what is like it."""

    @property
    def house(self) -> House: ...


async def assert_sound(desk: AtWork, bounds: Bounds = AT_ONCE, patience: timedelta = _PATIENCE) -> None:
    """Fails with the findings of every practice in words. A desk that no longer works gives no time: ``patience`` 0."""
    for audit in await audits(desk.house.desk, bounds, patience):
        assert audit.wrong == 0, "\n".join(str(one) for one in audit.findings)


async def audits(desk: Desk, bounds: Bounds = AT_ONCE, patience: timedelta = _PATIENCE) -> list[Audit]:
    ids = await desk.database.read(practice_ids)
    return [await audit_practice(desk, id, bounds=bounds, patience=patience) for id in ids]
