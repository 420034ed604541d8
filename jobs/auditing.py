"""The auditor beside a desk at work: page by page, each in a short transaction of its own that blocks nobody.

What is found is handed to whoever asked; jobs/audit_runs.py leaves word of it. Nothing is mended here.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

from referrals.audit import Audit, Bounds, Finding, chains, looking
from referrals.audit.due import overdue
from referrals.desk import Desk
from referrals.tx import Tx
from store.snapshot import hold_view

P = ParamSpec("P")
T = TypeVar("T")
#: Told now and then: how many referrals have been looked at, of how many.
Progress = Callable[[int, int], None]

#: Real clock. A row that is overdue for as long as this while it is watched is worked off by nobody.
PATIENCE = timedelta(seconds=60)


async def audit_practice(
    desk: Desk,
    practice_id: str,
    since: str | None = None,
    *,
    bounds: Bounds | None = None,
    patience: timedelta = PATIENCE,
    progress: Progress | None = None,
) -> Audit:
    """Looks and leaves no trace. ``since``: ``up_to`` of a run before; None: at everything.

    ``patience``: how long overdue rows are watched before they count as forgotten; where no desk runs, zero.
    """
    done = Audit(whole=since is None, up_to=looking.beginning_of_next())
    see = _View(desk, practice_id)
    if since is None:
        await _look_at_all(see, done, progress)
    else:
        await _look_at_touched(see, done, since)
    await see(looking.look_at_notices_of_practice, done)
    done.add(*await _forgotten(see, bounds or Bounds(), patience))
    return done


class _View:
    """Runs a query of the practice on one unchanging view, and lets others have their turn before the next."""

    def __init__(self, desk: Desk, practice_id: str) -> None:
        self._desk, self._practice_id = desk, practice_id

    async def __call__(self, query: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        def at_once(tx: Tx) -> T:
            hold_view(tx.session)
            return query(tx, *args, **kwargs)

        await asyncio.sleep(0)
        return await self._desk.ask(self._practice_id, at_once)


async def _look_at_all(see: _View, done: Audit, progress: Progress | None) -> None:
    after = ""
    total = await see(looking.how_many)
    while ids := await see(looking.referral_ids, after):
        await see(looking.look_at_referrals, done, ids)
        after = ids[-1]
        if progress:
            progress(done.looked_at.referrals, max(total, done.looked_at.referrals))
    for few in looking.pages(await see(looking.provider_ids)):
        await see(looking.look_at_providers, done, few)
    await _follow(see, done, ("", 0))
    following: str | None = ""
    while following is not None:
        following = await see(looking.look_for_orphans, done, following)


async def _look_at_touched(see: _View, done: Audit, since: str) -> None:
    changed = await see(looking.touched, since)
    for few in looking.pages(changed.referrals):
        await see(looking.look_at_referrals, done, few)
    for few in looking.pages(changed.providers):
        await see(looking.look_at_providers, done, few)
    if changed.practice:
        await _follow(see, done, await see(chains.before, since))


async def _follow(see: _View, done: Audit, link: tuple[str, int] | None) -> None:
    while link is not None:
        link = await see(looking.look_at_practice, done, link)


async def _forgotten(see: _View, bounds: Bounds, patience: timedelta) -> Sequence[Finding]:
    """What is overdue, and still is after having been watched. A turned clock or a night's pause makes much due at
    once; as long as it is worked off, the oldest first, nothing of it stays.
    """
    left = await see(overdue, bounds)

    async def worked_off() -> bool:
        nonlocal left
        if left:
            now = set(await see(overdue, bounds))
            left = [one for one in left if one in now]
        return not left

    await watched(patience, worked_off)
    return left


async def watched(patience: timedelta, condition: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it comes true before the patience (real clock) is at its end; asked once at least."""
    end = time.monotonic() + patience.total_seconds()
    while not await condition():
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(min(1.0, patience.total_seconds() / 20))
    return True
