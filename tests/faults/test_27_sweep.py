"""Row 27 of the fault table: the sweep hangs."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from jobs.queue import AUDIT
from store.tables import Attention

from .house import LIMIT, PATIENCE, ROLES, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

SKEWED = Path(__file__).with_name("skewed")
#: Longer than a sweep may stand still.
MINUTES = 3


async def test_27_sweep_hangs(house: House) -> None:
    """The heartbeat stops, the figure falls to 0, and the auditor tells the coordinators; once it goes on, all clears.

    The processes' clocks are turned instead of waiting for the minutes (tests/faults/skewed).
    """
    hang, clock = house.folder / "hang", house.folder / "skew"
    clock.write_text("0")
    more = {"PYTHONPATH": str(SKEWED), "SKEW_FILE": str(clock), "HANG_FILE": str(hang)}
    await house.kill(house.processes)
    await house.leases_over()
    await house.launch(*ROLES[house.kind], **more)
    await house.queue.ask_for_sweep()
    await house.until(lambda: _ready(house))

    hang.touch()
    await house.until(lambda: _all_hang(house))  # one under way would still write its pulse, by the turned clock
    clock.write_text(str(60 * MINUTES))
    try:
        await house.until(lambda: _stands_still(house))
        await house.queue.ask_for(AUDIT)
        await house.slack.until(lambda: _told(house), PATIENCE, "the auditor tells the coordinators")
        assert len(await _open(house)) == 1
        done = await house.submit()
        await house.slack.until(lambda: house.client_mail(done.code), PATIENCE, "what is new still goes out")
    finally:
        hang.unlink()
    await house.until(lambda: _ready(house))
    await house.queue.ask_for(AUDIT)

    async def settled() -> bool:
        return not await _open(house)

    await house.until(settled)
    assert (await house.person("maya").click(await house.card(done.code), "referral.accept")).ok
    await house.kill(house.processes)
    await house.leases_over()


async def _ready(house: House) -> bool:
    async with house.web.get(f"{house.bots[-1].base}/readyz") as answer:
        return answer.status == 200


async def _all_hang(house: House) -> bool:
    """A sweep that is asked for goes to any of the workers."""
    await house.queue.ask_for_sweep()
    return len(list(house.folder.glob("hang-*"))) == len(house.workers)


async def _stands_still(house: House) -> bool:
    base = house.bots[-1].base
    async with house.web.get(f"{base}/readyz") as answer:
        if answer.status != 503 or json.loads(await answer.text())["sweep"] == "ok":
            return False
    async with house.web.get(f"{base}/metrics") as answer:
        return 'referrals_check_ok{check="sweep"} 0.0' in await answer.text()


def _told(house: House) -> list[object]:
    return [one for one in house.slack.dm("robin").messages if "has stopped looking" in one.all_text]


async def _open(house: House) -> list[Attention]:
    items = await house.all(select(Attention).where(Attention.kind == "sweep"))
    return [item for item in items if item.settled_at is None]
