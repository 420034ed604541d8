"""In which time zone a provider reads a clock."""

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store.tables import Practice, Provider

from .tx import Tx


def zone_of(provider: Provider | None, practice: Practice) -> ZoneInfo:
    """The provider's as Slack says, else the practice's; UTC where neither name is known on this machine."""
    for name in (provider.time_zone if provider else None, practice.time_zone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def day_of(tx: Tx, provider: Provider) -> date:
    """The day that it is for them now: a licence is good until its last day has ended where they are."""
    return tx.now.astimezone(zone_of(provider, tx.practice())).date()
