"""Licences that end soon, or have ended. Pure, but for the day that it is for a provider.

Routing does not wait for this: a licence is over with its last day (``Provider.licensed_in``).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from store.tables import Provider
from store.vocabulary import STATES, ProviderStatus

from ..tx import Tx
from ..zones import day_of

#: How long before its last day somebody is told.
NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LicenceEnd:
    """``days_left``: 0 on its last day, below 0 once it has ended."""

    code: str
    state: str  # for people
    last: date
    days_left: int

    @property
    def ended(self) -> bool:
        return self.days_left < 0


def ends(provider: Provider, today: date) -> list[LicenceEnd]:
    """The soonest first. ``today``: the provider's own day (``zones.day_of``)."""
    found = []
    for licence in provider.licences:
        last = date.fromisoformat(licence["expires"]) if "expires" in licence else None
        if last is not None and last - today <= NOTICE:
            code = licence["state"]
            found.append(LicenceEnd(code, STATES.get(code, code), last, (last - today).days))
    return sorted(found, key=lambda one: (one.last, one.code))


def ends_of(tx: Tx, provider: Provider) -> list[LicenceEnd]:
    """Of somebody inactive none matter."""
    return [] if provider.status is ProviderStatus.INACTIVE else ends(provider, day_of(tx, provider))
