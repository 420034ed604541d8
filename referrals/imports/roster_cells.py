"""A provider as a line of the roster's file has them: reading that line again gives the same provider. Pure."""

from collections.abc import Iterable
from datetime import datetime

from store.tables import Provider
from store.vocabulary import AGE_BANDS, CONCERNS, DELIVERY_MODES, INSURERS, SERVICES, ProviderStatus, SlackStanding

from ..eligibility import paused
from ..profile_fields import telephone

#: Beside the columns of the file: what is seen of somebody's account, for saying what changes.
ACCOUNT = "account"
_ACCOUNTS = {
    SlackStanding.UNLINKED: "not looked up yet",
    SlackStanding.MISSING: "nobody in Slack by that address",
    SlackStanding.MEMBER: "in Slack",
    SlackStanding.GUEST: "a guest in Slack",
    SlackStanding.DEACTIVATED: "has left Slack",
}


def cells_of(provider: Provider, now: datetime) -> dict[str, str]:
    """Column -> text, in the order of the file. ``now``: desk clock; a pause that has run out is none."""
    return {
        "name": provider.name,
        "credential": provider.credential,
        "email": provider.work_email or "",
        "work_phone": _phone(provider.work_phone),
        "mobile": _phone(provider.mobile),
        "slack_user": provider.slack_user or "",
        "slack_email": provider.slack_email or "",
        "npi": provider.npi or "",
        "states": _list(_licence(one["state"], one.get("expires")) for one in provider.licences),
        "insurers": _list(INSURERS.get(one["insurer"], (one["insurer"],))[0] for one in provider.insurers),
        "services": _list(SERVICES.get(one, one) for one in provider.services),
        "delivery": _list(DELIVERY_MODES.get(one, one) for one in provider.delivery),
        "specialties": _list(CONCERNS.get(one, one) for one in provider.specialties),
        "languages": _list(provider.languages),
        "styles": _list(provider.styles),
        "identity": _list(provider.identity),
        "age_bands": _list(AGE_BANDS.get(one, one) for one in provider.age_bands),
        "booking_link": provider.booking_link or "",
        "status": str(standing_of(provider, now)),
    }


def standing_of(provider: Provider, now: datetime) -> ProviderStatus:
    """A pause that has run out is none: saying "paused" again starts another."""
    if provider.status is ProviderStatus.PAUSED and not paused(provider, now):
        return ProviderStatus.ACTIVE
    return provider.status


def account_of(provider: Provider) -> str:
    return _ACCOUNTS[provider.slack_standing]


def _phone(number: str | None) -> str:
    return telephone(number) if number else ""


def _licence(state: str, expires: str | None) -> str:
    return f"{state}:{expires}" if expires else state


def _list(words: Iterable[str]) -> str:
    return "; ".join(words)
