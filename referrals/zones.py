"""In which time zone a provider reads a clock."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store.tables import Practice, Provider


def zone_of(provider: Provider | None, practice: Practice) -> ZoneInfo:
    """The provider's as Slack says, else the practice's; UTC where neither name is known on this machine."""
    for name in (provider.time_zone if provider else None, practice.time_zone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")
