"""The pulse of recurring work: a row that moves while the work gets on, and stands still when it hangs.

Whoever reads it (readiness, metrics, the auditor) may run in another process. It must not say anything of the work.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from referrals.audit.state import SWEEP
from store.database import Database
from store.tables import Pulse

from .contained import contained

__all__ = ["SENDING", "SWEEP", "Heart"]

#: SWEEP: what is due by the desk's clock has been looked for and acted on. SENDING: what was due to be sent has been
#: taken on; slower, because it waits for Slack and the mail server.
SENDING = "sending"

#: Real clock. A sweep that is asked for many times a second writes this often: on SQLite each write is a sync to disk.
_EVERY = timedelta(seconds=4)


class Heart:
    """Writes pulses for this process, each row not more often than every few seconds."""

    def __init__(self, database: Database, every: timedelta = _EVERY) -> None:
        self._database = database
        self._every = every
        self._last: dict[str, datetime] = {}

    async def beat(self, name: str, now: datetime) -> None:
        """``now``: the real clock. A pulse that cannot be written stands still, which is what it is for."""
        last = self._last.get(name)
        if last is not None and timedelta(0) <= now - last < self._every:
            return
        with contained("pulse"):
            await self._database.write(lambda session: _move(session, name, now))
            self._last[name] = now


def _move(session: Session, name: str, now: datetime) -> None:
    """Forward only: a process that was slow must not take back what another has written since."""
    moved = session.connection().execute(
        update(Pulse).where(col(Pulse.name) == name, col(Pulse.at) < now).values(at=now)
    )
    if moved.rowcount == 0 and session.get(Pulse, name) is None:
        session.add(Pulse(name=name, at=now))  # two at once: one fails, and moves it next time
