"""Looks once an hour of the desk clock for licences that end soon or have ended, whoever edited what meanwhile.

By the desk's clock, so that turning it in the sandbox shows what a month brings; one worker of all does it.
"""

from datetime import timedelta

from referrals.roster.watch import look_again, to_look_at

from .contained import contained
from .deps import JobDeps

#: On the real clock: for longer than any worker's desk clock may be behind another's.
_REMEMBERED = timedelta(hours=2)


async def look(deps: JobDeps, practice_id: str) -> int:
    """Answers at how many providers it has looked: those whose licences ask for something."""
    hour = deps.desk.clock.now().strftime("%Y%m%d%H")
    if not await deps.once(f"licences:{practice_id}:{hour}", _REMEMBERED):
        return 0
    ids, many = await deps.desk.ask(practice_id, to_look_at)
    for provider_id in ids:
        with contained("licence", provider=provider_id):
            await deps.desk.do(practice_id, look_again, provider_id, quiet=many)
    return len(ids)
