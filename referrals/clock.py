"""The two clocks. The desk clock may be turned in a sandbox; the real clock rules leases, backoff and signatures."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Desk time is real time plus an offset that only ever grows and is zero against a real workspace."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The desk's time: deadlines, reminders, pauses. Aware UTC."""
        return self.real() + self.offset

    @staticmethod
    def real() -> datetime:
        """The machine's time: leases, backoff, pacing. Aware UTC."""
        return datetime.now(UTC)

    def real_moment(self, desk_moment: datetime) -> datetime:
        """When, on the real clock, the desk clock will show ``desk_moment`` if nobody turns it."""
        return desk_moment - self.offset
