"""When the coordinators' daily digest is looked after: a wake-up for the hour, and the sweep where that is lost."""

from referrals import digest

from .deps import JobDeps


async def look(deps: JobDeps, practice_id: str) -> bool:
    """Asks first, which takes no lock: it is due once a day, and the sweep comes every few seconds."""
    if not await deps.desk.ask(practice_id, digest.is_due):
        return False
    return await deps.desk.do(practice_id, digest.deal)


async def plan(deps: JobDeps, practice_id: str) -> None:
    """A process that starts asks for the next one: the queue may have forgotten what it was asked before."""
    await deps.desk.do(practice_id, digest.plan)
