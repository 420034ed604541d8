"""Everything that is left to chance, drawn from one seed: who comes when, who does what, what fails. No I/O."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HERE = ZoneInfo("America/New_York")
#: DOMAIN.md section 4: 1,800 a month.
A_WEEK = round(1800 * 7 / 30.4)
#: Of a week's requests, Monday to Sunday.
_DAYS = (0.34, 0.17, 0.15, 0.14, 0.12, 0.04, 0.04)
#: Of a day's, by the hour.
_HOURS = [0.2] * 7 + [2, 6, 9, 8, 6, 5, 5, 5, 5, 4, 3, 2, 2, 2, 1, 0.5, 0.3]


class Chance(random.Random):
    """One stream a purpose, so that a fault more changes nobody's mind."""

    def __init__(self, seed: int, purpose: str) -> None:
        super().__init__(f"{seed}:{purpose}")

    def hours(self, least: float, most: float) -> timedelta:
        return timedelta(hours=self.uniform(least, most))

    def holds(self, share: float) -> bool:
        return self.random() < share


def next_monday(after: datetime) -> datetime:
    """Half past seven in the morning there; aware UTC."""
    local = after.astimezone(HERE)
    day = local.date() + timedelta(days=(-local.weekday()) % 7 or 7)
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=HERE).astimezone(after.tzinfo)


def arrivals(chance: Chance, start: datetime) -> Iterator[datetime]:
    """Moments of the desk clock at which somebody sends the form, in order, for ever."""
    midnight = start.astimezone(HERE).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        wanted = A_WEEK * _DAYS[midnight.weekday()]
        number = round(chance.gauss(wanted, wanted**0.5))
        hours = chance.choices(range(24), _HOURS, k=max(0, number))
        for minutes in sorted(hour * 60 + chance.uniform(0, 60) for hour in hours):
            moment = (midnight + timedelta(minutes=minutes)).astimezone(start.tzinfo)
            if moment >= start:
                yield moment
        midnight += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Storm:
    """Seconds of the real clock between one trouble and the next, on average."""

    kill: float = 12
    queue: float = 25
    slack: float = 1.5
    outage: float = 50
    mail: float = 4
    texts: float = 6
    sockets: float = 40
    twice: float = 5
